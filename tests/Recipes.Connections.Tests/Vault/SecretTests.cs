using System.Security.Cryptography;
using System.Text;

namespace Recipes.Connections.Tests;

public sealed class SecretTests
{
    private const string Value = "p%ss wörd/+\"&=?x";

    [Fact]
    public void A_secret_prints_as_stars()
    {
        var secret = new Secret(Value);
        var tokens = new TokenSet(secret, secret, null, null, null);

        $"{secret} {tokens} {new Credential { Tokens = tokens, Secrets = new Dictionary<string, Secret> { ["a"] = secret } }}".ShouldNotContain(Value);
        System.Text.Json.JsonSerializer.Serialize(secret).ShouldBe("{}");
    }

    [Fact]
    public async Task A_sealed_value_opens_in_its_own_row_and_tenant_only()
    {
        await using var harness = await ConnectionsHarness.StartAsync(new Uri("https://docs.example/"));
        var (mine, other, tenant) = (new ConnectionId(Guid.NewGuid()), new ConnectionId(Guid.NewGuid()), TenantId.Parse("other"));
        var tokens = new TokenSet(new("access"), new("refresh"), new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), TimeSpan.FromSeconds(90), ["a", "b"]);
        var box = harness.Vault.Seal(TenantId.Default, mine, new Credential { Tokens = tokens, Secrets = new Dictionary<string, Secret> { ["password"] = new(Value) } });
        var client = new ConnectionDefinitionId(mine.Value);

        var opened = harness.Vault.Open(TenantId.Default, mine, box);

        opened.Secrets["password"].Reveal().ShouldBe(Value);
        opened.Tokens!.ExpiresAt.ShouldBe(tokens.ExpiresAt);
        opened.Tokens.LifeSpan.ShouldBe(tokens.LifeSpan);
        opened.Tokens.Scopes.ShouldBe(["a", "b"]);
        opened.Tokens.RefreshToken.ShouldBe(tokens.RefreshToken);
        Should.Throw<CryptographicException>(() => harness.Vault.Open(TenantId.Default, other, box));
        Should.Throw<CryptographicException>(() => harness.Vault.Open(tenant, mine, box));
        Should.Throw<CryptographicException>(() => harness.Vault.OpenClientSecret(TenantId.Default, client, box));
        box[^1] ^= 1;
        Should.Throw<CryptographicException>(() => harness.Vault.Open(TenantId.Default, mine, box));
    }

    [Fact]
    public async Task A_row_whose_credential_was_copied_from_another_sends_nothing()
    {
        await using var harness = await ConnectionsHarness.StartAsync(new Uri("https://docs.example/"));
        await harness.DefineAsync("docs", "docs", "basic");
        var password = harness.NewSecret("password");
        var victim = await harness.ConnectAsync("docs", new() { ["username"] = "victim", ["password"] = password });
        var thief = await harness.ConnectAsync("docs", new() { ["username"] = "thief", ["password"] = password });
        var stolen = (await harness.ReadAsync(victim)).Record.SealedCredential;
        (await harness.Store.TryUpdateAsync(new Connection((await harness.ReadAsync(thief)).Record with { SealedCredential = stolen }), CancellationToken.None)).ShouldBeTrue();

        var reply = await harness.SendAsync(thief, "basic/");

        reply.Response.ShouldBeNull();
        reply.Failure!.Message.ShouldContain("cannot be opened");
    }

    [Fact]
    public void Known_secrets_are_taken_out_in_every_disguise()
    {
        var redactor = new Redactor([new Secret(Value), new Secret("short")]);
        var bytes = Encoding.UTF8.GetBytes(Value);

        redactor.Redact($"a {Value} b").ShouldBe("a *** b");
        redactor.Redact($"a {Uri.EscapeDataString(Value)} b").ShouldBe("a *** b");
        redactor.Redact($"a {Uri.EscapeDataString(Value).Replace("%20", "+")} b").ShouldBe("a *** b");
        redactor.Redact($"a {System.Text.Json.JsonEncodedText.Encode(Value)} b").ShouldBe("a *** b");
        redactor.Redact("short stays").ShouldBe("short stays");
        for (var offset = 0; offset < 3; offset++)
        {
            var text = Convert.ToBase64String([.. Encoding.ASCII.GetBytes("user:x"[..(3 + offset)]), .. bytes]);
            var shown = redactor.Redact(text);
            shown.ShouldContain("***");
            shown.Length.ShouldBeLessThan(16, shown);
            redactor.Redact(text.Replace('+', '-').Replace('/', '_')).ShouldContain("***");
        }
    }

    [Theory]
    [InlineData("https://app.example/x", "GET https://app.example/x")]
    [InlineData("https://user:pass@app.example/x?a=1", "GET https://app.example/x?a=1")]
    [InlineData("https://app.example:8443/x?a=1&Access_Token=t&b=2", "GET https://app.example:8443/x?a=1&Access_Token=***&b=2")]
    [InlineData("https://app.example/x?api%5Fkey=t&client_secret=s&code=c", "GET https://app.example/x?api_key=***&client_secret=***&code=***")]
    [InlineData("https://app.example/x?flag&page=2#part", "GET https://app.example/x?flag&page=2")]
    public void A_request_line_shows_no_parameter_that_sounds_secret(string address, string expected) =>
        RequestLine.Of(HttpMethod.Get, new Uri(address)).ShouldBe(expected);

    [Fact]
    public void A_field_template_knows_fields_and_nothing_else()
    {
        var fields = new Dictionary<string, string> { ["host"] = "app.example", ["path"] = "{{fields.host}}" };

        FieldTemplate.Parse("https://{{ fields.host }}/{{fields.path}}").Render(fields).ShouldBe("https://app.example/{{fields.host}}");
        FieldTemplate.Parse("plain").Render(fields).ShouldBe("plain");
        FieldTemplate.Parse("").Render(fields).ShouldBe("");
        Should.Throw<FormatException>(() => FieldTemplate.Parse("{{fields.missing}}").Render(fields)).Message.ShouldContain("missing");
        foreach (var bad in (string[])["{{host}}", "{{fields.}}", "{{fields.a.b}}", "{{fields.host", "{{secrets.password}}", "{{fields.a b}}"])
            FieldTemplate.TryParse(bad, out _, out var error).ShouldBeFalse(error);
    }
}
