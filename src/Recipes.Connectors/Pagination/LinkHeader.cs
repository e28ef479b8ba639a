namespace Recipes.Connectors;

/// <summary>Reads the header <c>Link</c>.</summary>
/// <remarks>Source: RFC 8288 §3.</remarks>
internal static class LinkHeader
{
    /// <summary>The target whose relation is <c>next</c>; null when there is none.</summary>
    public static string? Next(HttpResponseMessage response)
    {
        if (!response.Headers.TryGetValues("Link", out var values))
            return null;
        var text = string.Join(", ", values);
        for (var at = text.IndexOf('<', StringComparison.Ordinal); at >= 0; at = Following(text, at))
        {
            var close = text.IndexOf('>', at);
            if (close < 0)
                return null;
            var end = Following(text, at);
            if (IsNext(text[(close + 1)..(end < 0 ? text.Length : end)]))
                return text[(at + 1)..close];
        }

        return null;
    }

    // The start of the next link: a quoted parameter may hold a '<' of its own.
    private static int Following(string text, int start)
    {
        var quoted = false;
        for (var at = text.IndexOf('>', start); at >= 0 && at < text.Length; at++)
        {
            if (text[at] == '"')
                quoted = !quoted;
            else if (text[at] == '<' && !quoted)
                return at;
        }

        return -1;
    }

    private static bool IsNext(string parameters) => parameters.Split(';', StringSplitOptions.TrimEntries).Any(parameter =>
        parameter.Split('=', 2, StringSplitOptions.TrimEntries) is [var name, var value] && name.Equals("rel", StringComparison.OrdinalIgnoreCase)
        && value.TrimEnd(',', ' ').Trim('"').Split(' ').Contains("next", StringComparer.OrdinalIgnoreCase));
}
