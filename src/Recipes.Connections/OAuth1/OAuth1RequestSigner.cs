using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace Recipes.Connections;

/// <summary>Signs requests as one consumer with one token. What no request changes is encoded once. Thread-safe.</summary>
/// <remarks>Source: RFC 5849 §3; OAuth Request Body Hash 1.0 for oauth_body_hash.</remarks>
internal sealed class OAuth1RequestSigner
{
    private const int NonceLength = 24;
    private const string FormType = "application/x-www-form-urlencoded";

    private readonly OAuth1Scheme _scheme;
    private readonly TimeProvider _time;
    private readonly OAuth1Signer _signer;
    private readonly byte[] _consumerKey;
    private readonly byte[] _method;
    private readonly byte[]? _token;
    private readonly byte[] _headerStart;

    /// <param name="realm">Null leaves it out.</param>
    /// <exception cref="FormatException">When the secret does not suit the signature method, or the realm cannot be in a header.</exception>
    public OAuth1RequestSigner(OAuth1Scheme scheme, OAuthClient consumer, Secret? token, Secret? tokenSecret, string? realm, TimeProvider time)
    {
        (_scheme, _time) = (scheme, time);
        _signer = OAuth1Signer.Create(scheme.SignatureMethod, consumer.Secret, tokenSecret);
        _consumerKey = Encoded(consumer.Id);
        _method = Encoded(OAuth1SignatureMethods.NameOf(scheme.SignatureMethod));
        _token = token is null ? null : Encoded(token.Reveal());
        if (realm?.AsSpan().ContainsAnyExceptInRange(' ', '~') == true)
            throw new FormatException("The realm has a character that a header cannot carry, such as a line break or a letter beyond ASCII.");
        _headerStart = HeaderStart(realm);
        Secrets = scheme.SignatureMethod == OAuth1SignatureMethod.PlainText && consumer.Secret is { } secret ? [secret, new Secret(_signer.Sign(""))] : [];
    }

    /// <summary>Secrets beside the connection's own that requests carry as they are: with PLAINTEXT the consumer's.</summary>
    public IReadOnlyList<Secret> Secrets { get; }

    /// <summary>Signs a request; its address is absolute and its content buffered.</summary>
    /// <param name="more">Further parameters of the protocol, by names that begin with <c>oauth_</c>.</param>
    public ValueTask SignAsync(HttpRequestMessage request, IReadOnlyList<KeyValuePair<string, string>> more, CancellationToken cancellationToken)
    {
        if (request.Content is not null)
            return SignWithContentAsync(request, more, cancellationToken);
        Sign(request, body: [], isForm: false, more);
        return ValueTask.CompletedTask;
    }

    private async ValueTask SignWithContentAsync(HttpRequestMessage request, IReadOnlyList<KeyValuePair<string, string>> more, CancellationToken cancellationToken)
    {
        // Bodies of other kinds are not signed (§3.4.1.3.1), so they need not be read.
        var isForm = string.Equals(request.Content!.Headers.ContentType?.MediaType, FormType, StringComparison.OrdinalIgnoreCase);
        Sign(request, isForm || _scheme.BodyHash ? await request.Content.ReadAsByteArrayAsync(cancellationToken) : [], isForm, more);
    }

    private void Sign(HttpRequestMessage request, byte[] body, bool isForm, IReadOnlyList<KeyValuePair<string, string>> more)
    {
        Span<byte> nonce = stackalloc byte[NonceLength];
        WriteNonce(nonce);
        Span<byte> digits = stackalloc byte[20];
        _time.GetUtcNow().ToUnixTimeSeconds().TryFormat(digits, out var length);
        var moment = new Moment(nonce, digits[..length], _scheme.BodyHash && !isForm ? Encoded(Hash(body)) : []);

        var signature = new Utf8Buffer(256);
        var sent = new Utf8Buffer(1024);
        try
        {
            WriteSignature(ref signature, request, moment, isForm ? body : [], more);
            switch (PlaceOf(request, isForm))
            {
                case OAuth1ParameterLocation.Header:
                    sent.Append(_headerStart);
                    WriteParameters(ref sent, moment, more, signature.Written, inHeader: true);
                    request.Headers.Remove("Authorization");
                    request.Headers.TryAddWithoutValidation("Authorization", sent.ToText());
                    break;
                case OAuth1ParameterLocation.Query:
                    var address = request.RequestUri!;
                    sent.Append(address.Query.Length > 1 ? address.Query.AsSpan(1) : []);
                    WriteParameters(ref sent, moment, more, signature.Written, inHeader: false);
                    request.RequestUri = new UriBuilder(address) { Query = sent.ToText() }.Uri;
                    break;
                default:
                    sent.Append(body);
                    WriteParameters(ref sent, moment, more, signature.Written, inHeader: false);
                    request.Content = new ByteArrayContent(sent.Written.ToArray()) { Headers = { ContentType = request.Content?.Headers.ContentType ?? new MediaTypeHeaderValue(FormType) } };
                    break;
            }
        }
        finally
        {
            signature.Dispose();
            sent.Dispose();
        }
    }

    // Only a form has room for them; a request without a body gets one where its method allows that.
    private OAuth1ParameterLocation PlaceOf(HttpRequestMessage request, bool isForm) =>
        _scheme.ParametersIn == OAuth1ParameterLocation.Body && !isForm
            && (request.Content is not null || request.Method == HttpMethod.Get || request.Method == HttpMethod.Head || request.Method == HttpMethod.Delete || request.Method == HttpMethod.Options)
            ? OAuth1ParameterLocation.Header
            : _scheme.ParametersIn;

    private void WriteSignature(ref Utf8Buffer signature, HttpRequestMessage request, scoped Moment moment, scoped ReadOnlySpan<byte> form, IReadOnlyList<KeyValuePair<string, string>> more)
    {
        var text = new Utf8Buffer(1024);
        try
        {
            if (_signer.ReadsText)
                WriteText(ref text, request, moment, form, more);
            var raw = new Utf8Buffer(_signer.LongestSignature);
            raw.Advance(_signer.Sign(text.Written, raw.Room(_signer.LongestSignature)));
            signature.AppendEncoded(raw.Written);
            raw.Dispose();
        }
        finally
        {
            text.Dispose();
        }
    }

    private void WriteText(ref Utf8Buffer text, HttpRequestMessage request, scoped Moment moment, scoped ReadOnlySpan<byte> form, IReadOnlyList<KeyValuePair<string, string>> more)
    {
        var parameters = new SignatureBase(512);
        try
        {
            if (moment.BodyHash.Length > 0)
                parameters.AddEncoded("oauth_body_hash"u8, moment.BodyHash);
            parameters.AddEncoded("oauth_consumer_key"u8, _consumerKey);
            parameters.AddEncoded("oauth_nonce"u8, moment.Nonce);
            parameters.AddEncoded("oauth_signature_method"u8, _method);
            parameters.AddEncoded("oauth_timestamp"u8, moment.Timestamp);
            if (_token is not null)
                parameters.AddEncoded("oauth_token"u8, _token);
            parameters.AddEncoded("oauth_version"u8, "1.0"u8);
            for (var i = 0; i < more.Count; i++)
                parameters.Add(more[i].Key, more[i].Value);
            parameters.AddQuery(request.RequestUri!.Query);
            parameters.AddForm(form);
            parameters.WriteTo(ref text, request.Method.Method, request.RequestUri!);
        }
        finally
        {
            parameters.Dispose();
        }
    }

    private void WriteParameters(ref Utf8Buffer sent, scoped Moment moment, IReadOnlyList<KeyValuePair<string, string>> more, scoped ReadOnlySpan<byte> signature, bool inHeader)
    {
        if (!inHeader)
        {
            Write(ref sent, "oauth_consumer_key"u8, _consumerKey, inHeader);
            Write(ref sent, "oauth_signature_method"u8, _method, inHeader);
            Write(ref sent, "oauth_version"u8, "1.0"u8, inHeader);
            if (_token is not null)
                Write(ref sent, "oauth_token"u8, _token, inHeader);
        }

        for (var i = 0; i < more.Count; i++)
            Write(ref sent, Encoded(more[i].Key), Encoded(more[i].Value), inHeader);
        if (moment.BodyHash.Length > 0)
            Write(ref sent, "oauth_body_hash"u8, moment.BodyHash, inHeader);
        Write(ref sent, "oauth_timestamp"u8, moment.Timestamp, inHeader);
        Write(ref sent, "oauth_nonce"u8, moment.Nonce, inHeader);
        Write(ref sent, "oauth_signature"u8, signature, inHeader);
    }

    private static void Write(ref Utf8Buffer sent, scoped ReadOnlySpan<byte> name, scoped ReadOnlySpan<byte> value, bool inHeader)
    {
        if (inHeader)
            sent.Append(", "u8);
        else if (sent.Length > 0)
            sent.Append((byte)'&');
        sent.Append(name);
        sent.Append(inHeader ? "=\""u8 : "="u8);
        sent.Append(value);
        if (inHeader)
            sent.Append((byte)'"');
    }

    private byte[] HeaderStart(string? realm)
    {
        var start = new StringBuilder("OAuth ");
        if (realm is not null)
            start.Append("realm=\"").Append(realm.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)).Append("\", ");
        start.Append($"oauth_consumer_key=\"{Encoding.ASCII.GetString(_consumerKey)}\", oauth_signature_method=\"{Encoding.ASCII.GetString(_method)}\", oauth_version=\"1.0\"");
        if (_token is not null)
            start.Append($", oauth_token=\"{Encoding.ASCII.GetString(_token)}\"");
        return Encoding.ASCII.GetBytes(start.ToString());
    }

    // Base64 of the body's hash, by the hash of the signature method.
    private string Hash(ReadOnlySpan<byte> body) => Convert.ToBase64String(_scheme.SignatureMethod switch
    {
        OAuth1SignatureMethod.HmacSha256 or OAuth1SignatureMethod.RsaSha256 => SHA256.HashData(body),
        OAuth1SignatureMethod.HmacSha512 or OAuth1SignatureMethod.RsaSha512 => SHA512.HashData(body),
        _ => SHA1.HashData(body),
    });

    private static void WriteNonce(Span<byte> nonce)
    {
        Span<byte> random = stackalloc byte[NonceLength / 2];
        RandomNumberGenerator.Fill(random);
        for (var i = 0; i < random.Length; i++)
        {
            nonce[2 * i] = "0123456789abcdef"u8[random[i] >> 4];
            nonce[(2 * i) + 1] = "0123456789abcdef"u8[random[i] & 15];
        }
    }

    private static byte[] Encoded(string text) => Encoding.ASCII.GetBytes(Utf8Buffer.Encode(text));

    /// <summary>What is another with each request.</summary>
    private readonly ref struct Moment(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> timestamp, ReadOnlySpan<byte> bodyHash)
    {
        public ReadOnlySpan<byte> Nonce { get; } = nonce;
        public ReadOnlySpan<byte> Timestamp { get; } = timestamp;
        public ReadOnlySpan<byte> BodyHash { get; } = bodyHash;
    }
}
