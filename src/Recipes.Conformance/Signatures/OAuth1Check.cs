using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Recipes.Conformance;

/// <summary>A request signed by OAuth 1.0, taken apart and verified by a writing of its own.</summary>
/// <remarks>Source: RFC 5849 §3.</remarks>
internal sealed class OAuth1Check
{
    private readonly ReceivedRequest _request;
    private readonly List<KeyValuePair<string, string>> _all;

    public OAuth1Check(ReceivedRequest request)
    {
        _request = request;
        var header = request.Header("Authorization") is { } text && text.StartsWith("OAuth ", StringComparison.OrdinalIgnoreCase) ? text[6..] : "";
        InHeader = [.. Regex.Matches(header, "(?<name>[^=,\\s]+)=\"(?<value>[^\"]*)\"", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)).Select(m => KeyValuePair.Create(Uri.UnescapeDataString(m.Groups["name"].Value), Uri.UnescapeDataString(m.Groups["value"].Value)))];
        _all = [.. InHeader.Where(p => p.Key != "realm"), .. request.Query, .. request.Form];
    }

    public IReadOnlyList<KeyValuePair<string, string>> InHeader { get; }

    /// <summary>A parameter of the protocol, wherever it travels.</summary>
    public string? this[string name] => _all.FirstOrDefault(p => p.Key == name).Value;

    public bool IsSigned => this["oauth_signature"] is not null;

    /// <summary>Where the parameters of the protocol travel.</summary>
    public OAuth1ParameterLocation Location => InHeader.Any(p => p.Key == "oauth_signature") ? OAuth1ParameterLocation.Header
        : _request.Query.Any(p => p.Key == "oauth_signature") ? OAuth1ParameterLocation.Query : OAuth1ParameterLocation.Body;

    // Section 3.4.1.
    private string BaseString
    {
        get
        {
            var parameters = _all.Where(p => p.Key != "oauth_signature").Select(p => (Name: Encode(p.Key), Value: Encode(p.Value)))
                .OrderBy(p => p.Name, StringComparer.Ordinal).ThenBy(p => p.Value, StringComparer.Ordinal).Select(p => $"{p.Name}={p.Value}");
            return $"{_request.Method}&{Encode(_request.Origin.ToLowerInvariant() + _request.RawPath)}&{Encode(string.Join('&', parameters))}";
        }
    }

    /// <summary>Whether the signature is the one that these secrets make of this request.</summary>
    public bool Verifies(OAuth1SignatureMethod method, string consumerSecret, string tokenSecret)
    {
        var signature = this["oauth_signature"] ?? "";
        var key = $"{Encode(consumerSecret)}&{Encode(tokenSecret)}";
        switch (method)
        {
            case OAuth1SignatureMethod.PlainText:
                return signature == key;
            case OAuth1SignatureMethod.HmacSha1 or OAuth1SignatureMethod.HmacSha256 or OAuth1SignatureMethod.HmacSha512:
                return signature == Convert.ToBase64String(WireTemplate.Keyed(HashOf(method), Encoding.ASCII.GetBytes(key), Encoding.ASCII.GetBytes(BaseString)));
            default:
                using (var rsa = RSA.Create())
                {
                    rsa.ImportFromPem(consumerSecret);
                    var bytes = new byte[1024];
                    return Convert.TryFromBase64String(signature, bytes, out var length)
                        && rsa.VerifyData(Encoding.ASCII.GetBytes(BaseString), bytes.AsSpan(0, length).ToArray(), new HashAlgorithmName(HashOf(method).ToUpperInvariant()), RSASignaturePadding.Pkcs1);
                }
        }
    }

    /// <summary>The hash of the body as the extension wants it; null for a form, which is signed itself.</summary>
    public string? BodyHash(OAuth1SignatureMethod method) => _request.MediaType == "application/x-www-form-urlencoded" ? null : Convert.ToBase64String(HashOf(method) switch
    {
        "sha256" => SHA256.HashData(_request.Body),
        "sha512" => SHA512.HashData(_request.Body),
        _ => SHA1.HashData(_request.Body),
    });

    private static string HashOf(OAuth1SignatureMethod method) => method switch
    {
        OAuth1SignatureMethod.HmacSha256 or OAuth1SignatureMethod.RsaSha256 => "sha256",
        OAuth1SignatureMethod.HmacSha512 or OAuth1SignatureMethod.RsaSha512 => "sha512",
        _ => "sha1",
    };

    private static string Encode(string text) => Uri.EscapeDataString(text);
}
