using System.Security.Cryptography;
using System.Text;

namespace Recipes.Connections.Tests;

public sealed class KeyEncodingTests
{
    private static readonly byte[] s_data = Encoding.UTF8.GetBytes("header.claims");

    [Theory]
    [InlineData(KeyEncoding.Hex)]
    [InlineData(KeyEncoding.Base64)]
    [InlineData(KeyEncoding.Text)]
    public void A_shared_secret_signs_with_the_bytes_it_stands_for(KeyEncoding encoding)
    {
        var bytes = encoding == KeyEncoding.Text ? Encoding.UTF8.GetBytes("not-hex-ü") : RandomNumberGenerator.GetBytes(32);
        var text = encoding switch { KeyEncoding.Hex => Convert.ToHexStringLower(bytes) + "\n", KeyEncoding.Base64 => Convert.ToBase64String(bytes), _ => "not-hex-ü" };

        using var key = SigningKey.Parse("HS256", new Secret(text), encoding);

        key.Sign(s_data).ShouldBe(HMACSHA256.HashData(bytes, s_data));
    }

    [Theory]
    [InlineData(KeyEncoding.Hex, "0")]
    [InlineData(KeyEncoding.Hex, "first:second")]
    [InlineData(KeyEncoding.Base64, "a")]
    public void A_secret_that_is_not_written_so_is_refused_without_being_named(KeyEncoding encoding, string text)
    {
        var fault = Should.Throw<FormatException>(() => SigningKey.Parse("HS256", new Secret(text), encoding));

        fault.ToString().ShouldNotContain("first");
        fault.Message.ShouldStartWith("The key is not ");
    }
}
