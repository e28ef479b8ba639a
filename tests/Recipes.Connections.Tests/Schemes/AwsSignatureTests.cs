using System.Diagnostics;
using System.Globalization;
using System.Text;
using Recipes.Testing;

namespace Recipes.Connections.Tests;

/// <summary>AWS Signature Version 4: the examples of the AWS documentation, results of other programs, and the wire.</summary>
public sealed class AwsSignatureTests
{
    // Not secrets: they stand in the documentation.
    private const string DocumentedKey = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
    private const string DocumentedS3Key = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

    [Fact]
    public async Task The_documented_request_to_IAM_has_its_documented_signature()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08") { Content = new ByteArrayContent([]) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/x-www-form-urlencoded; charset=utf-8");

        await SignAsync(request, "us-east-1", "iam", "AKIDEXAMPLE", DocumentedKey, "20150830T123600Z");

        Authorization(request).ShouldBe(
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7");
    }

    [Theory]
    [InlineData("GET", "/test.txt", "Range: bytes=0-9", null, "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41")]
    [InlineData("PUT", "/test$file.text", "Date: Fri, 24 May 2013 00:00:00 GMT|x-amz-storage-class: REDUCED_REDUNDANCY", "Welcome to Amazon S3.", "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd")]
    [InlineData("GET", "/?lifecycle", "", null, "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543")]
    [InlineData("GET", "/?max-keys=2&prefix=J", "", null, "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7")]
    public async Task The_documented_requests_to_S3_have_their_documented_signatures(string method, string target, string headers, string? body, string signature)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri($"https://examplebucket.s3.amazonaws.com{target}"));
        foreach (var header in headers.Split('|', StringSplitOptions.RemoveEmptyEntries))
            request.Headers.TryAddWithoutValidation(header.Split(": ")[0], header.Split(": ")[1]);
        request.Content = body is null ? null : new ByteArrayContent(Encoding.ASCII.GetBytes(body));

        await SignAsync(request, "us-east-1", "s3", "AKIAIOSFODNN7EXAMPLE", DocumentedS3Key, "20130524T000000Z");

        Authorization(request).ShouldEndWith($"Signature={signature}");
    }

    // Computed with botocore for the same requests.
    [Theory]
    [InlineData("execute-api", "GET", "https://api.example.com/stage/a%20b/c:d//e/?z=1&a=%2F&a=%20b&empty=", null, null, null, "5caf8ec9229251b32102ad62e2cd9bf94f1ac16e8eceeaa8cfeb3f1ce0a6cb81")]
    [InlineData("execute-api", "GET", "https://api.example.com/stage/a%20b/c:d//e/?a=+b&empty&a=%2F&z=1", null, null, null, "5caf8ec9229251b32102ad62e2cd9bf94f1ac16e8eceeaa8cfeb3f1ce0a6cb81")]
    [InlineData("execute-api", "POST", "https://api.example.com/stage/items", "{\"name\":\"ä\"}", "application/json", null, "e023dc8320813abce929e4ba7f7c5a9b3adfb0af6471d357679205c6939e7c6e")]
    [InlineData("sqs", "POST", "https://api.example.com/", "{}", "application/x-amz-json-1.0", "session-token-1", "e7ab2d5174fd1684ab420c71c900adf2ff18f26adbf2de4830b4eb61e523132e")]
    [InlineData("s3", "GET", "https://bucket.example.com/a%20b/c/e?list-type=2&prefix=a%2Fb", null, null, null, "f7caf4efe3d8d1787660d441b6ec2be7ccb54cc819f37bf86746c92775acb8d8")]
    public async Task Another_implementation_signs_alike(string service, string method, string address, string? body, string? type, string? sessionToken, string signature)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(address));
        if (service == "sqs")
            request.Headers.TryAddWithoutValidation("X-Amz-Target", "  Some   Target  ");
        request.Content = body is null ? null : new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        if (type is not null)
            request.Content!.Headers.TryAddWithoutValidation("Content-Type", type);

        await SignAsync(request, "eu-central-1", service, "AKIDEXAMPLE", DocumentedKey, "20260501T123015Z", sessionToken);

        Authorization(request).ShouldEndWith($"Signature={signature}");
    }

    [Fact]
    public async Task A_body_that_is_no_text_and_a_double_slash_are_signed_for_S3_as_they_are()
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, new Uri("https://bucket.example.com/a//b%20c.txt")) { Content = new ByteArrayContent([0xff, 0, (byte)'d', (byte)'a', (byte)'t', (byte)'a']) };

        await SignAsync(request, "eu-central-1", "s3", "AKIDEXAMPLE", DocumentedKey, "20260501T123015Z", "session-token-1");

        Authorization(request).ShouldEndWith("Signature=0f3b4d565570decc504cb74f617ce4ac959553fc960b8271c2e59405dc2d8b2c");
    }

    [CurlTheory]
    [InlineData("GET", "stage/items?a=1&b=2", null)]
    [InlineData("POST", "stage/items", "{\"name\":\"x\"}")]
    public async Task What_arrives_is_what_curl_sends(string method, string path, string? body)
    {
        await using var app = await AppServer.StartAsync();
        await using var harness = await ConnectionsHarness.StartAsync(ConnectorText.Load(app.Address, "- { type: awsSignature, region: eu-central-1, service: execute-api }"), [app.Address.Authority]);
        var secret = harness.NewSecret("secret access key");
        await harness.DefineAsync("k", "app", "aws-signature");
        var id = await harness.ConnectAsync("k", new() { ["accessKeyId"] = "AKIDEXAMPLE", ["secretAccessKey"] = secret });
        (await harness.SendAsync(id, path, method: new HttpMethod(method), content: body is null ? null : new StringContent(body, Encoding.UTF8, "application/json"))).Failure.ShouldBeNull();
        var ours = app.Requests.Single();

        // The same moment and the same headers, told to curl.
        string[] data = body is null ? [] : ["--data-binary", body, "-H", $"Content-Type: {ours.Header("Content-Type")}"];
        using var curl = Process.Start(new ProcessStartInfo(Programs.Get("curl"),
            ["-s", "-X", method, .. data, "--aws-sigv4", "aws:amz:eu-central-1:execute-api", "--user", $"AKIDEXAMPLE:{secret}", "-H", $"X-Amz-Date: {ours.Header("X-Amz-Date")}", new Uri(app.Address, path).AbsoluteUri]))!;
        await curl.WaitForExitAsync();

        app.Requests[1].Header("Authorization").ShouldBe(ours.Header("Authorization"));
    }

    [Fact]
    public async Task The_key_of_a_day_is_not_used_on_the_next()
    {
        var clock = new TestClock(At("20260501T235959Z"));
        var authenticator = new AwsAuthenticator("us-east-1", "iam", "AKIDEXAMPLE", DocumentedKey, null, clock);
        using var request = new HttpRequestMessage(HttpMethod.Get, "https://iam.amazonaws.com/");
        await authenticator.ApplyAsync(request, CancellationToken.None);
        clock.Advance(TimeSpan.FromSeconds(1));
        using var other = new HttpRequestMessage(HttpMethod.Get, "https://iam.amazonaws.com/");
        await SignAsync(other, "us-east-1", "iam", "AKIDEXAMPLE", DocumentedKey, "20260502T000000Z");

        await authenticator.ApplyAsync(request, CancellationToken.None);

        Authorization(request).ShouldBe(Authorization(other));
        authenticator.Withdraw(request);
        request.Headers.ShouldBeEmpty();
    }

    private static async Task SignAsync(HttpRequestMessage request, string region, string service, string accessKey, string secretKey, string moment, string? sessionToken = null) =>
        await new AwsAuthenticator(region, service, accessKey, secretKey, sessionToken, new TestClock(At(moment))).ApplyAsync(request, CancellationToken.None);

    private static DateTimeOffset At(string moment) => DateTimeOffset.ParseExact(moment, "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    private static string Authorization(HttpRequestMessage request) => request.Headers.NonValidated["Authorization"].ToString();
}
