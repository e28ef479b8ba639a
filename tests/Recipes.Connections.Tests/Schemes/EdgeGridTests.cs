using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Recipes.Connectors;

namespace Recipes.Connections.Tests;

/// <summary>Akamai's EdgeGrid: the examples that its client libraries share, and a second writing of the algorithm behind a server.</summary>
public sealed class EdgeGridTests
{
    private const string Host = "akaa-baseurl-xxxxxxxxxxx-xxxxxxxxxxxxx.luna.akamaiapis.net";

    [Theory]
    [InlineData("GET", "/", "", 1, "tL+y4hxyHxgWVD30X3pWnGKHcPzmrIF+LThiAOhMxYU=")]
    [InlineData("GET", "/testapi/v1/t1?p1=1&p2=2", "", 1, "hKDH1UlnQySSHjvIcZpDMbQHihTQ0XyVAKZaApabdeA=")]
    [InlineData("POST", "/testapi/v1/t3", "data", 8, "hXm4iCxtpN22m4cbZb4lVLW5rhX8Ca82vCFqXzSTPe4=")]
    [InlineData("POST", "/testapi/v1/t6", "", 1, "1gEDxeQGD5GovIkJJGcBaKnZ+VaPtrc4qBUHixjsPCQ=")]
    [InlineData("POST", "/testapi/v1/t3", "d", 131_072, "NfvzHwqMZcQc4Z0tQE5bnKN0Z1c4WDw0rFfVM2AyrmY=")]
    [InlineData("POST", "/testapi/v1/t3", "d", 131_073, "NfvzHwqMZcQc4Z0tQE5bnKN0Z1c4WDw0rFfVM2AyrmY=")]
    public void The_shared_examples_have_their_signatures(string method, string path, string piece, int times, string signature)
    {
        var authenticator = new EdgeGridAuthenticator(
            "akab-client-token-xxx-xxxxxxxxxxxxxxxx", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx=", "akab-access-token-xxx-xxxxxxxxxxxxxxxx", TimeProvider.System);
        var body = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(piece, times)));

        var parameters = authenticator.Sign(method, "https", Host, path, body, "20140321T19:34:21+0000", "nonce-xx-xxxx-xxxx-xxxx-xxxxxxxxxxxx");

        parameters.ShouldEndWith($";signature={signature}");
    }

    [Theory]
    [InlineData("GET", null)]
    [InlineData("POST", "{\"name\":\"ä\"}")]
    [InlineData("PUT", "{\"name\":\"ä\"}")]
    public async Task The_connector_of_the_catalogue_signs_what_a_server_accepts(string method, string? body)
    {
        string? secret = null;
        Uri? address = null;
        await using var app = await AppServer.StartAsync(request => Results.StatusCode(Accepts(request, address!, secret!) ? 200 : 401));
        address = app.Address;
        await using var harness = await ConnectionsHarness.StartAsync(Akamai(app.Address), [app.Address.Authority]);
        secret = harness.NewSecret("client secret");
        await harness.DefineAsync("k", "akamai", "code");
        var id = await harness.ConnectAsync("k", new() { ["host"] = "akab-x.luna.akamaiapis.net", ["clientToken"] = harness.NewSecret("client token"), ["clientSecret"] = secret, ["accessToken"] = harness.NewSecret("access token") });

        var reply = await harness.SendAsync(id, "papi/v1/groups?a=1&b=%20", method: new HttpMethod(method), content: body is null ? null : new StringContent(body));

        reply.Failure.ShouldBeNull();
    }

    [Fact]
    public void A_host_may_add_its_own_and_an_unknown_one_is_told_with_those_there_are()
    {
        using var folder = new Recipes.Testing.TempFolder();
        File.WriteAllText(folder.Combine("x.yaml"), """
            connector: 1
            name: signed-app
            displayName: X
            baseAddress: https://x.example
            schemes: [{ type: code, authenticator: ours }]
            """);

        var without = ConnectorCatalogue.Load([folder.Path]);
        var with = ConnectorCatalogue.Load([folder.Path], code: [.. CodeAuthentications.BuiltIn, new Ours()]);

        without.Faults.Single().ToString().ShouldContain("there is no authenticator 'ours' in this program: edgeGrid.");
        with.Faults.ShouldBeEmpty();
        with.Find("signed-app")!.Profile.Schemes.Single().Fields.Single().Name.ShouldBe("pin");
    }

    // The connector as it is, at another address.
    private static Profiles Akamai(Uri address) => new(ConnectorCatalogue.Load([]).Find("akamai")!.Profile with { BaseAddress = FieldTemplate.Parse(address.AbsoluteUri) });

    private static bool Accepts(SeenRequest request, Uri address, string secret)
    {
        var header = request.Header("Authorization");
        var unsigned = header[..(header.IndexOf("signature=", StringComparison.Ordinal))];
        var timestamp = unsigned.Split("timestamp=")[1].Split(';')[0];
        var body = request.Method == "POST" && request.Body.Length > 0 ? Convert.ToBase64String(SHA256.HashData(request.Body)) : "";
        var data = $"{request.Method}\thttp\t{address.Authority}\t{request.Target}\t\t{body}\t{unsigned}";
        var key = Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(timestamp)));
        return header == $"{unsigned}signature={Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(data)))}";
    }

    private sealed class Ours : ICodeAuthentication
    {
        public string Name => "ours";
        public IReadOnlyList<Field> Fields { get; } = [new() { Name = "pin", Label = "PIN", Kind = FieldKind.Secret }];

        public RequestAuthenticator CreateAuthenticator(SchemeInputs inputs) => throw new NotSupportedException();
    }
}
