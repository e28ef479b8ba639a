using System.Diagnostics.CodeAnalysis;
using HandlebarsDotNet;

namespace Recipes.Connectors;

/// <summary>A text with placeholders over plain data (see <see cref="PlainData"/>): Handlebars with a fixed set of helpers. Parsed once, thread-safe.</summary>
/// <remarks>
/// Offered: paths, literals, helpers (also nested), <c>#if</c>, <c>#unless</c> and <c>#each</c> with <c>else</c>, comments and <c>~</c>.
/// Inside <c>#each</c> the roots of the scope stay readable; any other name is read from the item. Nothing is HTML-escaped.
/// </remarks>
public sealed class Template
{
    /// <summary>Longest source, in characters.</summary>
    public const int MaxLength = 32 * 1024;

    /// <summary>How deep blocks and sub-expressions may be nested together.</summary>
    public const int MaxDepth = 50;

    private readonly IReadOnlyList<TemplatePart> _parts;
    private readonly Lazy<HandlebarsTemplate<TextWriter, object, object>>? _compiled;

    private Template(string source, ParsedTemplate parsed)
    {
        Source = source;
        Paths = parsed.Paths;
        IsSingleExpression = parsed.IsSingleExpression;
        IsConstant = parsed.IsConstant;
        _parts = parsed.Parts;
        // Paths and literals are walked directly. Compiling takes a millisecond, the very first 150, so it waits for the first use;
        // the parser has found every fault by then.
        if (!parsed.IsWalkable)
            _compiled = new(() => TemplateEngine.Compile(parsed.Canonical));
    }

    public string Source { get; }

    /// <summary>Whether it is text without any placeholder.</summary>
    public bool IsConstant { get; }

    /// <summary>Whether it is exactly one <c>{{expression}}</c>, so that <see cref="Evaluate"/> keeps the value's type.</summary>
    public bool IsSingleExpression { get; }

    /// <summary>Every path it reads from the roots of its scope, in the order of the source.</summary>
    public IReadOnlyList<TemplatePath> Paths { get; }

    /// <summary>Parses and checks a template as a whole: syntax, helpers with their number of values, roots, length and depth.</summary>
    /// <param name="error">One sentence with the position, from 1, and what to write instead where that is known.</param>
    public static bool TryParse(string source, TemplateScope scope, [NotNullWhen(true)] out Template? template, [NotNullWhen(false)] out string? error) =>
        TryParse(source, scope, escapes: false, out template, out error);

    /// <summary>The same for a path or a query: with <paramref name="escapes"/> every value is percent-encoded where it is printed.</summary>
    internal static bool TryParse(
        string source, TemplateScope scope, bool escapes, [NotNullWhen(true)] out Template? template, [NotNullWhen(false)] out string? error)
    {
        (template, error) = (null, null);
        try
        {
            template = new Template(source, TemplateParser.Parse(source, scope, escapes));
            return true;
        }
        catch (TemplateSyntaxException fault)
        {
            error = $"position {fault.Position}: {fault.Message}";
        }

        return false;
    }

    /// <summary>The typed value of a single expression, null where it is missing; the text of anything else.</summary>
    /// <exception cref="TemplateException">A printed path has no value, or a helper cannot work with what it was given.</exception>
    public object? Evaluate(IReadOnlyDictionary<string, object?> data)
    {
        if (!IsSingleExpression)
            return Render(data);
        if (_compiled is not null)
            return TemplateEngine.Evaluate(_compiled.Value, data);
        return _parts[0] is TemplatePart.Path path ? path.TryRead(data, out var value) ? value : null : ((TemplatePart.Literal)_parts[0]).Value;
    }

    /// <summary>The text with everything filled in.</summary>
    /// <inheritdoc cref="Evaluate" path="/exception"/>
    public string Render(IReadOnlyDictionary<string, object?> data)
    {
        if (_parts is [TemplatePart only])
            return only.Print(data);
        if (_parts is [])
            return _compiled is null ? "" : IsSingleExpression ? PlainText.Of(TemplateEngine.Evaluate(_compiled.Value, data)) : TemplateEngine.Render(_compiled.Value, data);
        return string.Concat(_parts.Select(p => p.Print(data)));
    }

    public override string ToString() => Source;
}
