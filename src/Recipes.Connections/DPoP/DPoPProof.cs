using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Recipes.Connections;

/// <summary>Proofs that whoever sends a token holds the key that the token is bound to.</summary>
/// <remarks>Source: RFC 9449 §4.2, §7.1, §8.</remarks>
internal static class DPoPProof
{
    /// <summary>Name of the header, and of the token type.</summary>
    public const string Name = "DPoP";

    /// <summary>Name of the header that brings a nonce.</summary>
    public const string NonceHeader = "DPoP-Nonce";

    /// <summary>Name of the key (PEM) among <see cref="TokenSet.Values"/>.</summary>
    public const string KeyValue = "dpopKey";

    /// <param name="accessToken">Null at the token endpoint, which issues it.</param>
    public static string Create(SigningKey key, HttpMethod method, Uri address, string? nonce, string? accessToken, DateTimeOffset now)
    {
        var header = new JsonObject { ["typ"] = "dpop+jwt", ["jwk"] = new JsonObject(key.PublicJwk.Select(m => KeyValuePair.Create(m.Key, (JsonNode?)m.Value))) };
        var claims = new JsonObject
        {
            ["jti"] = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16)),
            ["htm"] = method.Method,
            ["htu"] = address.GetLeftPart(UriPartial.Path),
            ["iat"] = now.ToUnixTimeSeconds(),
        };
        if (nonce is not null)
            claims["nonce"] = nonce;
        if (accessToken is not null)
            claims["ath"] = Hash(accessToken);
        return JsonWebSignature.Sign(key, header, claims);
    }

    /// <summary>The hash of an access token that goes into the proof.</summary>
    public static string Hash(string accessToken) => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(accessToken)));

    /// <summary>The nonce that an answer brings; null when it brings none.</summary>
    public static string? NonceOf(HttpResponseMessage response) =>
        response.Headers.TryGetValues(NonceHeader, out var values) && values.FirstOrDefault() is { Length: > 0 and <= 1024 } nonce && !nonce.Any(c => c is <= ' ' or > '~' or '"' or '\\') ? nonce : null;
}
