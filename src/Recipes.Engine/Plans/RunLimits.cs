namespace Recipes.Engine;

/// <summary>What limits of runs may be.</summary>
internal static class RunLimits
{
    public static readonly TimeSpan ShortestTime = TimeSpan.FromSeconds(1);
    public static readonly TimeSpan LongestTime = TimeSpan.FromDays(366);
    public const int MostAtOnce = 1000;
}
