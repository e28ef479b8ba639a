namespace Recipes.Connections;

/// <summary>Reads the parameters of a challenge: <c>name=value</c> or <c>name="value"</c>, parted by commas.</summary>
/// <remarks>Source: RFC 9110 §11.2, §5.6.4.</remarks>
internal static class ChallengeParameters
{
    /// <returns>By name, whatever its case. What cannot be read ends the list.</returns>
    public static Dictionary<string, string> Read(string? text)
    {
        var read = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var at = 0;
        while (text is not null && at < text.Length)
        {
            while (at < text.Length && text[at] is ' ' or ',' or '\t')
                at++;
            var equals = text.IndexOf('=', at);
            if (equals < 0)
                break;
            var name = text[at..equals].Trim();
            at = equals + 1;
            while (at < text.Length && text[at] is ' ' or '\t')
                at++;
            read[name] = at < text.Length && text[at] == '"' ? Quoted(text, ref at) : Token(text, ref at);
        }

        return read;
    }

    private static string Quoted(string text, ref int at)
    {
        var value = new System.Text.StringBuilder();
        for (at++; at < text.Length && text[at] != '"'; at++)
        {
            if (text[at] == '\\' && at + 1 < text.Length)
                at++;
            value.Append(text[at]);
        }

        at++;
        return value.ToString();
    }

    private static string Token(string text, ref int at)
    {
        var start = at;
        while (at < text.Length && text[at] != ',')
            at++;
        return text[start..at].Trim();
    }
}
