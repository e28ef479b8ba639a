using Recipes.Connections;

namespace Recipes.Storage;

internal sealed class DailyFiguresRow
{
    public Guid ConnectionId { get; init; }

    /// <summary>The day (UTC), counted from 0001-01-01: <see cref="DateOnly.DayNumber"/>.</summary>
    public int Day { get; init; }
    public int Uses { get; init; }
    public int FailedUses { get; init; }
    public int Refreshes { get; init; }
    public int FailedRefreshes { get; init; }
    public int Probes { get; init; }
    public int FailedProbes { get; init; }

    public DailyFigures ToFigures() => new(new(ConnectionId), DateOnly.FromDayNumber(Day))
    {
        Uses = Uses,
        FailedUses = FailedUses,
        Refreshes = Refreshes,
        FailedRefreshes = FailedRefreshes,
        Probes = Probes,
        FailedProbes = FailedProbes,
    };
}
