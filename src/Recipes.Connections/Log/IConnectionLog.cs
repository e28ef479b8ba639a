namespace Recipes.Connections;

/// <summary>What is kept of the past of connections. Entries that belong to a change of a connection are stored with it, by <see cref="IConnectionStore"/>.</summary>
public interface IConnectionLog
{
    /// <summary>Adds an entry that belongs to no change.</summary>
    Task AddAsync(LogEntry entry, CancellationToken cancellationToken);

    /// <summary>Entries of one connection, newest first.</summary>
    /// <param name="before">Only entries with a smaller <see cref="LogEntry.Number"/>; null begins with the newest.</param>
    /// <param name="most">1 to 200.</param>
    Task<IReadOnlyList<LogEntry>> ListAsync(ConnectionId connection, long? before, int most, CancellationToken cancellationToken);

    /// <summary>The entries since a moment at which the health changed colour, oldest first, and before them the last one from before that moment.</summary>
    Task<IReadOnlyList<LogEntry>> ListHealthAsync(ConnectionId connection, DateTimeOffset since, CancellationToken cancellationToken);

    /// <summary>Adds to what is kept for each connection and day.</summary>
    Task AddAsync(IReadOnlyCollection<DailyFigures> figures, CancellationToken cancellationToken);

    /// <summary>The days of one connection that have any figures, oldest first.</summary>
    Task<IReadOnlyList<DailyFigures>> ListFiguresAsync(ConnectionId connection, DateOnly since, CancellationToken cancellationToken);

    /// <summary>Forgets entries and figures from before a moment.</summary>
    /// <param name="most">How many of each at once.</param>
    /// <returns>How many; 0 when there are no more.</returns>
    Task<int> PurgeAsync(DateTimeOffset before, int most, CancellationToken cancellationToken);
}
