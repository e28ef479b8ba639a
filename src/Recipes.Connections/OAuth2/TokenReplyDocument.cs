using System.Buffers.Text;
using System.Text.Json;

namespace Recipes.Connections;

/// <summary>A token reply as it came, for values that are captured from it. Holds secrets; lives in memory only.</summary>
internal sealed class TokenReplyDocument
{
    private readonly Lazy<JsonElement?> _idToken;

    /// <param name="json">The reply; one that came as a form is an object of texts.</param>
    public TokenReplyDocument(JsonElement json, HttpResponseMessage response)
    {
        Json = json.Clone();
        Headers = response.Headers.Concat(response.Content.Headers).ToDictionary(h => h.Key, h => string.Join(", ", h.Value), StringComparer.OrdinalIgnoreCase);
        _idToken = new(() => Claims(Find("id_token")));
    }

    public JsonElement Json { get; }
    public IReadOnlyDictionary<string, string> Headers { get; }

    /// <summary>Claims of the ID token in the reply; null when there is none.</summary>
    /// <remarks>It came from the token endpoint itself, so TLS vouches for it in place of its signature: OpenID Connect Core §3.1.3.7.</remarks>
    public JsonElement? IdTokenClaims => _idToken.Value;

    /// <summary>The text, number or truth value at a dotted path; null when there is none.</summary>
    public string? Find(string path) => TextAt(Json, path);

    /// <summary>The same of the ID token.</summary>
    public string? FindClaim(string path) => IdTokenClaims is { } claims ? TextAt(claims, path) : null;

    /// <remarks>A name with a dot in it is looked for as it stands first.</remarks>
    internal static JsonElement? At(JsonElement json, string path) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(path, out var whole) ? whole : JsonPath.Find(json, path.Split('.'));

    internal static string? TextAt(JsonElement json, string path)
    {
        try
        {
            return At(json, path) is { ValueKind: JsonValueKind.String or JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False } value ? value.ToString() : null;
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair, which shows only when the text is read.
            return null;
        }
    }

    private static JsonElement? Claims(string? token)
    {
        if (token?.Split('.') is not [_, var payload, _])
            return null;
        try
        {
            using var json = JsonDocument.Parse(Base64Url.DecodeFromChars(payload));
            return json.RootElement.Clone();
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            return null;
        }
    }
}
