using System.Collections.Concurrent;

namespace Recipes.Connections;

/// <summary>Counts uses, refreshes and probes of all connections in memory until they are written down, for the figures of each day.</summary>
/// <remarks>What was counted belongs to the day on which it is taken: what happens right before midnight may count for the next one.</remarks>
internal sealed class UsageFigures(TimeProvider time)
{
    // Beyond so many those that counted nothing lately and that nobody keeps are forgotten.
    private const int Many = 20_000;

    private readonly ConcurrentDictionary<ConnectionId, UsageCounter> _counters = new();
    private readonly ConcurrentQueue<DailyFigures> _unwritten = new();

    /// <summary>The counter of a connection, to be kept by whoever uses it often.</summary>
    public UsageCounter Of(ConnectionId id) => _counters.GetOrAdd(id, static _ => new());

    /// <summary>Counts what the log says of refreshes and probes: each is noted there once, whichever way it came about. Uses are not all noted, so they are counted where they happen.</summary>
    public void Count(IReadOnlyList<LogEntry> entries)
    {
        foreach (var entry in entries)
        {
            if (entry.Event == ConnectionEvent.Refreshed)
                Of(entry.Connection).Refreshed(entry.Failure is not null);
            else if (entry.Event == ConnectionEvent.Probed)
                Of(entry.Connection).Probed(entry.Failure is not null);
        }
    }

    /// <summary>What was counted and not written down yet. It is forgotten with this, so give back what could not be written.</summary>
    public IReadOnlyList<DailyFigures> Take()
    {
        var day = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        var figures = new List<DailyFigures>();
        while (_unwritten.TryDequeue(out var earlier))
            figures.Add(earlier);
        var drop = _counters.Count > Many;
        foreach (var (id, counter) in _counters)
        {
            if (counter.Take(id, day) is { } counted)
                figures.Add(counted);
            else if (drop && !counter.IsKept)
                _counters.TryRemove(id, out _);
        }

        return figures;
    }

    /// <summary>They could not be written down and come again with the next <see cref="Take"/>.</summary>
    public void GiveBack(IEnumerable<DailyFigures> figures)
    {
        foreach (var figure in figures)
            _unwritten.Enqueue(figure);
    }
}
