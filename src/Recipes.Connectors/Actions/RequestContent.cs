using System.Net.Http.Headers;
using System.Text;

namespace Recipes.Connectors;

/// <summary>Puts plain data into requests.</summary>
internal static class RequestContent
{
    // What the scheme or the HTTP stack sets; a template that sets it would act as somebody else or break the framing.
    private static readonly HashSet<string> s_refused = new(StringComparer.OrdinalIgnoreCase)
    {
        "Authorization", "Proxy-Authorization", "Cookie", "Host", "Content-Length", "Transfer-Encoding", "Connection", "Upgrade", "TE", "Trailer", "Expect",
    };

    /// <summary>Why a request may not carry this header; null when it may.</summary>
    public static string? FaultOfHeader(string name) => s_refused.Contains(name)
        ? $"The header '{name}' cannot be set here: {(name.EndsWith("Authorization", StringComparison.OrdinalIgnoreCase) ? "the connection authenticates the request itself" : "it belongs to the connection")}."
        : name.Length == 0 || name.Any(c => !char.IsAsciiLetterOrDigit(c) && !"!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal)) ? $"'{name}' is no name of a header." : null;

    /// <exception cref="InputException">The header may not be set, or its value has a line break or is not ASCII.</exception>
    public static void SetHeader(HttpRequestMessage request, string name, object? value)
    {
        if (value is null)
            return;
        if (FaultOfHeader(name) is { } fault)
            throw new InputException(fault);
        var text = PlainText.Of(value);
        if (text.Any(c => char.IsControl(c) && c != '\t'))
            throw new InputException($"The value of the header '{name}' contains a line break or another control character.");
        if (!Ascii.IsValid(text))
            throw new InputException($"The value of the header '{name}' contains letters that headers cannot carry: only ASCII is possible.");
        if (!name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase))
        {
            request.Headers.Remove(name);
            request.Headers.TryAddWithoutValidation(name, text);
        }
        else if (request.Content is { } content)
        {
            content.Headers.Remove(name);
            content.Headers.TryAddWithoutValidation(name, text);
        }
    }

    public static HttpContent Json(object? body) =>
        new ByteArrayContent(PlainData.ToUtf8Json(body)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json", "utf-8") } };

    /// <exception cref="InputException">The body is no object.</exception>
    public static HttpContent Form(object? body) => body is IReadOnlyDictionary<string, object?> map
        ? new FormUrlEncodedContent(Pairs(map))
        : throw new InputException($"A form is made of an object, not of {PlainText.KindOf(body)}.");

    public static HttpContent Text(object? body) => new StringContent(PlainText.Of(body), Encoding.UTF8, "text/plain");

    /// <summary>Names and values as they print; a list repeats its name, null is left out.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Pairs(IEnumerable<KeyValuePair<string, object?>> values)
    {
        foreach (var (name, value) in values)
        {
            if (value is IReadOnlyList<object?> list)
            {
                foreach (var item in list)
                    yield return new(name, PlainText.Of(item));
            }
            else if (value is not null)
            {
                yield return new(name, PlainText.Of(value));
            }
        }
    }
}
