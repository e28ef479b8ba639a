using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Recipes.Testing;

namespace Recipes.Connections.Tests;

public sealed class JwtTests
{
    private static readonly DateTimeOffset s_now = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("HS256")]
    [InlineData("HS512")]
    [InlineData("RS256")]
    [InlineData("PS384")]
    [InlineData("ES256")]
    [InlineData("ES512")]
    public async Task An_app_that_knows_the_key_accepts_the_token(string algorithm)
    {
        using var rsa = RSA.Create(2048);
        using var ec = ECDsa.Create(algorithm == "ES512" ? ECCurve.NamedCurves.nistP521 : ECCurve.NamedCurves.nistP256);
        string? shared = null;
        await using var app = await AppServer.StartAsync(request => Results.StatusCode(Verifies(algorithm, request.Header("Authorization"), shared!, rsa, ec) ? 200 : 401));
        await using var harness = await StartAsync(app, algorithm);
        shared = harness.NewSecret("shared key");
        await harness.DefineAsync("k", "app", "jwt");
        var id = await harness.ConnectAsync("k", new() { ["issuer"] = "key-17", ["key"] = algorithm[0] switch { 'H' => shared, 'E' => ec.ExportPkcs8PrivateKeyPem(), _ => rsa.ExportPkcs8PrivateKeyPem() } });

        var reply = await harness.SendAsync(id, "items");

        reply.Failure.ShouldBeNull();
        var (header, claims) = Read(app.Requests.Single());
        header.GetRawText().ShouldContain("\"kid\":\"key-17\"");
        claims.GetProperty("iss").GetString().ShouldBe("key-17");
        claims.GetProperty("aud").GetString().ShouldBe("app");
        claims.GetProperty("url").GetString().ShouldBe("/items");
        (claims.GetProperty("exp").GetInt64() - claims.GetProperty("iat").GetInt64()).ShouldBe(300);
    }

    [Fact]
    public async Task A_token_serves_until_shortly_before_it_ends()
    {
        var clock = new TestClock(s_now);
        await using var app = await AppServer.StartAsync();
        await using var harness = await StartAsync(app, "HS256", clock);
        await harness.DefineAsync("k", "app", "jwt");
        var id = await harness.ConnectAsync("k", new() { ["issuer"] = "key-17", ["key"] = harness.NewSecret("shared key") });

        foreach (var seconds in (int[])[0, 190, 20])
        {
            clock.Advance(TimeSpan.FromSeconds(seconds));
            (await harness.SendAsync(id, "items")).Failure.ShouldBeNull();
        }

        var tokens = app.Requests.Select(r => r.Header("Authorization")).ToArray();
        tokens[1].ShouldBe(tokens[0]);
        tokens[2].ShouldNotBe(tokens[0]);
        Read(app.Requests[2]).Claims.GetProperty("iat").GetInt64().ShouldBe(s_now.AddSeconds(210).ToUnixTimeSeconds());
    }

    [Fact]
    public async Task A_refused_token_is_signed_anew_once_and_then_makes_a_suspect()
    {
        await using var app = await AppServer.StartAsync(_ => Results.StatusCode(401));
        await using var harness = await StartAsync(app, "HS256");
        await harness.DefineAsync("k", "app", "jwt");
        var id = await harness.ConnectAsync("k", new() { ["issuer"] = "key-17", ["key"] = harness.NewSecret("shared key") });

        var reply = await harness.SendAsync(id, "items");

        reply.Failure!.Kind.ShouldBe(FailureKind.ModifiedCredentials);
        app.Requests.Count.ShouldBe(2);
        (await harness.StandingAsync(id)).State.ShouldBe(ConnectionState.Suspect);
    }

    [Fact]
    public async Task A_key_that_cannot_sign_is_told_at_set_up()
    {
        await using var app = await AppServer.StartAsync();
        await using var harness = await StartAsync(app, "RS256");
        await harness.DefineAsync("k", "app", "jwt");

        var result = await harness.Setup.CreateAsync(ConnectionsHarness.Operator, new()
        {
            DefinitionKey = "k",
            Owner = Owner.Organisation,
            Fields = new Dictionary<string, Secret> { ["issuer"] = new("key-17"), ["key"] = new(harness.NewSecret("no key")) },
        }, CancellationToken.None);

        result.ShouldBeOfType<SetupResult<Connection>.Invalid>().Faults.Single().Message.ShouldStartWith("This is no private key for RS256");
    }

    private static Task<ConnectionsHarness> StartAsync(AppServer app, string algorithm, TimeProvider? clock = null) => ConnectionsHarness.StartAsync(ConnectorText.Load(app.Address, $$$"""
        - type: jwt
          fields: [{ name: issuer, label: Key ID }, { name: key, label: Key, kind: secret, multiline: true }]
          assertion:
            algorithm: {{{algorithm}}}
            keyField: key
            keyId: "{{fields.issuer}}"
            issuer: "{{fields.issuer}}"
            audience: app
            claims: { url: /items }
        """), [app.Address.Authority], clock);

    private static (JsonElement Header, JsonElement Claims) Read(SeenRequest request)
    {
        var parts = request.Header("Authorization").Split(' ')[1].Split('.');
        return (JsonDocument.Parse(Base64Url.DecodeFromChars(parts[0])).RootElement, JsonDocument.Parse(Base64Url.DecodeFromChars(parts[1])).RootElement);
    }

    private static bool Verifies(string algorithm, string header, string shared, RSA rsa, ECDsa ec)
    {
        var token = header.Split(' ')[1];
        var data = Encoding.ASCII.GetBytes(token, 0, token.LastIndexOf('.'));
        var signature = Base64Url.DecodeFromChars(token.Split('.')[2]);
        return algorithm switch
        {
            "HS256" => HMACSHA256.HashData(Encoding.UTF8.GetBytes(shared), data).AsSpan().SequenceEqual(signature),
            "HS512" => HMACSHA512.HashData(Encoding.UTF8.GetBytes(shared), data).AsSpan().SequenceEqual(signature),
            "RS256" => rsa.VerifyData(data, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
            "PS384" => rsa.VerifyData(data, signature, HashAlgorithmName.SHA384, RSASignaturePadding.Pss),
            "ES256" => ec.VerifyData(data, signature, HashAlgorithmName.SHA256),
            _ => ec.VerifyData(data, signature, HashAlgorithmName.SHA512),
        };
    }
}
