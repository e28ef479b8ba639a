using System.Text.Json;
using System.Text.RegularExpressions;

namespace Recipes.Connections;

/// <summary>Finds a provider's own code and explanation in an error body.</summary>
internal static partial class ProviderWords
{
    private const int Longest = 500;
    private const int LongestMarkup = 8192;
    private static readonly string[] s_codes = ["error", "code", "error_code", "errorCode", "type"];
    private static readonly string[] s_texts = ["error_description", "message", "detail", "error_message", "description", "title"];

    public static (string? Code, string? Words) From(JsonDocument? json, string? body, Redactor redactor)
    {
        if (json is null)
            return (null, string.IsNullOrWhiteSpace(body) ? null : Clean(Tags().Replace(Start(redactor.Redact(body)), " "), redactor));
        var root = json.RootElement;
        if (root.ValueKind == JsonValueKind.Array && root.GetArrayLength() > 0)
            root = root[0];
        // Many wrap everything in "error": { … }.
        if (root.ValueKind == JsonValueKind.Object && root.TryGetProperty("error", out var wrapped) && wrapped.ValueKind == JsonValueKind.Object)
            root = wrapped;
        var (code, text) = (First(root, s_codes), First(root, s_texts));
        if (text is null && code is null)
            text = root.GetRawText();
        else if (root.ValueKind == JsonValueKind.Object && root.TryGetProperty("fields", out var fields) && fields.ValueKind == JsonValueKind.Object)
            text = $"{text ?? code} {fields.GetRawText()}";
        return (code is null ? null : Clean(code, redactor), Clean(text ?? code!, redactor));
    }

    private static string? First(JsonElement json, string[] names)
    {
        if (json.ValueKind != JsonValueKind.Object)
            return null;
        foreach (var name in names)
        {
            if (json.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String or JsonValueKind.Number && value.ToString() is { Length: > 0 } text)
                return text;
        }

        return null;
    }

    // Redacted first: a secret cut in two would no longer be recognised. Hostile markup takes quadratic time.
    private static string Start(string text) => text.Length <= LongestMarkup ? text : text[..LongestMarkup];

    private static string Clean(string text, Redactor redactor)
    {
        text = Spaces().Replace(Start(redactor.Redact(text)), " ").Trim();
        return text.Length <= Longest ? text : $"{text[..(Longest - 1)]}…";
    }

    [GeneratedRegex("<[^>]*>", RegexOptions.None, 200)]
    private static partial Regex Tags();

    [GeneratedRegex("[\\s\\p{C}]+", RegexOptions.None, 200)]
    private static partial Regex Spaces();
}
