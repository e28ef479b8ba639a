using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Recipes.Connections;

/// <summary>A key that signs: a shared secret, or a private RSA or EC key. Thread-safe.</summary>
/// <remarks>Source: RFC 7518 §3 for the algorithms, RFC 7517 for JWK, RFC 7468 for PEM.</remarks>
public sealed class SigningKey : IDisposable
{
    private readonly string _algorithm;
    private readonly byte[]? _shared;
    private readonly RSA? _rsa;
    private readonly ECDsa? _ec;
    private readonly Lock _lock = new();

    private SigningKey(string algorithm, byte[]? shared, RSA? rsa, ECDsa? ec) => (_algorithm, _shared, _rsa, _ec) = (algorithm, shared, rsa, ec);

    /// <summary>The algorithms known: <c>HS256</c> and so on.</summary>
    public static IReadOnlyList<string> Algorithms { get; } = ["HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"];

    public string Algorithm => _algorithm;

    /// <summary>The public key as JWK members in the order of RFC 7638; empty for a shared secret.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> PublicJwk { get; private init; } = [];

    /// <param name="algorithm">One of <see cref="Algorithms"/>.</param>
    /// <param name="key">The shared secret as text or as a JWK of type <c>oct</c>, or a private key: PEM (line breaks may be written as \n), or a JWK.</param>
    /// <param name="encoding">How a shared secret is written.</param>
    /// <exception cref="FormatException">When the key is none for that algorithm. The message does not hold it.</exception>
    public static SigningKey Parse(string algorithm, Secret key, KeyEncoding encoding = KeyEncoding.Text)
    {
        if (!Algorithms.Contains(algorithm))
            throw new FormatException($"'{algorithm}' is no algorithm known here: {string.Join(", ", Algorithms)}.");
        var text = key.Reveal();
        if (algorithm.StartsWith("HS", StringComparison.Ordinal))
            return new SigningKey(algorithm, Decode(text, encoding), null, null);
        var isEc = algorithm.StartsWith("ES", StringComparison.Ordinal);
        AsymmetricAlgorithm made = isEc ? ECDsa.Create() : RSA.Create();
        try
        {
            if (text.TrimStart().StartsWith('{'))
                ImportJwk(made, text);
            else
                made.ImportFromPem(text.Replace("\\n", "\n", StringComparison.Ordinal));
            return made switch
            {
                RSA rsa => FromRsa(algorithm, rsa),
                ECDsa ec => FromEc(algorithm, ec),
                _ => throw new InvalidOperationException(),
            };
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException or JsonException or KeyNotFoundException or InvalidOperationException or NotSupportedException)
        {
            made.Dispose();
            throw new FormatException($"This is no private key for {algorithm}: give {(isEc ? "an EC" : "an RSA")} key as PEM or JWK, with its private part and without a password.", e);
        }
    }

    /// <summary>A new EC key on P-256 for ES256.</summary>
    public static SigningKey NewEs256() => FromEc("ES256", ECDsa.Create(ECCurve.NamedCurves.nistP256));

    /// <summary>The private key as PEM, to be kept; null for a shared secret.</summary>
    public Secret? ExportPem() => _rsa is not null ? new(_rsa.ExportPkcs8PrivateKeyPem()) : _ec is not null ? new(_ec.ExportPkcs8PrivateKeyPem()) : null;

    /// <summary>RFC 7638 thumbprint of the public key, base64url of SHA-256.</summary>
    public string Thumbprint() => ThumbprintOf(PublicJwk);

    /// <param name="members">The required members of a public key in the order of their names.</param>
    internal static string ThumbprintOf(IEnumerable<KeyValuePair<string, string>> members)
    {
        var json = $"{{{string.Join(',', members.Select(m => $"\"{m.Key}\":\"{m.Value}\""))}}}";
        return Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(json)));
    }

    public byte[] Sign(ReadOnlySpan<byte> data)
    {
        var hash = _algorithm[2..] switch { "256" => HashAlgorithmName.SHA256, "384" => HashAlgorithmName.SHA384, _ => HashAlgorithmName.SHA512 };
        if (_shared is not null)
            return hash == HashAlgorithmName.SHA256 ? HMACSHA256.HashData(_shared, data) : hash == HashAlgorithmName.SHA384 ? HMACSHA384.HashData(_shared, data) : HMACSHA512.HashData(_shared, data);
        // The key objects of .NET do not promise to be thread-safe.
        lock (_lock)
        {
            return _ec is not null
                ? _ec.SignData(data, hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation)
                : _rsa!.SignData(data, hash, _algorithm[0] == 'P' ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1);
        }
    }

    public void Dispose()
    {
        _rsa?.Dispose();
        _ec?.Dispose();
    }

    // Without an exception of the framework's: its message may quote the text.
    private static byte[] Decode(string text, KeyEncoding encoding)
    {
        if (encoding == KeyEncoding.Text)
            return SharedBytes(text);
        text = text.Trim();
        var bytes = new byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
        var written = 0;
        var isRight = encoding switch
        {
            KeyEncoding.Hex => Convert.FromHexString(text, bytes, out _, out written) == OperationStatus.Done,
            KeyEncoding.Base64 => Convert.TryFromBase64String(text, bytes, out written),
            _ => throw new ArgumentOutOfRangeException(nameof(encoding), encoding, null),
        };
        return isRight ? bytes[..written] : throw new FormatException($"The key is not {(encoding == KeyEncoding.Hex ? "hexadecimal" : "base64")}. Copy it again, whole.");
    }

    private static SigningKey FromRsa(string algorithm, RSA rsa)
    {
        var p = rsa.ExportParameters(includePrivateParameters: false);
        _ = rsa.SignData([1], HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return new(algorithm, null, rsa, null) { PublicJwk = [new("e", Base64Url.EncodeToString(p.Exponent)), new("kty", "RSA"), new("n", Base64Url.EncodeToString(p.Modulus))] };
    }

    private static SigningKey FromEc(string algorithm, ECDsa ec)
    {
        var (curve, bits) = algorithm switch { "ES256" => ("P-256", 256), "ES384" => ("P-384", 384), _ => ("P-521", 521) };
        if (ec.KeySize != bits)
            throw new CryptographicException($"{algorithm} needs a key on {curve}.");
        var p = ec.ExportParameters(includePrivateParameters: true);
        return new(algorithm, null, null, ec) { PublicJwk = [new("crv", curve), new("kty", "EC"), new("x", Base64Url.EncodeToString(p.Q.X)), new("y", Base64Url.EncodeToString(p.Q.Y))] };
    }

    // A secret may happen to begin with a brace: only what is a whole JWK is read as one.
    private static byte[] SharedBytes(string text)
    {
        if (text.StartsWith('{'))
        {
            try
            {
                using var json = JsonDocument.Parse(text);
                if (json.RootElement.TryGetProperty("kty", out var type) && type.ValueEquals("oct"))
                    return Base64Url.DecodeFromChars(json.RootElement.GetProperty("k").GetString());
            }
            catch (Exception e) when (e is JsonException or KeyNotFoundException or FormatException or InvalidOperationException)
            {
                return Encoding.UTF8.GetBytes(text);
            }
        }

        return Encoding.UTF8.GetBytes(text);
    }

    private static void ImportJwk(AsymmetricAlgorithm into, string text)
    {
        using var json = JsonDocument.Parse(text);
        byte[] Get(string name) => Base64Url.DecodeFromChars(json.RootElement.GetProperty(name).GetString());
        if (into is RSA rsa)
        {
            rsa.ImportParameters(new RSAParameters { Modulus = Get("n"), Exponent = Get("e"), D = Get("d"), P = Get("p"), Q = Get("q"), DP = Get("dp"), DQ = Get("dq"), InverseQ = Get("qi") });
            return;
        }

        var curve = json.RootElement.GetProperty("crv").GetString() switch { "P-256" => ECCurve.NamedCurves.nistP256, "P-384" => ECCurve.NamedCurves.nistP384, "P-521" => ECCurve.NamedCurves.nistP521, _ => throw new CryptographicException("Unknown curve.") };
        ((ECDsa)into).ImportParameters(new ECParameters { Curve = curve, D = Get("d"), Q = new ECPoint { X = Get("x"), Y = Get("y") } });
    }
}
