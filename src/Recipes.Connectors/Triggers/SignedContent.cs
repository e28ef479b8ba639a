using System.Text;

namespace Recipes.Connectors;

/// <summary>What a signature is made over: text, the body byte by byte, and other parts of the request.</summary>
internal sealed class SignedContent
{
    private readonly IReadOnlyList<(bool IsPart, string Text)> _pieces;

    private SignedContent(string source, IReadOnlyList<(bool IsPart, string Text)> pieces, string? idHeader) => (Source, _pieces, IdHeader) = (source, pieces, idHeader);

    /// <summary>As the file writes it.</summary>
    public string Source { get; }

    /// <summary>Header that <c>{{id}}</c> stands for; null where there is none.</summary>
    public string? IdHeader { get; }

    public static IReadOnlyList<string> Parts { get; } = ["body", "timestamp", "id", "method", "address", "form"];

    public bool Has(string part) => _pieces.Any(p => p.IsPart && p.Text == part);

    public static SignedContent Parse(string source, string? idHeader = null) =>
        TryParse(source, idHeader, out var content, out var error) ? content! : throw new ArgumentException(error, nameof(source));

    /// <param name="error">What is wrong with it, for the author of the file.</param>
    public static bool TryParse(string source, string? idHeader, out SignedContent? content, out string? error)
    {
        (content, error) = (null, null);
        var pieces = new List<(bool IsPart, string Text)>();
        for (var at = 0; at < source.Length;)
        {
            var open = source.IndexOf("{{", at, StringComparison.Ordinal);
            if (open < 0 || open > at)
                pieces.Add((false, source[at..(open < 0 ? source.Length : open)]));
            if (open < 0)
                break;
            var close = source.IndexOf("}}", open, StringComparison.Ordinal);
            if (close < 0)
            {
                error = "a '{{' is never closed.";
                return false;
            }

            var part = source[(open + 2)..close].Trim();
            if (!Parts.Contains(part) && !part.StartsWith("header.", StringComparison.Ordinal))
            {
                error = $"there is no part '{part}': write {string.Join(", ", Parts)} or header.<name>.";
                return false;
            }

            pieces.Add((true, part));
            at = close + 2;
        }

        content = new(source, pieces, idHeader);
        if (!content.Has("body") && !content.Has("form"))
            error = "the body is missing ('{{body}}'): whoever saw one delivery could sign any other.";
        else if (content.Has("id") && idHeader is null)
            error = "'{{id}}' needs 'idHeader'.";
        return error is null;
    }

    /// <summary>Null, with what is missing, when the message has not all the parts.</summary>
    public byte[]? Make(WebhookMessage message, string? timestamp, out string? missing)
    {
        missing = null;
        using var bytes = new MemoryStream();
        foreach (var (isPart, text) in _pieces)
        {
            if (isPart && text == "body")
            {
                bytes.Write(message.Body.Span);
                continue;
            }

            if ((isPart ? Part(text, message, timestamp) : text) is not { } value)
            {
                missing = text == "id" ? $"header {IdHeader}" : text.Replace("header.", "header ", StringComparison.Ordinal);
                return null;
            }

            bytes.Write(Encoding.UTF8.GetBytes(value));
        }

        return bytes.ToArray();
    }

    private string? Part(string part, WebhookMessage message, string? timestamp) => part switch
    {
        "timestamp" => timestamp,
        "id" => message.Headers.GetValueOrDefault(IdHeader!),
        "method" => message.Method,
        "address" => message.Address.AbsoluteUri,
        // Names and values one after the other, by name.
        "form" => string.Concat(WebhookBody.Form(message.Body).OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => p.Key + p.Value)),
        _ => message.Headers.GetValueOrDefault(part["header.".Length..]),
    };
}
