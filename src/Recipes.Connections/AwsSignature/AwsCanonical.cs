using System.Text;

namespace Recipes.Connections;

/// <summary>The canonical forms that both sides sign.</summary>
internal static class AwsCanonical
{
    // Beside all x-amz-*. Others may be changed on the way.
    private static readonly string[] s_signed = ["content-type", "content-md5", "date", "range"];

    /// <param name="path">As it is sent, percent-encoded once.</param>
    /// <param name="isS3">S3 takes the path as it is; all others normalise it and encode it once more.</param>
    public static string Path(string path, bool isS3)
    {
        var segments = path.Split('/');
        if (isS3)
            return string.Join('/', segments.Select(s => Uri.EscapeDataString(Uri.UnescapeDataString(s))));
        var kept = segments.Where(s => s.Length > 0).Select(Uri.EscapeDataString).ToArray();
        return kept.Length == 0 ? "/" : $"/{string.Join('/', kept)}{(path.EndsWith('/') ? "/" : "")}";
    }

    /// <param name="query">As it is sent, with the question mark or without.</param>
    public static string Query(string query)
    {
        var pairs = query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries).Select(pair =>
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            var (name, value) = equals < 0 ? (pair, "") : (pair[..equals], pair[(equals + 1)..]);
            return (Name: Encode(name), Value: Encode(value));
        });
        return string.Join('&', pairs.OrderBy(p => p.Name, StringComparer.Ordinal).ThenBy(p => p.Value, StringComparer.Ordinal).Select(p => $"{p.Name}={p.Value}"));
    }

    /// <summary>The headers that are signed, by lower-case name, values trimmed.</summary>
    public static SortedDictionary<string, string> Headers(HttpRequestMessage request)
    {
        var address = request.RequestUri!;
        var headers = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["host"] = request.Headers.Host ?? (address.IsDefaultPort ? address.IdnHost : $"{address.IdnHost}:{address.Port}"),
        };
        Add(headers, request.Headers.NonValidated);
        if (request.Content is { } content)
            Add(headers, content.Headers.NonValidated);
        return headers;
    }

    private static void Add(SortedDictionary<string, string> headers, System.Net.Http.Headers.HttpHeadersNonValidated given)
    {
        foreach (var (name, values) in given)
        {
            var lower = name.ToLowerInvariant();
            if (lower.StartsWith("x-amz-", StringComparison.Ordinal) || Array.IndexOf(s_signed, lower) >= 0)
                headers[lower] = string.Join(',', values.Select(Trim));
        }
    }

    private static string Encode(string text) => Uri.EscapeDataString(Uri.UnescapeDataString(text));

    // Spaces around are dropped and those within run together.
    private static string Trim(string value)
    {
        var text = new StringBuilder(value.Length);
        foreach (var c in value.Trim())
        {
            if (c != ' ' || text[^1] != ' ')
                text.Append(c);
        }

        return text.ToString();
    }
}
