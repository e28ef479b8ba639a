using Recipes.Connections;

namespace Recipes.Engine;

/// <summary>How often, and for how long, a step that met an outage or a rate limit is tried again. What was refused (401, 403) is not, nor a write that may have been done.</summary>
/// <param name="Attempts">In all, 1 to 20: 1 tries once.</param>
/// <param name="First">The first pause; each further one is twice as long, a fifth more or less.</param>
/// <param name="Longest">No pause of ours is longer; the provider may ask for a longer one.</param>
/// <param name="Within">No attempt begins later than this after the first.</param>
public sealed record RetryRules(int Attempts, TimeSpan First, TimeSpan Longest, TimeSpan Within)
{
    public const int MostAttempts = 20;

    /// <summary>An attempt may wait so long at most: the run is held in memory meanwhile.</summary>
    public static readonly TimeSpan MostWithin = TimeSpan.FromHours(1);

    private const double Spread = 0.2;

    /// <summary>Where a recipe says nothing.</summary>
    public static RetryRules Default { get; } = new(3, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(1));

    /// <summary>How long to wait before the next attempt; null when there is none.</summary>
    /// <param name="attempt">Number of the one that failed, from 1.</param>
    /// <param name="mayRepeat">Whether it may be sent again although it is in doubt.</param>
    /// <param name="spent">Since the first one began.</param>
    /// <param name="chance">0 to 1, for the spread.</param>
    public TimeSpan? PauseAfter(int attempt, Failure failure, bool mayRepeat, TimeSpan spent, DateTimeOffset now, double chance)
    {
        if (attempt >= Attempts || (failure.IsDoubtful && !mayRepeat) || failure.Kind is not (FailureKind.Unavailable or FailureKind.RateLimited))
            return null;
        var pause = First * Math.Pow(2, Math.Min(attempt - 1, 40));
        pause = (pause < Longest ? pause : Longest) * (1 - Spread + (2 * Spread * chance));
        // The provider's word counts; coming a little later keeps those who wait for the same moment apart.
        if (failure.RetryAt - now is { } asked && asked > pause)
            pause = asked + (First * Spread * chance);
        return spent + pause <= Within ? pause : null;
    }
}
