namespace Recipes.Connections;

/// <summary>How requests are signed.</summary>
/// <remarks>Source: RFC 5849 §3.4.2 to §3.4.4; the ones with SHA-2 are the same with another hash.</remarks>
public enum OAuth1SignatureMethod
{
    HmacSha1,
    HmacSha256,
    HmacSha512,
    RsaSha1,
    RsaSha256,
    RsaSha512,
    /// <summary>The secrets themselves go along with every request.</summary>
    PlainText,
}

/// <summary>The names of signature methods on the wire.</summary>
public static class OAuth1SignatureMethods
{
    public static IReadOnlyDictionary<string, OAuth1SignatureMethod> ByName { get; } = new Dictionary<string, OAuth1SignatureMethod>
    {
        ["HMAC-SHA1"] = OAuth1SignatureMethod.HmacSha1,
        ["HMAC-SHA256"] = OAuth1SignatureMethod.HmacSha256,
        ["HMAC-SHA512"] = OAuth1SignatureMethod.HmacSha512,
        ["RSA-SHA1"] = OAuth1SignatureMethod.RsaSha1,
        ["RSA-SHA256"] = OAuth1SignatureMethod.RsaSha256,
        ["RSA-SHA512"] = OAuth1SignatureMethod.RsaSha512,
        ["PLAINTEXT"] = OAuth1SignatureMethod.PlainText,
    };

    public static string NameOf(OAuth1SignatureMethod method) => ByName.First(m => m.Value == method).Key;
}
