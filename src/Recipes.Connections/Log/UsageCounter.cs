namespace Recipes.Connections;

/// <summary>Counts what became of one connection since it was written down last. Thread-safe; counting allocates nothing.</summary>
internal sealed class UsageCounter
{
    private int _uses;
    private int _failedUses;
    private int _refreshes;
    private int _failedRefreshes;
    private int _probes;
    private int _failedProbes;

    /// <summary>Whether somebody keeps it to count on, so that it must not be forgotten while it stands at nothing.</summary>
    public bool IsKept { get; set; }

    public void Used(bool failed)
    {
        Interlocked.Increment(ref _uses);
        if (failed)
            Interlocked.Increment(ref _failedUses);
    }

    public void Refreshed(bool failed)
    {
        Interlocked.Increment(ref _refreshes);
        if (failed)
            Interlocked.Increment(ref _failedRefreshes);
    }

    public void Probed(bool failed)
    {
        Interlocked.Increment(ref _probes);
        if (failed)
            Interlocked.Increment(ref _failedProbes);
    }

    /// <summary>What was counted since it was taken last; null when nothing was.</summary>
    public DailyFigures? Take(ConnectionId connection, DateOnly day)
    {
        if ((_uses | _refreshes | _probes) == 0)
            return null;
        return new(connection, day)
        {
            Uses = Interlocked.Exchange(ref _uses, 0),
            FailedUses = Interlocked.Exchange(ref _failedUses, 0),
            Refreshes = Interlocked.Exchange(ref _refreshes, 0),
            FailedRefreshes = Interlocked.Exchange(ref _failedRefreshes, 0),
            Probes = Interlocked.Exchange(ref _probes, 0),
            FailedProbes = Interlocked.Exchange(ref _failedProbes, 0),
        };
    }
}
