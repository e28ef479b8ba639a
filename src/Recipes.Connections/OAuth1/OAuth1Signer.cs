using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Recipes.Connections;

/// <summary>Signs texts with one pair of secrets; its key is prepared once. Thread-safe.</summary>
/// <remarks>Source: RFC 5849 §3.4.2 to §3.4.4.</remarks>
internal abstract class OAuth1Signer
{
    /// <summary>Whether the text that is signed matters at all.</summary>
    public virtual bool ReadsText => true;

    /// <summary>Longest signature, in characters.</summary>
    public abstract int LongestSignature { get; }

    /// <summary>Writes the signature as text, not percent-encoded.</summary>
    /// <returns>The number of characters, all ASCII.</returns>
    public abstract int Sign(ReadOnlySpan<byte> text, Span<byte> signature);

    /// <param name="consumerSecret">The private key for RSA methods; null counts as empty for the others.</param>
    /// <param name="tokenSecret">Null where there is no token.</param>
    /// <exception cref="FormatException">When the consumer secret is no private key although the method needs one. The message does not hold it.</exception>
    public static OAuth1Signer Create(OAuth1SignatureMethod method, Secret? consumerSecret, Secret? tokenSecret)
    {
        var secrets = $"{Utf8Buffer.Encode(consumerSecret?.Reveal() ?? "")}&{Utf8Buffer.Encode(tokenSecret?.Reveal() ?? "")}";
        return method switch
        {
            OAuth1SignatureMethod.HmacSha1 => new Hmac(secrets, HashAlgorithmName.SHA1),
            OAuth1SignatureMethod.HmacSha256 => new Hmac(secrets, HashAlgorithmName.SHA256),
            OAuth1SignatureMethod.HmacSha512 => new Hmac(secrets, HashAlgorithmName.SHA512),
            OAuth1SignatureMethod.RsaSha1 => new PrivateKey(consumerSecret, HashAlgorithmName.SHA1),
            OAuth1SignatureMethod.RsaSha256 => new PrivateKey(consumerSecret, HashAlgorithmName.SHA256),
            OAuth1SignatureMethod.RsaSha512 => new PrivateKey(consumerSecret, HashAlgorithmName.SHA512),
            OAuth1SignatureMethod.PlainText => new Plain(secrets),
            _ => throw new ArgumentOutOfRangeException(nameof(method), method, null),
        };
    }

    /// <summary>The signature of a text, for places where speed does not count.</summary>
    public string Sign(string text)
    {
        var signature = new byte[LongestSignature];
        return Encoding.ASCII.GetString(signature, 0, Sign(Encoding.UTF8.GetBytes(text), signature));
    }

    private sealed class Hmac(string secrets, HashAlgorithmName hash) : OAuth1Signer
    {
        private readonly byte[] _key = Encoding.ASCII.GetBytes(secrets);

        public override int LongestSignature => Base64.GetMaxEncodedToUtf8Length(HMACSHA512.HashSizeInBytes);

        public override int Sign(ReadOnlySpan<byte> text, Span<byte> signature)
        {
            Span<byte> mac = stackalloc byte[HMACSHA512.HashSizeInBytes];
            var length = hash.Name switch
            {
                nameof(HashAlgorithmName.SHA1) => HMACSHA1.HashData(_key, text, mac),
                nameof(HashAlgorithmName.SHA256) => HMACSHA256.HashData(_key, text, mac),
                _ => HMACSHA512.HashData(_key, text, mac),
            };
            Base64.EncodeToUtf8(mac[..length], signature, out _, out var written);
            return written;
        }
    }

    private sealed class PrivateKey : OAuth1Signer
    {
        private readonly HashAlgorithmName _hash;
        private readonly RSAParameters _parameters;
        private readonly int _length;

        // The key objects of .NET do not promise to be thread-safe: there are as many as sign at the same time.
        private readonly ConcurrentBag<RSA> _idle = [];

        public PrivateKey(Secret? pem, HashAlgorithmName hash)
        {
            _hash = hash;
            var key = RSA.Create();
            try
            {
                key.ImportFromPem((pem?.Reveal() ?? "").Replace("\\n", "\n", StringComparison.Ordinal));
                _parameters = key.ExportParameters(includePrivateParameters: true);
            }
            catch (Exception e) when (e is ArgumentException or CryptographicException)
            {
                key.Dispose();
                throw new FormatException("The consumer secret is no private RSA key, which this signature method needs: give it as PEM, with its private part and without a password.", e);
            }

            _length = (key.KeySize + 7) / 8;
            _idle.Add(key);
        }

        public override int LongestSignature => Base64.GetMaxEncodedToUtf8Length(_length);

        public override int Sign(ReadOnlySpan<byte> text, Span<byte> signature)
        {
            if (!_idle.TryTake(out var key))
                key = RSA.Create(_parameters);
            try
            {
                key.SignData(text, signature, _hash, RSASignaturePadding.Pkcs1);
            }
            finally
            {
                _idle.Add(key);
            }

            Base64.EncodeToUtf8InPlace(signature, _length, out var written);
            return written;
        }
    }

    private sealed class Plain(string secrets) : OAuth1Signer
    {
        private readonly byte[] _signature = Encoding.ASCII.GetBytes(secrets);

        public override bool ReadsText => false;
        public override int LongestSignature => _signature.Length;

        public override int Sign(ReadOnlySpan<byte> text, Span<byte> signature)
        {
            _signature.CopyTo(signature);
            return _signature.Length;
        }
    }
}
