using Recipes.Connections;

namespace Recipes.Engine;

/// <summary>When a trigger that did not work is tried again.</summary>
internal static class TriggerPauses
{
    /// <summary>A pause ends by itself when a connection heals; whatever else may have been put right is looked for so often.</summary>
    public static readonly TimeSpan LookAgain = TimeSpan.FromMinutes(1);

    private const double Spread = 0.2;

    private static readonly TimeSpan s_first = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_longest = TimeSpan.FromHours(1);
    private static readonly TimeSpan s_furthest = TimeSpan.FromDays(1);

    /// <summary>Doubles with each failure up to an hour, and is never shorter than what it waits anyway; the provider may ask for up to a day.</summary>
    /// <param name="failures">In a row, 1 or more.</param>
    /// <param name="every">What it waits when it works.</param>
    /// <param name="chance">0 to 1, so that not all come back at the same moment.</param>
    public static DateTimeOffset After(int failures, TimeSpan every, Failure? failure, DateTimeOffset now, double chance)
    {
        var pause = s_first * Math.Pow(2, Math.Min(failures - 1, 20));
        pause = (pause < s_longest ? pause : s_longest) * (1 + (Spread * chance));
        if (pause < every)
            pause = every;
        if (failure?.RetryAt - now is { } asked && asked > pause)
            pause = (asked < s_furthest ? asked : s_furthest) + (s_first * Spread * chance);
        return now + pause;
    }
}
