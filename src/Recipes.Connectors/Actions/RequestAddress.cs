using System.Text;

namespace Recipes.Connectors;

/// <summary>Makes the address of a request from a path and a query.</summary>
internal static class RequestAddress
{
    /// <summary>An absolute address, or one relative to the connection's base address, without a leading slash.</summary>
    /// <param name="path">With values encoded already.</param>
    /// <exception cref="InputException">The path climbs out of the base address or has characters no path has.</exception>
    public static Uri Create(string path, IEnumerable<KeyValuePair<string, object?>> query)
    {
        if (path.Any(c => char.IsControl(c) || c == '\\'))
            throw new InputException("The path contains a line break, a backslash or another character that does not belong there.");
        var isAbsolute = path.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || path.StartsWith("https://", StringComparison.OrdinalIgnoreCase);
        var end = path.AsSpan().IndexOfAny('?', '#');
        foreach (var segment in path[..(end < 0 ? path.Length : end)].Split('/'))
        {
            if (Uri.UnescapeDataString(segment) is "." or "..")
                throw new InputException("The path contains '.' or '..' as a segment; no value may climb to another path.");
        }

        var text = new StringBuilder(isAbsolute ? path : path.TrimStart('/'));
        // Without this a colon in the first segment would make it look like a scheme.
        if (!isAbsolute && text.ToString().Split('/', 2)[0].Contains(':', StringComparison.Ordinal))
            text.Insert(0, "./");
        var separator = path.Contains('?', StringComparison.Ordinal) ? '&' : '?';
        foreach (var (name, value) in RequestContent.Pairs(query))
        {
            text.Append(separator).Append(Uri.EscapeDataString(name)).Append('=').Append(Uri.EscapeDataString(value));
            separator = '&';
        }

        return Uri.TryCreate(text.ToString(), isAbsolute ? UriKind.Absolute : UriKind.Relative, out var address)
            ? address
            : throw new InputException("The path is no address.");
    }
}
