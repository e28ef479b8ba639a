using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Recipes.Connections;

/// <summary>A text with plain fields in it, such as <c>https://{{fields.host}}/api</c>. Parsed once; knows nothing but fields.</summary>
public sealed class FieldTemplate
{
    private readonly (string Text, bool IsField)[] _parts;

    private FieldTemplate(string source, (string, bool)[] parts) => (Source, _parts) = (source, parts);

    public string Source { get; }

    /// <summary>Names of the fields it reads.</summary>
    public IEnumerable<string> Fields => _parts.Where(p => p.IsField).Select(p => p.Text);

    /// <exception cref="FormatException">When a placeholder is not of the form <c>{{fields.name}}</c>.</exception>
    public static FieldTemplate Parse(string source) =>
        TryParse(source, out var template, out var error) ? template : throw new FormatException(error);

    public static bool TryParse(string source, [NotNullWhen(true)] out FieldTemplate? template, [NotNullWhen(false)] out string? error)
    {
        var parts = new List<(string, bool)>();
        var at = 0;
        (template, error) = (null, null);
        while (at < source.Length)
        {
            var open = source.IndexOf("{{", at, StringComparison.Ordinal);
            if (open < 0)
                break;
            var close = source.IndexOf("}}", open, StringComparison.Ordinal);
            var inner = close < 0 ? "" : source[(open + 2)..close].Trim();
            if (!inner.StartsWith("fields.", StringComparison.Ordinal) || inner.Length == 7 || !inner.AsSpan(7).ToString().All(char.IsAsciiLetterOrDigit))
            {
                error = $"'{source}': only placeholders such as {{{{fields.host}}}} are known here, found '{(close < 0 ? source[open..] : source[open..(close + 2)])}' at position {open + 1}.";
                return false;
            }

            if (open > at)
                parts.Add((source[at..open], false));
            parts.Add((inner[7..], true));
            at = close + 2;
        }

        if (at < source.Length)
            parts.Add((source[at..], false));
        template = new(source, [.. parts]);
        return true;
    }

    /// <summary>As <see cref="Render"/>; null where a field it reads has no value or an empty one: then what it stands for is absent.</summary>
    public string? RenderOrNull(IReadOnlyDictionary<string, string> fields) =>
        Array.Exists(_parts, p => p.IsField && string.IsNullOrEmpty(fields.GetValueOrDefault(p.Text))) ? null : Render(fields);

    /// <summary>The text with every field filled in.</summary>
    /// <exception cref="FormatException">When a field it reads has no value.</exception>
    public string Render(IReadOnlyDictionary<string, string> fields)
    {
        if (_parts is [{ IsField: false } only])
            return only.Text;
        var text = new StringBuilder();
        foreach (var (part, isField) in _parts)
        {
            if (!isField)
                text.Append(part);
            else if (fields.TryGetValue(part, out var value))
                text.Append(value);
            else
                throw new FormatException($"'{Source}': the field '{part}' has no value.");
        }

        return text.ToString();
    }

    public override string ToString() => Source;
}
