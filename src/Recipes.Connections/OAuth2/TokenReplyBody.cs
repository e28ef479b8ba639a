using System.Text.Json;
using System.Text.Json.Nodes;

namespace Recipes.Connections;

/// <summary>Reads the body of a token endpoint's answer, whatever its content type claims: JSON, or a form.</summary>
internal static class TokenReplyBody
{
    /// <summary>A form becomes an object of texts; null when it is neither.</summary>
    public static JsonDocument? Parse(string body)
    {
        var text = body.AsSpan().TrimStart();
        if (text is ['{' or '[', ..])
            return ParseJson(body);
        return text.Contains('=') && !text.ContainsAny('<', '\n', ' ') ? ParseForm(body.Trim()) : null;
    }

    private static JsonDocument? ParseJson(string body)
    {
        try
        {
            return JsonDocument.Parse(body);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static JsonDocument? ParseForm(string body)
    {
        var json = new JsonObject();
        foreach (var pair in body.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
                return null;
            json[Decode(pair[..equals])] = Decode(pair[(equals + 1)..]);
        }

        return JsonDocument.Parse(json.ToJsonString());
    }

    private static string Decode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
}
