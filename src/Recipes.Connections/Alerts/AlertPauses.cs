namespace Recipes.Connections;

/// <summary>How long to wait between tries, and when to stop. Counted in tries: what a host was down is not held against a target.</summary>
internal static class AlertPauses
{
    /// <summary>Doubles with each try, up to the longest; up to a fifth less, so that not all come back at the same moment.</summary>
    public static TimeSpan After(AlertOptions options, int tries) => Full(options, tries) * (1 - (Random.Shared.NextDouble() / 5));

    /// <summary>Whether so many tries took as long as it is tried at all.</summary>
    public static bool AreUsedUp(AlertOptions options, int tries)
    {
        var waited = TimeSpan.Zero;
        for (var i = 1; i < tries && waited < options.GiveUpAfter; i++)
            waited += Full(options, i);
        return waited >= options.GiveUpAfter;
    }

    private static TimeSpan Full(AlertOptions options, int tries)
    {
        var pause = options.FirstPause * Math.Pow(2, Math.Min(tries - 1, 30));
        return pause < options.LongestPause ? pause : options.LongestPause;
    }
}
