namespace Recipes.Conformance;

/// <summary>A check looks at connections themselves; nobody reads their past.</summary>
internal sealed class NoConnectionLog : IConnectionLog
{
    public Task AddAsync(LogEntry entry, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<IReadOnlyList<LogEntry>> ListAsync(ConnectionId connection, long? before, int most, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<LogEntry>>([]);

    public Task<IReadOnlyList<LogEntry>> ListHealthAsync(ConnectionId connection, DateTimeOffset since, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<LogEntry>>([]);

    public Task AddAsync(IReadOnlyCollection<DailyFigures> figures, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<IReadOnlyList<DailyFigures>> ListFiguresAsync(ConnectionId connection, DateOnly since, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<DailyFigures>>([]);

    public Task<int> PurgeAsync(DateTimeOffset before, int most, CancellationToken cancellationToken) => Task.FromResult(0);
}
