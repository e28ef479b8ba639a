using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Recipes.Connections;

/// <summary>Signs what a webhook gets, so that it can tell who sent it, and that it is not an old one sent again.</summary>
/// <remarks>Source: https://www.standardwebhooks.com, symmetric signatures.</remarks>
internal static class WebhookSignature
{
    private const string Base64Prefix = "whsec_";
    private const int ShortestText = 16;

    /// <summary>Whether a key can be made of it.</summary>
    public static bool IsUsable(Secret secret) => Key(secret) is { Length: >= ShortestText };

    /// <returns>Value of the header <c>webhook-signature</c>.</returns>
    public static string Of(Secret secret, string id, DateTimeOffset at, ReadOnlySpan<byte> body)
    {
        var head = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{at.ToUnixTimeSeconds()}."));
        byte[] signed = [.. head, .. body];
        return $"v1,{Convert.ToBase64String(HMACSHA256.HashData(Key(secret)!, signed))}";
    }

    private static byte[]? Key(Secret secret)
    {
        var text = secret.Reveal();
        if (!text.StartsWith(Base64Prefix, StringComparison.Ordinal))
            return Encoding.UTF8.GetBytes(text);
        var key = new byte[text.Length];
        return Convert.TryFromBase64String(text[Base64Prefix.Length..], key, out var length) ? key[..length] : null;
    }
}
