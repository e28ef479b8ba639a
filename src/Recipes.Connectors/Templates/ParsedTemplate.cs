namespace Recipes.Connectors;

/// <summary>What the parser made of a template.</summary>
/// <param name="Canonical">The same template in the few forms that <see cref="TemplateEngine"/> knows.</param>
/// <param name="Parts">Text, literals and paths in order, where there is nothing else (see <paramref name="IsWalkable"/>); else empty.</param>
internal sealed record ParsedTemplate(
    string Canonical, IReadOnlyList<TemplatePart> Parts, IReadOnlyList<TemplatePath> Paths, bool IsWalkable, bool IsConstant, bool IsSingleExpression);

/// <summary>A template is wrong. The message names what and, where known, the remedy.</summary>
/// <param name="position">From 0.</param>
internal sealed class TemplateSyntaxException(int position, string message) : Exception(message)
{
    /// <summary>From 1.</summary>
    public int Position { get; } = position + 1;
}
