using System.Security.Cryptography;
using System.Text;
using Recipes.Testing;

namespace Recipes.Connections.Tests;

public sealed class TemplatesOnTheWireTests
{
    private static readonly DateTimeOffset s_now = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);

    [Fact]
    public async Task What_templates_compute_arrives_at_the_app()
    {
        await using var app = await AppServer.StartAsync();
        using var key = RSA.Create(2048);
        await using var harness = await ConnectionsHarness.StartAsync(
            ConnectorText.Load(app.Address, """
                - type: custom
                  fields: [{ name: password, label: Password, kind: secret }, { name: key, label: Key, kind: secret, multiline: true }]
                  apply:
                    headers:
                      X-Times: "{{now 'unix'}} {{now 'unix' 60}} {{now 'yyyyMMddTHHmmssZ'}} {{now 'yyyy-MM-ddTHH:mm:ss'}} {{now 'yyyy-MM-dd' 604800}}"
                      X-Http-Time: "{{now 'http'}}"
                      X-Hash: "{{sha256Base64 secrets.password}}"
                      X-Hex-Hash: "{{sha256Hex secrets.password}}"
                      X-Signature: "{{hmacSha1Hex secrets.password request.method ' ' request.path}}"
                      X-Fingerprint: "{{publicKeyFingerprint secrets.key}}"
                """),
            [app.Address.Authority], new TestClock(s_now));
        await harness.DefineAsync("k", "app", "custom");
        var password = harness.NewSecret("password");
        var id = await harness.ConnectAsync("k", new() { ["password"] = password, ["key"] = harness.Watch("private key", key.ExportPkcs8PrivateKeyPem()) });

        (await harness.SendAsync(id, "things")).Failure.ShouldBeNull();

        var seen = app.Requests.ShouldHaveSingleItem();
        seen.Header("X-Times").ShouldBe("1772600767 1772600827 20260304T050607Z 2026-03-04T05:06:07 2026-03-11");
        seen.Header("X-Http-Time").ShouldBe("Wed, 04 Mar 2026 05:06:07 GMT");
        seen.Header("X-Hash").ShouldBe(Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(password))));
        seen.Header("X-Hex-Hash").ShouldBe(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(password))));
        seen.Header("X-Signature").ShouldBe(Convert.ToHexStringLower(HMACSHA1.HashData(Encoding.UTF8.GetBytes(password), "GET /things"u8)));
        seen.Header("X-Fingerprint").ShouldBe(Convert.ToBase64String(SHA256.HashData(key.ExportSubjectPublicKeyInfo())));
    }

    [Fact]
    public async Task An_address_may_be_made_of_a_choice()
    {
        await using var europe = await AppServer.StartAsync();
        await using var america = await AppServer.StartAsync();
        var schemes = $$"""
            - type: none
              fields: [{ name: region, label: Region, choices: [{ value: "{{europe.Address.Authority}}", label: Europe }, { value: "{{america.Address.Authority}}", label: United States }] }]
            """;
        await using var harness = await ConnectionsHarness.StartAsync(
            ConnectorText.Load(europe.Address, schemes, baseAddress: "http://{{fields.region}}"), [europe.Address.Authority, america.Address.Authority]);
        await harness.DefineAsync("k", "app", "none");
        var id = await harness.ConnectAsync("k", new() { ["region"] = america.Address.Authority });

        (await harness.SendAsync(id, "things")).Failure.ShouldBeNull();

        (europe.Requests.Count, america.Requests.Count).ShouldBe((0, 1));
    }
}
