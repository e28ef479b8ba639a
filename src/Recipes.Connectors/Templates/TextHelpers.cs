using System.Buffers.Text;
using System.Text;

namespace Recipes.Connectors;

/// <summary>Helpers for text. Anything that is not text is taken as it prints; nothing stays nothing.</summary>
internal static class TextHelpers
{
    public static TemplateHelper[] All { get; } =
    [
        new("upper", 1, 1, a => Text(a[0])?.ToUpperInvariant()),
        new("lower", 1, 1, a => Text(a[0])?.ToLowerInvariant()),
        new("trim", 1, 1, a => Text(a[0])?.Trim()),
        new("replace", 3, 3, a => Replace(Text(a[0]), Text(a[1]), Text(a[2]) ?? "")),
        new("concat", 1, TemplateHelper.AnyNumber, a => string.Concat(a.Select(PlainText.Of))),
        new("substring", 2, 3, Substring),
        new("split", 2, 2, a => Split(Text(a[0]), Text(a[1]))),
        new("join", 1, 2, a => Join(a)),
        new("contains", 2, 2, Contains),
        new("startsWith", 2, 2, a => Text(a[0])?.StartsWith(Text(a[1]) ?? "", StringComparison.Ordinal) ?? false),
        new("endsWith", 2, 2, a => Text(a[0])?.EndsWith(Text(a[1]) ?? "", StringComparison.Ordinal) ?? false),
        new("length", 1, 1, a => ListHelpers.Count(a[0])),
        new("base64", 1, 1, a => Text(a[0]) is { } text ? Convert.ToBase64String(Encoding.UTF8.GetBytes(text)) : null),
        new("base64Url", 1, 1, a => Text(a[0]) is { } text ? Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text)) : null),
        new("mailHeader", 1, 1, a => Text(a[0]) is { } text ? MailHeader.Encode(text) : null),
    ];

    private static string? Text(object? value) => value is null ? null : PlainText.Of(value);

    private static string? Substring(object?[] values)
    {
        if (Text(values[0]) is not { } text)
            return null;
        var start = Math.Clamp(NumberHelpers.Whole("substring", values[1]), 0, text.Length);
        var length = values.Length > 2 ? Math.Clamp(NumberHelpers.Whole("substring", values[2]), 0, text.Length - start) : text.Length - start;
        return text.Substring(start, length);
    }

    private static List<object?>? Split(string? text, string? separator) =>
        text is null ? null : text.Length == 0 ? [] : [.. text.Split(separator is { Length: > 0 } ? separator : ",")];

    private static string? Join(object?[] values) => values[0] switch
    {
        null => null,
        IReadOnlyList<object?> list => Join(list, values.Length > 1 ? PlainText.Of(values[1]) : ","),
        var other => throw new TemplateException($"join needs a list, not {PlainText.KindOf(other)}."),
    };

    private static string Join(IReadOnlyList<object?> list, string separator) => list.Count * (long)separator.Length > LimitedWriter.Limit
        ? throw new TemplateException($"join: the text grows beyond {LimitedWriter.Limit / (1024 * 1024)} million characters.")
        : string.Join(separator, list.Select(PlainText.Of));

    private static object Contains(object?[] values) => values[0] switch
    {
        null => false,
        IReadOnlyList<object?> list => list.Any(item => PlainComparer.AreEqual(item, values[1])),
        IReadOnlyDictionary<string, object?> map => map.ContainsKey(PlainText.Of(values[1])),
        var other => PlainText.Of(other).Contains(PlainText.Of(values[1]), StringComparison.Ordinal),
    };

    private static string? Replace(string? text, string? old, string with)
    {
        if (text is null || old is not { Length: > 0 })
            return text;
        // Two texts of some 30,000 characters would otherwise make one of a thousand million.
        if (with.Length > old.Length && text.Length / old.Length * (long)with.Length > LimitedWriter.Limit && text.AsSpan().Count(old) * (long)with.Length > LimitedWriter.Limit)
            throw new TemplateException($"replace: the text grows beyond {LimitedWriter.Limit / (1024 * 1024)} million characters.");
        return text.Replace(old, with, StringComparison.Ordinal);
    }
}
