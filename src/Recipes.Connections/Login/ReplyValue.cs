using System.Text.Json;
using System.Text.RegularExpressions;

namespace Recipes.Connections;

/// <summary>Where in an answer a value is.</summary>
public enum ReplyPlace
{
    /// <summary>A member of a JSON body, by dotted path.</summary>
    Json,
    /// <summary>A header, by name.</summary>
    Header,
    /// <summary>A cookie that the answer sets, by name.</summary>
    Cookie,
    /// <summary>Anywhere in the body, as a pattern finds it.</summary>
    Text,
}

/// <summary>One value of an answer.</summary>
/// <param name="Name">Path, name of the header or of the cookie; of no use for <see cref="ReplyPlace.Text"/>.</param>
/// <param name="Pattern">For <see cref="ReplyPlace.Text"/>: the first match, or its group <c>value</c>.</param>
public sealed record ReplyValue(ReplyPlace Place, string Name, ValuePattern? Pattern = null)
{
    /// <summary>The value; null when the answer has none, or an empty one.</summary>
    internal string? Find(HttpResponseMessage response, string body, JsonElement? json)
    {
        var found = Place switch
        {
            ReplyPlace.Json => json is { } root ? Text(JsonPath.Find(root, Name.Split('.'))) : null,
            ReplyPlace.Header => Header(response, Name)?.FirstOrDefault(),
            ReplyPlace.Cookie => Header(response, "Set-Cookie")?.Select(CookieValue).FirstOrDefault(v => v is not null),
            ReplyPlace.Text => Match(body),
            _ => null,
        };
        return found is { Length: > 0 } ? found : null;
    }

    private static string? Text(JsonElement? value) => value is { ValueKind: JsonValueKind.String or JsonValueKind.Number } text ? text.ToString() : null;

    private static IEnumerable<string>? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) || response.Content.Headers.TryGetValues(name, out values) ? values : null;

    private string? CookieValue(string header)
    {
        var equals = header.IndexOf('=', StringComparison.Ordinal);
        if (equals < 0 || header[..equals].Trim() != Name)
            return null;
        var end = header.IndexOf(';', equals);
        return (end < 0 ? header[(equals + 1)..] : header[(equals + 1)..end]).Trim();
    }

    private string? Match(string body)
    {
        try
        {
            return Pattern?.Match(body) is not { Success: true } match ? null : match.Groups["value"] is { Success: true } part ? part.Value : match.Value;
        }
        catch (RegexMatchTimeoutException)
        {
            return null;
        }
    }
}
