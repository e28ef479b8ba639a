using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Recipes.Connections;

/// <summary>
/// A text that may hold secrets: <c>Bearer {{tokens.accessToken}}</c>, <c>{{base64 secrets.user ":" secrets.password}}</c>. Parsed once.
/// It never becomes an address that people see; those are <see cref="FieldTemplate"/>s.
/// </summary>
/// <remarks>A placeholder is a path, a text in quotes, or a function of <see cref="CredentialFunctions"/> with its arguments parted by spaces, nested in parentheses.</remarks>
public sealed class CredentialTemplate
{
    private readonly CredentialExpression[] _parts;

    private CredentialTemplate(string source, CredentialExpression[] parts)
    {
        (Source, _parts) = (source, parts);
        Paths = [.. parts.SelectMany(p => p.Paths).Distinct()];
    }

    public string Source { get; }

    /// <summary>All paths it reads, as root and name.</summary>
    public IReadOnlyList<(string Root, string Name)> Paths { get; }

    /// <summary>Whether it has to be rendered anew for each request: it reads the request, the time or something random.</summary>
    public bool IsPerRequest => Array.Exists(_parts, p => p.IsPerRequest);

    /// <summary>Whether it is one path and nothing else.</summary>
    internal bool IsPath => _parts is [CredentialExpression.Path];

    /// <summary>A fixed text and a secret after it, whatever characters are in that text.</summary>
    internal static CredentialTemplate OfSecret(string prefix, string field) =>
        new("", prefix.Length == 0 ? [new CredentialExpression.Path("secrets", field)] : [new CredentialExpression.Constant(prefix), new CredentialExpression.Path("secrets", field)]);

    /// <exception cref="FormatException">When it is no template.</exception>
    public static CredentialTemplate Parse(string source) =>
        TryParse(source, out var template, out var error) ? template : throw new FormatException(error);

    public static bool TryParse(string source, [NotNullWhen(true)] out CredentialTemplate? template, [NotNullWhen(false)] out string? error)
    {
        var parts = new List<CredentialExpression>();
        var at = 0;
        (template, error) = (null, null);
        while (at < source.Length)
        {
            var open = source.IndexOf("{{", at, StringComparison.Ordinal);
            if (open < 0)
                break;
            if (open > at)
                parts.Add(new CredentialExpression.Constant(source[at..open]));
            var parser = new CredentialExpressionParser(source, open + 2);
            if (parser.ParsePlaceholder() is not { } expression)
            {
                error = $"'{source}', position {parser.Position + 1}: {parser.Error}";
                return false;
            }

            parts.Add(expression);
            at = parser.Position;
        }

        if (at < source.Length)
            parts.Add(new CredentialExpression.Constant(source[at..]));
        template = new(source, [.. parts]);
        return true;
    }

    /// <exception cref="FormatException">When a path in it has no value, or a value does not fit a function. The message names no value.</exception>
    public string Render(CredentialScope scope)
    {
        if (_parts is [var only])
            return only.Evaluate(scope);
        var text = new StringBuilder();
        foreach (var part in _parts)
            text.Append(part.Evaluate(scope));
        return text.ToString();
    }

    /// <summary>As <see cref="Render"/>; null where it is a single path without a value, or comes out empty: then what it stands for is left out.</summary>
    public string? RenderOrNull(CredentialScope scope) =>
        _parts is [CredentialExpression.Path path] && path.Find(scope) is null ? null : Render(scope) is { Length: > 0 } text ? text : null;

    /// <summary>Renders it as <c>values.name</c> for the templates after it. The bytes of a body that is no text are kept for hashing.</summary>
    internal void RenderInto(CredentialScope scope, string name)
    {
        if (Paths.Any(p => p is ("request", "body") || (p.Root == "values" && scope.Raw.ContainsKey(p.Name))))
            scope.Raw[name] = [.. _parts.SelectMany(p => p.EvaluateBytes(scope))];
        scope.Values[name] = scope.Raw.TryGetValue(name, out var raw) ? Encoding.UTF8.GetString(raw) : Render(scope);
    }

    public override string ToString() => Source;
}
