using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Recipes.Host;

/// <summary>API tokens as they are written: <c>rcp_</c> and 43 characters of base64url, which are 256 random bits.</summary>
internal static class TokenText
{
    private const string Prefix = "rcp_";
    private const int Length = 47;

    public static Secret New() => new(Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32)));

    public static bool LooksRight(ReadOnlySpan<char> text) => text.Length == Length && text.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>What is stored of a token. With 256 random bits in it, one round of SHA-256 cannot be turned back.</summary>
    public static byte[] Hash(ReadOnlySpan<char> token)
    {
        Span<byte> bytes = stackalloc byte[Length];
        return LooksRight(token) && Ascii.FromUtf16(token, bytes, out var written) == System.Buffers.OperationStatus.Done && written == Length
            ? SHA256.HashData(bytes)
            : throw new ArgumentException("This is no token.", nameof(token));
    }
}
