using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Recipes.Connections;

/// <summary>Signed JSON web tokens, compact form.</summary>
/// <remarks>Source: RFC 7515 §3.1, RFC 7519.</remarks>
public static class JsonWebSignature
{
    /// <param name="header">Members of the header beside <c>alg</c>.</param>
    public static string Sign(SigningKey key, JsonObject header, JsonObject claims)
    {
        header["alg"] = key.Algorithm;
        var text = $"{Encode(header)}.{Encode(claims)}";
        return $"{text}.{Base64Url.EncodeToString(key.Sign(Encoding.ASCII.GetBytes(text)))}";
    }

    private static string Encode(JsonObject json) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(json));
}
