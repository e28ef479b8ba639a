using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Recipes.Connections.Tests;

/// <summary>Signatures and key names against the examples of their RFCs.</summary>
public sealed class SignatureTests
{
    [Fact]
    public void A_shared_key_signs_as_the_example_of_RFC_7515_A_1()
    {
        using var key = SigningKey.Parse("HS256", new("""{"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"}"""));

        var signature = key.Sign("eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"u8);

        Base64Url.EncodeToString(signature).ShouldBe("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
    }

    [Fact]
    public void A_key_is_named_as_the_example_of_RFC_7638_3_1()
    {
        KeyValuePair<string, string>[] members =
        [
            new("e", "AQAB"), new("kty", "RSA"),
            new("n", "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"),
        ];

        SigningKey.ThumbprintOf(members).ShouldBe("NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
    }

    [Theory]
    [InlineData("RS256")]
    [InlineData("PS384")]
    [InlineData("RS512")]
    [InlineData("ES256")]
    [InlineData("ES384")]
    [InlineData("ES512")]
    [InlineData("HS512")]
    public void What_is_signed_verifies(string algorithm)
    {
        var (key, verify) = NewKey(algorithm);
        using (key)
        {
            var token = JsonWebSignature.Sign(key, new JsonObject { ["typ"] = "JWT" }, new JsonObject { ["sub"] = "ключ" });

            var parts = token.Split('.');
            verify(Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), Base64Url.DecodeFromChars(parts[2])).ShouldBeTrue();
            ((string?)Part(parts[0])["alg"]).ShouldBe(algorithm);
            ((string?)Part(parts[1])["sub"]).ShouldBe("ключ");
        }
    }

    [Theory]
    [InlineData("RS256", "not a key")]
    [InlineData("ES256", "not a key")]
    [InlineData("ES256", """{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}""")]
    [InlineData("RS257", "any")]
    public void What_is_no_key_is_refused_without_showing_it(string algorithm, string text)
    {
        var refused = Should.Throw<FormatException>(() => SigningKey.Parse(algorithm, new(text)));

        refused.Message.ShouldNotContain(text == "any" ? "'any'" : text);
    }

    [Fact]
    public void A_key_on_another_curve_is_refused()
    {
        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP384);

        Should.Throw<FormatException>(() => SigningKey.Parse("ES256", new(ec.ExportPkcs8PrivateKeyPem()))).Message.ShouldContain("ES256");
    }

    [Fact]
    public void Line_breaks_of_a_pem_may_be_written_out()
    {
        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        using var key = SigningKey.Parse("ES256", new(ec.ExportPkcs8PrivateKeyPem().Replace("\n", "\\n", StringComparison.Ordinal)));

        key.PublicJwk.Select(m => m.Key).ShouldBe(["crv", "kty", "x", "y"]);
    }

    private static JsonObject Part(string text) => JsonNode.Parse(Base64Url.DecodeFromChars(text))!.AsObject();

    private static (SigningKey Key, Func<byte[], byte[], bool> Verify) NewKey(string algorithm)
    {
        var hash = algorithm[2..] switch { "256" => HashAlgorithmName.SHA256, "384" => HashAlgorithmName.SHA384, _ => HashAlgorithmName.SHA512 };
        if (algorithm[0] == 'H')
        {
            var secret = new string('s', 64);
            return (SigningKey.Parse(algorithm, new(secret)), (data, signature) => HMACSHA512.HashData(Encoding.UTF8.GetBytes(secret), data).AsSpan().SequenceEqual(signature));
        }

        if (algorithm[0] == 'E')
        {
            var ec = ECDsa.Create(algorithm switch { "ES256" => ECCurve.NamedCurves.nistP256, "ES384" => ECCurve.NamedCurves.nistP384, _ => ECCurve.NamedCurves.nistP521 });
            return (SigningKey.Parse(algorithm, new(ec.ExportPkcs8PrivateKeyPem())), (data, signature) => ec.VerifyData(data, signature, hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation));
        }

        var rsa = RSA.Create(2048);
        var padding = algorithm[0] == 'P' ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1;
        return (SigningKey.Parse(algorithm, new(rsa.ExportPkcs8PrivateKeyPem())), (data, signature) => rsa.VerifyData(data, signature, hash, padding));
    }
}
