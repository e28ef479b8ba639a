using System.Buffers.Text;
using System.Globalization;
using System.Security;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Recipes.Connections;

/// <summary>One function of <see cref="CredentialTemplate"/>.</summary>
/// <param name="Usage">Its arguments in words.</param>
/// <param name="IsPerRequest">Whether each rendering gives another value.</param>
internal sealed record CredentialFunction(
    string Name, int Fewest, int Most, string Usage, Func<CredentialScope, IReadOnlyList<string>, string> Apply, bool IsPerRequest = false)
{
    /// <summary>Takes its arguments as bytes in place of <see cref="Apply"/>, so that a body which is no text is hashed as it is.</summary>
    public Func<IReadOnlyList<byte[]>, byte[]>? OfBytes { get; init; }

    /// <summary>Whether what it gives need not be text.</summary>
    public bool GivesBytes { get; init; }
}

/// <summary>What a <see cref="CredentialTemplate"/> can do with values. Where several are given they are joined; a keyed hash takes its key first.</summary>
internal static class CredentialFunctions
{
    private const string Several = "one value or several, which are joined";
    private const string Keyed = "a key and the values to sign, which are joined";

    private static readonly UTF8Encoding s_strict = new(false, throwOnInvalidBytes: true);

    private static readonly Dictionary<string, CredentialFunction> s_all = ((IEnumerable<CredentialFunction>)
    [
        OfBytes("concat", 1, Several, a => Concat(a, 0)),
        Joined("lower", text => text.ToLowerInvariant()),
        Joined("upper", text => text.ToUpperInvariant()),
        Joined("trim", text => text.Trim()),
        Joined("urlEncode", Uri.EscapeDataString),
        Joined("json", text => JsonEncodedText.Encode(text).Value),
        Joined("xml", text => SecurityElement.Escape(text)),
        Encoded("hex", Convert.ToHexStringLower),
        Encoded("base64", Convert.ToBase64String),
        Encoded("base64Url", data => Base64Url.EncodeToString(data)),
        Decoded("fromHex", "hex", Convert.FromHexString),
        Decoded("fromBase64", "base64", Convert.FromBase64String),
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

    /// <summary>Bytes as the text that they are in UTF-8.</summary>
    internal static string FromUtf8(byte[] bytes) => Encoding.UTF8.GetString(bytes);

    /// <exception cref="FormatException">When they are no text.</exception>
    internal static string Text(string function, byte[] bytes)
    {
        try
        {
            return s_strict.GetString(bytes);
        }
        catch (DecoderFallbackException e)
        {
            throw new FormatException($"'{function}' gives bytes that are no text: put base64 or hex around it.", e);
        }
    }

    private static CredentialFunction Joined(string name, Func<string, string> apply) => new(name, 1, 32, Several, (_, a) => apply(string.Concat(a)));

    private static CredentialFunction Encoded(string name, Func<byte[], string> apply) => OfBytes(name, 1, Several, a => Utf8(apply(Concat(a, 0))));

    private static CredentialFunction OfBytes(string name, int fewest, string usage, Func<IReadOnlyList<byte[]>, byte[]> apply, bool givesBytes = false) =>
        new(name, fewest, 32, usage, (_, _) => "") { OfBytes = apply, GivesBytes = givesBytes };

    private static IEnumerable<CredentialFunction> Hashes(string name, Func<byte[], byte[]> hash, Func<byte[], byte[], byte[]> keyed)
    {
        var hmac = $"hmac{char.ToUpperInvariant(name[0])}{name[1..]}";
        yield return OfBytes(name, 1, Several, a => hash(Concat(a, 0)), givesBytes: true);
        yield return Encoded($"{name}Hex", data => Convert.ToHexStringLower(hash(data)));
        yield return Encoded($"{name}Base64", data => Convert.ToBase64String(hash(data)));
        yield return OfBytes(hmac, 2, Keyed, a => keyed(a[0], Concat(a, 1)), givesBytes: true);
        yield return OfBytes($"{hmac}Hex", 2, Keyed, a => Utf8(Convert.ToHexStringLower(keyed(a[0], Concat(a, 1)))));
        yield return OfBytes($"{hmac}Base64", 2, Keyed, a => Utf8(Convert.ToBase64String(keyed(a[0], Concat(a, 1)))));
    }

    private static CredentialFunction Decoded(string name, string what, Func<string, byte[]> decode) => OfBytes(name, 1, Several, a =>
    {
        try
        {
            return decode(FromUtf8(Concat(a, 0)).Trim());
        }
        catch (FormatException e)
        {
            throw new FormatException($"'{name}' was given a value that is no {what}.", e);
        }
    }, givesBytes: true);

    private static byte[] Concat(IReadOnlyList<byte[]> parts, int from) => parts.Count == from + 1 ? parts[from] : [.. parts.Skip(from).SelectMany(p => p)];

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
