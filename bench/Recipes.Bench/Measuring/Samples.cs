namespace Recipes.Bench;

/// <summary>The figures of one contender, one for each round.</summary>
internal sealed class Samples(IReadOnlyList<double> figures)
{
    public Samples(IEnumerable<Pace> paces, Func<Pace, double> figure)
        : this([.. paces.Select(figure)])
    {
    }

    public double Median { get; } = MedianOf(figures);

    public double Min => figures.Min();

    public double Max => figures.Max();

    /// <summary>The median of the ratios round by round: what slows a whole round down slows both alike.</summary>
    public double RatioTo(Samples other) => MedianOf([.. figures.Zip(other.Figures, (one, two) => one / two)]);

    private IReadOnlyList<double> Figures => figures;

    private static double MedianOf(IReadOnlyList<double> figures)
    {
        var sorted = figures.Order().ToList();
        var half = sorted.Count / 2;
        return sorted.Count % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }
}
