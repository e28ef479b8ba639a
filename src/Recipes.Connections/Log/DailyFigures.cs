namespace Recipes.Connections;

/// <summary>How often a connection was used, refreshed and probed on one day (UTC), and how often that failed.</summary>
public sealed record DailyFigures(ConnectionId Connection, DateOnly Day)
{
    public int Uses { get; init; }
    public int FailedUses { get; init; }
    public int Refreshes { get; init; }
    public int FailedRefreshes { get; init; }
    public int Probes { get; init; }
    public int FailedProbes { get; init; }
}
