using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Recipes.Connections;

/// <summary>One function of <see cref="CredentialTemplate"/>.</summary>
/// <param name="Usage">Its arguments in words.</param>
/// <param name="IsPerRequest">Whether each rendering gives another value.</param>
internal sealed record CredentialFunction(
    string Name, int Fewest, int Most, string Usage, Func<CredentialScope, IReadOnlyList<string>, string> Apply, bool IsPerRequest = false);

/// <summary>What a <see cref="CredentialTemplate"/> can do with values. Where several are given they are joined; a keyed hash takes its key first.</summary>
internal static class CredentialFunctions
{
    private const string Several = "one value or several, which are joined";
    private const string Keyed = "a key and the values to sign, which are joined";

    private static readonly Dictionary<string, CredentialFunction> s_all = ((IEnumerable<CredentialFunction>)
    [
        Joined("concat", text => text),
        Joined("lower", text => text.ToLowerInvariant()),
        Joined("upper", text => text.ToUpperInvariant()),
        Joined("trim", text => text.Trim()),
        Joined("urlEncode", Uri.EscapeDataString),
        Joined("json", text => JsonEncodedText.Encode(text).Value),
        Joined("base64", text => Convert.ToBase64String(Utf8(text))),
        Joined("base64Url", text => Base64Url.EncodeToString(Utf8(text))),
        .. Hashes("md5", MD5.HashData, HMACMD5.HashData),
        .. Hashes("sha1", SHA1.HashData, HMACSHA1.HashData),
        .. Hashes("sha256", SHA256.HashData, HMACSHA256.HashData),
        .. Hashes("sha512", SHA512.HashData, HMACSHA512.HashData),
        new CredentialFunction("publicKeyFingerprint", 1, 1, "a private key, PEM", (_, a) => Fingerprint(a[0])),
        new CredentialFunction("default", 2, 2, "a value and what stands in for it", (_, _) => ""),
        new("now", 0, 2, "\"unix\", \"unixMilliseconds\", \"iso\", \"http\" or a .NET date format, and how many seconds to add", (scope, a) => Now(scope, a), IsPerRequest: true),
        new("random", 0, 1, "how many hex digits, 1 to 128", (_, a) => RandomHex(a), IsPerRequest: true),
        new("uuid", 0, 0, "nothing", (_, _) => Guid.NewGuid().ToString(), IsPerRequest: true),
    ]).ToDictionary(f => f.Name);

    public static IReadOnlyCollection<string> Names => s_all.Keys;

    public static CredentialFunction? Find(string name) => s_all.GetValueOrDefault(name);

    private static CredentialFunction Joined(string name, Func<string, string> apply) => new(name, 1, 32, Several, (_, a) => apply(string.Concat(a)));

    private static IEnumerable<CredentialFunction> Hashes(string name, Func<byte[], byte[]> hash, Func<byte[], byte[], byte[]> keyed)
    {
        var hmac = $"hmac{char.ToUpperInvariant(name[0])}{name[1..]}";
        yield return Joined($"{name}Hex", text => Convert.ToHexStringLower(hash(Utf8(text))));
        yield return Joined($"{name}Base64", text => Convert.ToBase64String(hash(Utf8(text))));
        yield return new($"{hmac}Hex", 2, 32, Keyed, (_, a) => Convert.ToHexStringLower(keyed(Utf8(a[0]), Utf8(string.Concat(a.Skip(1))))));
        yield return new($"{hmac}Base64", 2, 32, Keyed, (_, a) => Convert.ToBase64String(keyed(Utf8(a[0]), Utf8(string.Concat(a.Skip(1))))));
    }

    private static string Now(CredentialScope scope, IReadOnlyList<string> arguments)
    {
        var now = scope.Now;
        if (arguments.Count > 1)
            now = now.AddSeconds(double.TryParse(arguments[1], NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && Math.Abs(seconds) < 1e9 ? seconds : throw new FormatException($"'{arguments[1]}' is no number of seconds."));
        return (arguments.Count == 0 ? "iso" : arguments[0]) switch
        {
            "unix" => now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
            "unixMilliseconds" => now.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture),
            "iso" => now.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            "http" => now.ToString("R", CultureInfo.InvariantCulture),
            var format => now.ToString(format, CultureInfo.InvariantCulture),
        };
    }

    private static string RandomHex(IReadOnlyList<string> arguments) =>
        arguments.Count == 0 ? RandomNumberGenerator.GetHexString(24, lowercase: true)
        : int.TryParse(arguments[0], NumberStyles.None, CultureInfo.InvariantCulture, out var digits) && digits is >= 1 and <= 128 ? RandomNumberGenerator.GetHexString(digits, lowercase: true)
        : throw new FormatException($"'{arguments[0]}' is no number of hex digits from 1 to 128.");

    // SHA-256 of the DER SubjectPublicKeyInfo, base64, as some providers name a key.
    private static string Fingerprint(string pem)
    {
        foreach (AsymmetricAlgorithm key in new AsymmetricAlgorithm[] { RSA.Create(), ECDsa.Create() })
        {
            using (key)
            {
                try
                {
                    key.ImportFromPem(pem.Replace("\\n", "\n", StringComparison.Ordinal));
                    return Convert.ToBase64String(SHA256.HashData(key.ExportSubjectPublicKeyInfo()));
                }
                catch (Exception e) when (e is ArgumentException or CryptographicException)
                {
                    // Perhaps a key of the other kind.
                }
            }
        }

        throw new FormatException("This is no private key: give an RSA or EC key as PEM, without a password.");
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
