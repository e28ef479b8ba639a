using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Recipes.Connections;

/// <summary>The connections this process has open: one client each, bounded in number.</summary>
internal sealed class LiveConnections(
    SnapshotLoader loader, IConnectionStore store, EgressGuard guard, Refresher refresher, HealthRecorder recorder, ConsumerVerdicts consumers, UsageFigures figures, TimeProvider time, ILogger<LiveConnections> log)
    : IConnectionClients, IConnectionNews
{
    private const int Most = 10_000;
    private readonly ConcurrentDictionary<ConnectionId, LiveConnection> _live = new();

    public async ValueTask<ConnectionClient> GetAsync(ConnectionId id, CancellationToken cancellationToken) => await GetLiveAsync(id, cancellationToken);

    /// <exception cref="KeyNotFoundException">When there is no such connection.</exception>
    public ValueTask<LiveConnection> GetLiveAsync(ConnectionId id, CancellationToken cancellationToken) =>
        _live.TryGetValue(id, out var live) && live.IsFresh ? ValueTask.FromResult(live) : OpenAsync(id, live, cancellationToken);

    /// <summary>For one look at a connection that may be used by nobody: the open one, or one that is not kept open after it.</summary>
    /// <returns>Null when there is no such connection any more.</returns>
    public async ValueTask<LiveConnection?> BorrowAsync(ConnectionId id, CancellationToken cancellationToken)
    {
        if (!_live.TryGetValue(id, out var live))
            return await loader.LoadAsync(id, cancellationToken) is { } snapshot ? New(snapshot) : null;
        live.Invalidate();
        return live;
    }

    /// <summary>Someone in this process changed it: look again before the next request.</summary>
    public void Changed(ConnectionId id)
    {
        if (_live.TryGetValue(id, out var live))
            live.Invalidate();
    }

    /// <summary>Someone in this process changed the definition: all its connections look again before their next request.</summary>
    public void Changed(ConnectionDefinitionId definition)
    {
        foreach (var live in _live.Values.Where(l => l.DefinitionId == definition))
            live.Invalidate();
    }

    void IConnectionNews.ConnectionChanged(ConnectionId connection, ConnectionDefinitionId definition, Owner owner) => Changed(connection);

    void IConnectionNews.DefinitionChanged(ConnectionDefinitionId definition, TenantId tenant, StableKey key) => Changed(definition);

    void IConnectionNews.AnythingMayHaveChanged()
    {
        foreach (var live in _live.Values)
            live.Invalidate();
    }

    private async ValueTask<LiveConnection> OpenAsync(ConnectionId id, LiveConnection? live, CancellationToken cancellationToken)
    {
        if (live is not null)
        {
            await live.CurrentAsync(cancellationToken);
            return live;
        }

        var snapshot = await loader.LoadAsync(id, cancellationToken) ?? throw new KeyNotFoundException($"There is no connection {id}.");
        if (_live.Count >= Most)
            DropOldest();
        figures.Of(id).IsKept = true;
        return _live.GetOrAdd(id, static (_, made) => made, New(snapshot));
    }

    private LiveConnection New(ConnectionSnapshot snapshot) => new(snapshot, loader, store, guard, refresher, recorder, consumers, figures.Of(snapshot.Record.Id), time, log);

    private void DropOldest()
    {
        foreach (var (id, _) in _live.OrderBy(l => l.Value.LastUsed).Take(Most / 10))
        {
            _live.TryRemove(id, out _);
            figures.Of(id).IsKept = false;
        }
    }
}
