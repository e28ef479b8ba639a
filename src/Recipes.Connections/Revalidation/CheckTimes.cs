namespace Recipes.Connections;

/// <summary>When a connection is looked at next. Everything is spread a little, so that what began together does not come together for ever.</summary>
internal sealed class CheckTimes(RevalidationOptions options, TimeProvider time)
{
    private const double Spread = 0.1;
    private static readonly TimeSpan s_shortestPause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromHours(1);

    // No app counts for longer than a month: what is further away is a mistake.
    private static readonly TimeSpan s_furthest = TimeSpan.FromDays(31);

    /// <summary>How often a connection is checked while nothing is wrong.</summary>
    public TimeSpan EveryOf(ConnectionDefinition? definition, ConnectorProfile? connector)
    {
        var every = definition?.CheckEvery ?? connector?.CheckEvery ?? options.Every;
        return every < RevalidationOptions.Shortest ? RevalidationOptions.Shortest : every;
    }

    /// <summary>How long to leave alone what has been unreachable since a moment: half as long as it has been, a minute at least, an hour at most.</summary>
    public TimeSpan PauseSince(DateTimeOffset since, TimeSpan every)
    {
        var pause = (time.GetUtcNow() - since) / 2;
        var longest = every < s_longestPause ? every : s_longestPause;
        return pause < s_shortestPause ? s_shortestPause : pause > longest ? longest : pause;
    }

    /// <summary>That much later, a tenth more or less.</summary>
    public DateTimeOffset After(TimeSpan pause) => time.GetUtcNow() + (pause * (1 - Spread + (2 * Spread * Random.Shared.NextDouble())));

    /// <summary>Not before a moment, and up to a tenth of the time until then later, an hour at most.</summary>
    public DateTimeOffset NotBefore(DateTimeOffset at)
    {
        var spread = (at - time.GetUtcNow()) * Spread;
        return spread > TimeSpan.Zero ? at + ((spread < s_longestPause ? spread : s_longestPause) * Random.Shared.NextDouble()) : at;
    }

    /// <summary>When a connection comes again after what a check showed.</summary>
    /// <param name="before">It, as it was before the check.</param>
    /// <param name="failure">Null when all was well, or nothing could be asked.</param>
    /// <param name="every">See <see cref="EveryOf"/>.</param>
    /// <param name="troubleSince">Since when the host has had no success to show for, as far as this node knows; null when it has.</param>
    public DateTimeOffset Next(ConnectionRecord before, Failure? failure, TimeSpan every, DateTimeOffset? troubleSince)
    {
        var isSuspect = before.State == ConnectionState.Suspect;
        switch (failure?.Kind)
        {
            case FailureKind.ModifiedCredentials when before.State == ConnectionState.Connected:
                return time.GetUtcNow() + options.SuspectPause;
            case FailureKind.Unavailable or FailureKind.RateLimited:
            // What tells nothing of a suspect leaves it in doubt, not for a day.
            case FailureKind.Unknown or FailureKind.ClientRejected or FailureKind.Misconfigured when isSuspect:
                var since = before.Failure is { } known && (isSuspect || known.Kind == failure.Kind) ? before.FailureSince ?? known.At : failure.At;
                var pause = PauseSince(troubleSince < since ? troubleSince.Value : since, every);
                if (isSuspect && pause < options.SuspectPause)
                    pause = options.SuspectPause;
                var next = After(pause);
                var furthest = time.GetUtcNow() + s_furthest;
                return failure.RetryAt is { } retry && retry > next ? NotBefore(retry < furthest ? retry : furthest) : next;
            default:
                return After(every);
        }
    }
}
