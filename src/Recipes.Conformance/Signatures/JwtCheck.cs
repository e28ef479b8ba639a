using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Recipes.Conformance;

/// <summary>A JSON web token, taken apart.</summary>
internal sealed record Jwt(JsonObject Header, JsonObject Claims, string Signed, byte[] Signature)
{
    /// <summary>A claim as text; null when it is not there.</summary>
    public string? Claim(string name) => JsonShape.Text(Claims[name]);

    public long? Number(string name) => Claims[name] is JsonValue value && value.TryGetValue<double>(out var number) ? (long)number : null;
}

/// <summary>Verifies signed JSON web tokens, by a writing of its own.</summary>
/// <remarks>Source: RFC 7515 §5.2, RFC 7518 §3, RFC 7519 §4.1.</remarks>
internal static class JwtCheck
{
    /// <summary>Null when it is none.</summary>
    public static Jwt? Read(string token)
    {
        var parts = token.Split('.');
        try
        {
            return parts.Length == 3 && Parse(parts[0]) is { } header && Parse(parts[1]) is { } claims ? new Jwt(header, claims, $"{parts[0]}.{parts[1]}", Decode(parts[2])) : null;
        }
        catch (Exception e) when (e is FormatException or JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>What is wrong with it, in words; nothing when it is good.</summary>
    /// <param name="key">The shared secret, or the private key as PEM, whose public half verifies.</param>
    public static IEnumerable<string> Problems(Jwt? jwt, string algorithm, string key, DateTimeOffset now, KeyEncoding encoding = KeyEncoding.Text)
    {
        if (jwt is null)
        {
            yield return "it is no JSON web token";
            yield break;
        }

        if (JsonShape.Text(jwt.Header["alg"]) != algorithm)
            yield return $"its algorithm is {JsonShape.Text(jwt.Header["alg"]) ?? "missing"}, not {algorithm}";
        else if (!Verifies(jwt, algorithm, key, encoding))
            yield return "its signature does not verify";
        if (jwt.Number("exp") is not { } expires)
            yield return "it has no 'exp'";
        else if (expires <= now.ToUnixTimeSeconds() || expires > now.AddHours(1.1).ToUnixTimeSeconds())
            yield return "its 'exp' is over, or more than an hour ahead";
        if (jwt.Number("iat") is { } issued && Math.Abs(issued - now.ToUnixTimeSeconds()) > 300)
            yield return "its 'iat' is not now";
    }

    public static bool Verifies(Jwt jwt, string algorithm, string key, KeyEncoding encoding)
    {
        var data = Encoding.ASCII.GetBytes(jwt.Signed);
        var hash = algorithm[2..] switch { "384" => HashAlgorithmName.SHA384, "512" => HashAlgorithmName.SHA512, _ => HashAlgorithmName.SHA256 };
        switch (algorithm[..2])
        {
            case "HS":
                var secret = encoding switch { KeyEncoding.Hex => Convert.FromHexString(key), KeyEncoding.Base64 => Convert.FromBase64String(key), _ => Encoding.UTF8.GetBytes(key) };
                byte[] mac = algorithm[2..] switch { "384" => HMACSHA384.HashData(secret, data), "512" => HMACSHA512.HashData(secret, data), _ => HMACSHA256.HashData(secret, data) };
                return CryptographicOperations.FixedTimeEquals(mac, jwt.Signature);
            case "ES":
                using (var ec = ECDsa.Create())
                {
                    ec.ImportFromPem(key);
                    return ec.VerifyData(data, jwt.Signature, hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
                }

            default:
                using (var rsa = RSA.Create())
                {
                    rsa.ImportFromPem(key);
                    return rsa.VerifyData(data, jwt.Signature, hash, algorithm[0] == 'P' ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1);
                }
        }
    }

    public static byte[] Decode(string text) => Convert.FromBase64String(text.Replace('-', '+').Replace('_', '/').PadRight((text.Length + 3) / 4 * 4, '='));

    public static string Encode(byte[] bytes) => Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    private static JsonObject? Parse(string part) => JsonNode.Parse(Decode(part)) as JsonObject;
}
