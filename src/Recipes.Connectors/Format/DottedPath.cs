namespace Recipes.Connectors;

/// <summary>A path into a JSON body as files write it: <c>paging.next.link</c>, <c>items.0.id</c>.</summary>
internal static class DottedPath
{
    /// <summary>Its segments; a single dot is the body itself. A name that has a dot in it is written in brackets: <c>[@odata.nextLink]</c>.</summary>
    public static string[] Parse(string source)
    {
        if (source == ".")
            return [];
        if (!source.Contains('[', StringComparison.Ordinal))
            return source.Split('.');
        var segments = new List<string>();
        for (var at = 0; at <= source.Length;)
        {
            var inBrackets = at < source.Length && source[at] == '[';
            var end = source.IndexOf(inBrackets ? ']' : '.', at);
            end = end < 0 ? source.Length : end;
            segments.Add(source[(inBrackets ? at + 1 : at)..end]);
            // Past the bracket, if any, and the dot.
            at = end + (inBrackets ? 2 : 1);
            if (inBrackets && end + 1 >= source.Length)
                break;
        }

        return [.. segments];
    }
}
