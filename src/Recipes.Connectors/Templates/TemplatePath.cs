namespace Recipes.Connectors;

/// <summary>One path that a template reads from its data.</summary>
/// <param name="Segments">Names from the root on: <c>input</c>, <c>amount</c>. A number is a list index.</param>
/// <param name="Position">Where it starts in the source, from 1.</param>
/// <param name="MayBeMissing">False where it is printed, so that a missing value is an error when the template is rendered.</param>
public sealed record TemplatePath(IReadOnlyList<string> Segments, int Position, bool MayBeMissing)
{
    public override string ToString() => string.Join('.', Segments);
}
