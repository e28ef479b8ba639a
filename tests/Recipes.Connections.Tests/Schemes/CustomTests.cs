using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Recipes.Connections.Tests;

/// <summary>What files say with <c>apply</c>: several keys, headers of the app's own, signatures over the request.</summary>
public sealed class CustomTests
{
    private const string Signed = """
        - type: custom
          fields:
            - { name: keyId, label: Key ID }
            - { name: key, label: Key, kind: secret }
          apply:
            values:
              time: "{{now 'unix'}}"
              nonce: "{{random 24}}"
              signed: "{{concat request.method '\n' request.pathAndQuery '\n' values.time '\n' values.nonce '\n' request.body}}"
            headers:
              X-Key: "{{fields.keyId}}"
              X-Time: "{{values.time}}"
              X-Nonce: "{{values.nonce}}"
              X-Signature: "{{hmacSha256Hex secrets.key values.signed}}"
        """;

    [Fact]
    public async Task A_connection_without_a_credential_is_connected_at_once_and_sends_nothing()
    {
        await using var app = await AppServer.StartAsync();
        await using var harness = await ConnectionsHarness.StartAsync(ConnectorText.Load(app.Address, "- type: none"), [app.Address.Authority]);
        await harness.DefineAsync("k", "app", "none");
        var id = await harness.ConnectAsync("k", []);

        var reply = await harness.SendAsync(id, "items?a=1");

        reply.Failure.ShouldBeNull();
        app.Requests.Single().Target.ShouldBe("/items?a=1");
        app.Requests.Single().Headers.Keys.ShouldBe(["Host", "User-Agent", "Accept-Encoding"], ignoreOrder: true);
    }

    [Fact]
    public async Task Several_keys_go_where_the_app_wants_them_and_are_taken_off_again()
    {
        await using var app = await AppServer.StartAsync();
        await using var harness = await ConnectionsHarness.StartAsync(ConnectorText.Load(app.Address, """
            - type: custom
              fields:
                - { name: appKey, label: App key, kind: secret }
                - { name: userKey, label: User key, kind: secret }
                - { name: account, label: Account, required: false }
              apply:
                headers: { X-App: "{{secrets.appKey}}", Authorization: "Pair {{base64 secrets.appKey ':' secrets.userKey}}", X-Account: "{{fields.account}}" }
                query: { user_key: "{{secrets.userKey}}" }
            """), [app.Address.Authority]);
        var (appKey, userKey) = (harness.NewSecret("app key"), harness.NewSecret("user key"));
        await harness.DefineAsync("k", "app", "custom");
        var id = await harness.ConnectAsync("k", new() { ["appKey"] = appKey, ["userKey"] = userKey });

        var reply = await harness.SendAsync(id, "items");

        var seen = app.Requests.Single();
        seen.Target.ShouldBe($"/items?user_key={userKey}");
        seen.Header("X-App").ShouldBe(appKey);
        seen.Header("Authorization").ShouldBe($"Pair {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{appKey}:{userKey}"))}");
        seen.Headers.ShouldNotContainKey("X-Account");
        reply.Response!.RequestMessage!.Headers.Select(h => h.Key).ShouldBe(["User-Agent", "Accept-Encoding"], ignoreOrder: true);
    }

    [Theory]
    [InlineData("POST", "{\"name\":\"ä\"}")]
    [InlineData("POST", null)]
    [InlineData("GET", null)]
    public async Task A_signature_over_the_request_is_what_the_app_computes(string method, string? body)
    {
        var (failure, _) = await SendSignedAsync(method, body is null ? null : new StringContent(body));

        failure.ShouldBeNull();
    }

    [Fact]
    public async Task Bytes_that_are_no_text_are_signed_as_they_are()
    {
        var (failure, body) = await SendSignedAsync("POST", new ByteArrayContent([0xff, 0x00, 0xc3, 0x28, 0x0d, 0x0a]));

        failure.ShouldBeNull();
        body.ShouldBe([0xff, 0x00, 0xc3, 0x28, 0x0d, 0x0a]);
    }

    [Fact]
    public async Task Keys_and_hashes_that_are_bytes_chain()
    {
        await using var app = await AppServer.StartAsync();
        await using var harness = await ConnectionsHarness.StartAsync(ConnectorText.Load(app.Address, """
            - type: custom
              fields: [{ name: key, label: Key, kind: secret }]
              apply:
                headers:
                  X-Signature: "{{base64 (hmacSha512 (fromBase64 secrets.key) request.path (sha256 '17' request.body))}}"
            """), [app.Address.Authority]);
        var key = RandomNumberGenerator.GetBytes(40);
        await harness.DefineAsync("k", "app", "custom");
        var id = await harness.ConnectAsync("k", new() { ["key"] = harness.Watch("key", Convert.ToBase64String(key)) });
        byte[] body = [0xfe, 0x80, 0x31];

        await harness.SendAsync(id, "orders/1", method: HttpMethod.Post, content: new ByteArrayContent(body));

        byte[] hash = [.. Encoding.ASCII.GetBytes("/orders/1"), .. SHA256.HashData([.. "17"u8, .. body])];
        app.Requests.Single().Header("X-Signature").ShouldBe(Convert.ToBase64String(HMACSHA512.HashData(key, hash)));
    }

    [Fact]
    public async Task A_key_that_is_no_base64_is_told_at_set_up()
    {
        await using var app = await AppServer.StartAsync();
        await using var harness = await ConnectionsHarness.StartAsync(ConnectorText.Load(app.Address, """
            - type: custom
              fields: [{ name: key, label: Key, kind: secret }]
              apply: { headers: { X-Signature: "{{hex (fromBase64 secrets.key)}}" } }
            """), [app.Address.Authority]);
        await harness.DefineAsync("k", "app", "custom");

        var result = await harness.Setup.CreateAsync(ConnectionsHarness.Operator, new() { DefinitionKey = "k", Owner = Owner.Organisation, Fields = new Dictionary<string, Secret> { ["key"] = new(harness.NewSecret("key") + "!") } }, CancellationToken.None);

        result.ShouldBeOfType<SetupResult<Connection>.Invalid>().Faults.Single().Message.ShouldBe("'fromBase64' was given a value that is no base64.");
    }

    /// <summary>Sends a request and checks its signature as an app would: known key, fresh, seen once.</summary>
    private static async Task<(Failure? Failure, byte[] Body)> SendSignedAsync(string method, HttpContent? content)
    {
        var nonces = new HashSet<string>();
        string? key = null;
        await using var verifier = await AppServer.StartAsync(request =>
        {
            byte[] signed = [.. Encoding.UTF8.GetBytes($"{request.Method}\n{request.Target}\n{request.Header("X-Time")}\n{request.Header("X-Nonce")}\n"), .. request.Body];
            var age = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() - long.Parse(request.Header("X-Time"), CultureInfo.InvariantCulture);
            var isRight = request.Header("X-Key") == "key-1" && Math.Abs(age) < 60 && nonces.Add(request.Header("X-Nonce"))
                && request.Header("X-Signature") == Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(key!), signed));
            return Results.StatusCode(isRight ? 200 : 401);
        });
        await using var harness = await ConnectionsHarness.StartAsync(ConnectorText.Load(verifier.Address, Signed), [verifier.Address.Authority]);
        key = harness.NewSecret("key");
        await harness.DefineAsync("k", "app", "custom");
        var id = await harness.ConnectAsync("k", new() { ["keyId"] = "key-1", ["key"] = key });
        (await harness.SendAsync(id, "warm-up")).Failure.ShouldBeNull();

        var reply = await harness.SendAsync(id, "orders?b=2&a=%20", method: new HttpMethod(method), content: content);

        return (reply.Failure, verifier.Requests[^1].Body);
    }
}
