using System.Security.Cryptography;
using Recipes.Testing;

namespace Recipes.Connections.Tests;

public sealed class CredentialTemplateTests
{
    private static readonly DateTimeOffset s_now = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);

    [Theory]
    [InlineData("plain text", "plain text")]
    [InlineData("Bearer {{fields.host}}!", "Bearer app.example!")]
    [InlineData("{{base64 fields.user ':' \"pässword\"}}", "YWxpY2U6cMOkc3N3b3Jk")]
    [InlineData("{{upper (concat fields.user '-' fields.host)}}", "ALICE-APP.EXAMPLE")]
    [InlineData("{{urlEncode 'a b&c/ü'}}", "a%20b%26c%2F%C3%BC")]
    [InlineData("{{json 'say \"hi\"\\n'}}", "say \\u0022hi\\u0022\\n")]
    [InlineData("{{md5Hex 'abc'}}", "900150983cd24fb0d6963f7d28e17f72")]
    [InlineData("{{sha1Base64 'abc'}}", "qZk+NkcGgWq6PiVxeFDCbJzQ2J0=")]
    [InlineData("{{sha256Hex 'a' 'bc'}}", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [InlineData("{{hmacSha256Hex 'key' 'The quick brown fox ' 'jumps over the lazy dog'}}", "f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8")]
    [InlineData("{{hmacSha1Base64 'key' 'The quick brown fox jumps over the lazy dog'}}", "3nybhbi3iqa8ino29wqQcBydtNk=")]
    [InlineData("{{default fields.absent 'none'}}/{{default fields.empty fields.user}}/{{default fields.user 'none'}}", "none/alice/alice")]
    [InlineData("{{now}} {{now 'unix'}} {{now 'unixMilliseconds'}} {{now 'yyyy-MM-dd' 604800}} {{now 'http'}}",
        "2026-03-04T05:06:07Z 1772600767 1772600767000 2026-03-11 Wed, 04 Mar 2026 05:06:07 GMT")]
    public void A_template_renders(string source, string expected)
    {
        var template = CredentialTemplate.Parse(source);

        template.Render(Scope()).ShouldBe(expected);
    }

    [Theory]
    [InlineData("{{fields.host", "'}}'")]
    [InlineData("{{}}", "Nothing is said")]
    [InlineData("{{base46 fields.host}}", "'base46' is no function")]
    [InlineData("{{base64}}", "takes one value or several")]
    [InlineData("{{fields.host fields.user}}", "takes no arguments")]
    [InlineData("{{base64 host}}", "'host' is no value")]
    [InlineData("{{base64 system.environment}}", "'system.environment' is no value")]
    [InlineData("{{base64 'open}}", "not closed")]
    [InlineData("{{concat (concat 'a'}}", "')'")]
    [InlineData("{{hmacSha256Hex 'only a key'}}", "a key and the values")]
    [InlineData("x{{#if}}", "cannot stand here")]
    public void A_wrong_template_is_told_with_its_place(string source, string because)
    {
        CredentialTemplate.TryParse(source, out _, out var error).ShouldBeFalse();

        error!.ShouldContain("position");
        error.ShouldContain(because);
    }

    [Fact]
    public void Nesting_has_an_end()
    {
        var deep = string.Concat(Enumerable.Repeat("(concat ", 100_000));

        CredentialTemplate.TryParse($"{{{{concat {deep}}}}}", out _, out var error).ShouldBeFalse();

        error!.ShouldContain("Nested deeper than 8");
    }

    [Fact]
    public void A_missing_value_is_named_and_no_secret_is_shown()
    {
        var secret = Canaries.NewSecret("password");
        var template = CredentialTemplate.Parse("{{base64 secrets.password ':' fields.absent}}");

        var error = Should.Throw<FormatException>(() => template.Render(Scope(secret)));

        error.Message.ShouldBe("The field 'absent' has no value.");
    }

    [Fact]
    public void A_single_path_without_a_value_is_absent()
    {
        CredentialTemplate.Parse("{{fields.absent}}").RenderOrNull(Scope()).ShouldBeNull();
        CredentialTemplate.Parse("{{fields.empty}}").RenderOrNull(Scope()).ShouldBeNull();
        CredentialTemplate.Parse("{{fields.user}}").RenderOrNull(Scope()).ShouldBe("alice");
        Should.Throw<FormatException>(() => CredentialTemplate.Parse("x{{fields.absent}}").RenderOrNull(Scope()));
    }

    [Fact]
    public void Random_values_are_lower_case_hex_of_the_length_asked_for_and_never_the_same()
    {
        var template = CredentialTemplate.Parse("{{random 32}}");

        var (one, other) = (template.Render(Scope()), template.Render(Scope()));

        template.IsPerRequest.ShouldBeTrue();
        one.ShouldMatch("^[0-9a-f]{32}$");
        other.ShouldNotBe(one);
        CredentialTemplate.Parse("{{random}}").Render(Scope()).Length.ShouldBe(24);
        Should.Throw<FormatException>(() => CredentialTemplate.Parse("{{random 129}}").Render(Scope()));
    }

    [Fact]
    public void A_key_is_named_by_the_fingerprint_of_its_public_half()
    {
        using var key = RSA.Create(2048);
        var expected = Convert.ToBase64String(SHA256.HashData(key.ExportSubjectPublicKeyInfo()));

        var seen = CredentialTemplate.Parse("{{publicKeyFingerprint secrets.password}}").Render(Scope(key.ExportPkcs8PrivateKeyPem()));

        seen.ShouldBe(expected);
        Should.Throw<FormatException>(() => CredentialTemplate.Parse("{{publicKeyFingerprint 'no key'}}").Render(Scope())).Message.ShouldNotContain("no key at all");
    }

    private static CredentialScope Scope(string password = "a-password-for-templates") => new(new SchemeInputs
    {
        Fields = new Dictionary<string, string> { ["host"] = "app.example", ["user"] = "alice", ["empty"] = "" },
        Credential = new Credential { Secrets = new Dictionary<string, Secret> { ["password"] = new(password) } },
        BaseAddress = new Uri("https://app.example/"),
        Time = new TestClock(s_now),
    });
}
