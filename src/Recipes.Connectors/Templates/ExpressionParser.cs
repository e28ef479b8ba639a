using System.Globalization;
using System.Text;

namespace Recipes.Connectors;

/// <summary>Reads what stands between the braces and writes it in canonical form.</summary>
internal sealed class ExpressionParser(string source, TemplateScope scope)
{
    private static readonly string[] s_data = ["index", "key", "first", "last"];
    private static readonly string[] s_refused = ["with", "lookup", "log", "inline"];

    private readonly List<TemplatePath> _paths = [];

    /// <param name="Canonical">The expression as an argument of a helper.</param>
    /// <param name="Part">The same for walking; null for calls and for what depends on the round of an #each.</param>
    internal readonly record struct Parsed(string Canonical, string Written, TemplatePart? Part);

    public IReadOnlyList<TemplatePath> Paths => _paths;

    /// <summary>A single expression keeps its type, and then a missing path is null.</summary>
    public void PrintedPathsMayBeMissing()
    {
        for (var i = 0; i < _paths.Count; i++)
            _paths[i] = _paths[i] with { MayBeMissing = true };
    }

    /// <summary>Reads a name of letters, digits, <c>_</c> and <c>-</c>, after white space; empty when there is none.</summary>
    public string ReadWord(ref int at)
    {
        SkipSpace(ref at);
        var start = at;
        while (at < source.Length && (char.IsLetterOrDigit(source[at]) || source[at] is '_' or '-' or '$'))
            at++;
        return source[start..at];
    }

    /// <summary>The inside of a printing tag: a value, or a helper and its values without parentheses.</summary>
    public Parsed ParseTag(ref int at, bool inEach, int depth, bool printed)
    {
        SkipSpace(ref at);
        var start = at;
        var peek = at;
        var name = ReadWord(ref peek);
        var next = peek;
        SkipSpace(ref next);
        var ends = next >= source.Length || source[next] is '}' or '~';
        var isName = name.Length > 0 && !char.IsAsciiDigit(name[0]) && name[0] != '-' && (peek >= source.Length || source[peek] is not ('.' or '/' or '=' or '['));
        if (isName && (!ends || (TemplateHelpers.All.ContainsKey(name) && !scope.Knows(name) && !inEach)))
        {
            at = peek;
            return ParseCall(ref at, start, name, inEach, depth + 1);
        }

        return ParseValue(ref at, inEach, depth, printed);
    }

    /// <summary>The one value that a block takes.</summary>
    public Parsed ParseBlockArgument(ref int at, string block, bool inEach, int depth)
    {
        SkipSpace(ref at);
        if (at < source.Length && source[at] is '}' or '~')
            throw new TemplateSyntaxException(at, $"'{block}' needs a value, for instance {{{{#{block} {scope.Roots[0]}.x}}}}.");
        var value = ParseValue(ref at, inEach, depth, printed: false);
        SkipSpace(ref at);
        if (at < source.Length && source[at] is not ('}' or '~'))
            throw new TemplateSyntaxException(at, $"'{block}' takes one value; put a call in parentheses, for instance {{{{#{block} (eq a b)}}}}.");
        return value;
    }

    /// <summary>Text as a string literal that Handlebars reads as just that.</summary>
    public static string Quote(string text) =>
        text.AsSpan().IndexOfAnyExcept(s_harmless) < 0 ? $"'{text}'" : $"({TemplateEngine.Text} '{TemplateEngine.EncodeText(text)}')";

    private static readonly System.Buffers.SearchValues<char> s_harmless =
        System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .,:;-_+*/@?!%#()=$");

    private Parsed ParseValue(ref int at, bool inEach, int depth, bool printed)
    {
        SkipSpace(ref at);
        if (at >= source.Length)
            throw new TemplateSyntaxException(source.Length - 1, "the placeholder ends in the middle of an expression.");
        var start = at;
        switch (source[at])
        {
            case '(':
                at++;
                var name = ReadWord(ref at);
                var call = ParseCall(ref at, start, name, inEach, depth + 1);
                SkipSpace(ref at);
                if (at >= source.Length || source[at] != ')')
                    throw new TemplateSyntaxException(start, "the parenthesis is never closed.");
                at++;
                return call;
            case '\'' or '"':
                return ParseText(ref at);
            case '}' or '~' or ')':
                throw new TemplateSyntaxException(start, "a value is missing here.");
            case '-' or (>= '0' and <= '9'):
                return ParseNumber(ref at);
            default:
                return ParsePath(ref at, inEach, printed);
        }
    }

    private Parsed ParseCall(ref int at, int start, string name, bool inEach, int depth)
    {
        if (depth > Template.MaxDepth)
            throw new TemplateSyntaxException(start, $"expressions are nested deeper than {Template.MaxDepth}.");
        if (s_refused.Contains(name))
            throw new TemplateSyntaxException(start, $"'{name}' is not offered here.");
        if (!TemplateHelpers.All.TryGetValue(name, out var helper))
        {
            throw new TemplateSyntaxException(start, name.Length == 0
                ? "a helper's name is missing after the parenthesis."
                : $"unknown helper '{name}'{Suggestion.Hint(name, TemplateHelpers.All.Keys.Order(StringComparer.Ordinal).ToArray())}.");
        }

        var canonical = new StringBuilder("(").Append(name);
        var count = 0;
        for (SkipSpace(ref at); at < source.Length && source[at] is not (')' or '}' or '~'); SkipSpace(ref at), count++)
            canonical.Append(' ').Append(ParseValue(ref at, inEach, depth, printed: false).Canonical);
        if (count < helper.Least || count > helper.Most)
            throw new TemplateSyntaxException(start, $"helper '{name}' takes {helper.Takes} value{(helper.Takes == "1" ? "" : "s")}, found {count}.");
        return new(canonical.Append(')').ToString(), source[start..at], null);
    }

    private Parsed ParseText(ref int at)
    {
        var start = at;
        var end = source.IndexOf(source[at], at + 1);
        if (end < 0)
            throw new TemplateSyntaxException(start, "the text is never closed by its quotation mark.");
        at = end + 1;
        var text = source[(start + 1)..end];
        return new(Quote(text), source[start..at], new TemplatePart.Literal(text));
    }

    private Parsed ParseNumber(ref int at)
    {
        var start = at++;
        while (at < source.Length && (char.IsLetterOrDigit(source[at]) || source[at] is '.' or '_'))
            at++;
        var written = source[start..at];
        if (!decimal.TryParse(written, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            throw new TemplateSyntaxException(start, $"'{written}' is no number.");
        object value = number.Scale == 0 && number is >= long.MinValue and <= long.MaxValue ? (long)number : number;
        var canonical = value is long and >= int.MinValue and <= int.MaxValue
            ? PlainText.Of(value) : $"({TemplateEngine.Number} '{number.ToString(CultureInfo.InvariantCulture)}')";
        return new(canonical, written, new TemplatePart.Literal(value));
    }

    private Parsed ParsePath(ref int at, bool inEach, bool printed)
    {
        var start = at;
        if (source[at] == '@')
            return ParseData(ref at, inEach);
        if (source[at] == '.')
            throw new TemplateSyntaxException(start, $"a path starts with a name ({string.Join(", ", scope.Roots)}), which can be read anywhere; '..' and '.' are not needed.");
        var segments = new List<string>();
        do
        {
            if (segments.Count > 0)
                at++;
            segments.Add(ReadSegment(ref at));
        }
        while (at < source.Length && source[at] == '.');

        if (at < source.Length && source[at] is '/' or '=' or '[')
            throw new TemplateSyntaxException(at, source[at] switch { '=' => "named values (name=value) are not offered.", '[' => "write a dot before '['.", _ => "segments of a path are parted by dots." });
        var written = source[start..at];
        if (segments.Count == 1 && source[start] != '[' && ParseWord(written) is { } literal)
            return literal;

        var root = segments[0];
        if (scope.Knows(root))
        {
            _paths.Add(new TemplatePath(segments, start + 1, !printed));
            return new($"@root.{Bracketed(segments)}", written, new TemplatePart.Path([.. segments], written));
        }

        if (root == "this" && inEach)
            return new(segments.Count == 1 ? "this" : $"this.{Bracketed(segments.Skip(1))}", written, null);
        if (inEach)
            return new($"this.{Bracketed(segments)}", written, null);
        throw new TemplateSyntaxException(start, root == "this"
            ? "'this' is known only inside #each."
            : TemplateHelpers.All.ContainsKey(root) ? $"helper '{root}' needs values, and parentheses when it is a value itself."
            : $"unknown name '{root}'{Suggestion.Hint(root, [.. scope.Roots])}{(Suggestion.Nearest(root, scope.Roots) is null ? "." : "")}");
    }

    private static Parsed? ParseWord(string word) => word switch
    {
        "true" => new("true", word, new TemplatePart.Literal(true)),
        "false" => new("false", word, new TemplatePart.Literal(false)),
        "null" => new("null", word, new TemplatePart.Literal(null)),
        _ => null,
    };

    private Parsed ParseData(ref int at, bool inEach)
    {
        var start = at++;
        var name = ReadWord(ref at);
        if (!inEach || !s_data.Contains(name))
            throw new TemplateSyntaxException(start, $"'@{name}' is not offered{(inEach ? "; there are @index, @key, @first and @last" : " outside of #each")}.");
        return new($"@{name}", $"@{name}", null);
    }

    private string ReadSegment(ref int at)
    {
        var start = at;
        if (at < source.Length && source[at] == '[')
        {
            var end = source.IndexOf(']', at);
            var inner = end < 0 ? "" : source[(at + 1)..end];
            if (inner.Length == 0 || inner.Any(c => c is '{' or '}' or '[' || char.IsControl(c)))
                throw new TemplateSyntaxException(start, "between '[' and ']' comes a name without braces, brackets and line breaks.");
            at = end + 1;
            return inner;
        }

        while (at < source.Length && (char.IsLetterOrDigit(source[at]) || source[at] is '_' or '-' or '$'))
            at++;
        return at > start ? source[start..at] : throw new TemplateSyntaxException(start, start < source.Length ? $"'{source[start]}' is not expected here; a name should be." : "a name is missing here.");
    }

    private static string Bracketed(IEnumerable<string> segments) => string.Join('.', segments.Select(s => $"[{s}]"));

    private void SkipSpace(ref int at)
    {
        while (at < source.Length && char.IsWhiteSpace(source[at]))
            at++;
    }
}
