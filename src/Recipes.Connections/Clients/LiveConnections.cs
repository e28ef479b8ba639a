using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Recipes.Connections;

/// <summary>The connections this process has open: one client each, bounded in number.</summary>
internal sealed class LiveConnections(
    SnapshotLoader loader, IConnectionStore store, EgressGuard guard, Refresher refresher, HealthRecorder recorder, ConsumerVerdicts consumers, TimeProvider time, ILogger<LiveConnections> log) : IConnectionClients, IConnectionNews
{
    private const int Most = 10_000;
    private readonly ConcurrentDictionary<ConnectionId, LiveConnection> _live = new();

    public async ValueTask<ConnectionClient> GetAsync(ConnectionId id, CancellationToken cancellationToken) => await GetLiveAsync(id, cancellationToken);

    /// <exception cref="KeyNotFoundException">When there is no such connection.</exception>
    public ValueTask<LiveConnection> GetLiveAsync(ConnectionId id, CancellationToken cancellationToken) =>
        _live.TryGetValue(id, out var live) && live.IsFresh ? ValueTask.FromResult(live) : OpenAsync(id, live, cancellationToken);

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
        return _live.GetOrAdd(id, static (_, made) => made, new LiveConnection(snapshot, loader, store, guard, refresher, recorder, consumers, time, log));
    }

    private void DropOldest()
    {
        foreach (var (id, _) in _live.OrderBy(l => l.Value.LastUsed).Take(Most / 10))
            _live.TryRemove(id, out _);
    }
}
