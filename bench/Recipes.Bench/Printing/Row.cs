namespace Recipes.Bench;

/// <summary>One line of a table.</summary>
/// <param name="What">What was measured.</param>
/// <param name="Figure">The median.</param>
/// <param name="Range">From the smallest to the largest.</param>
/// <param name="ComparedWith">What was measured in the same rounds, with its own median.</param>
/// <param name="Ratio">The figure as a multiple of that.</param>
/// <param name="Aim">What was to be reached, and whether it was.</param>
internal sealed record Row(string What, string Figure, string Range, string ComparedWith = "", string Ratio = "", string Aim = "")
{
    public static Row Headings { get; } = new("", "median", "min to max", "compared with", "ratio", "aim");

    public IReadOnlyList<string> Cells => [What, Figure, Range, ComparedWith, Ratio, Aim];
}
