using System.Collections.Concurrent;

namespace Recipes.Connections.Tests;

/// <summary>The real store, whose writes of connections fail on demand, one after the other.</summary>
internal sealed class FaultyStore(IConnectionStore inner) : IConnectionStore
{
    private readonly SemaphoreSlim _failures = new(0);
    private readonly ConcurrentQueue<Alert> _alerts = new();
    private int _writesToFail;
    private int _writesToHang;

    /// <summary>So many of the next writes of a connection throw.</summary>
    public int WritesToFail
    {
        get => Volatile.Read(ref _writesToFail);
        set => Volatile.Write(ref _writesToFail, value);
    }

    /// <summary>So many of the next writes of a connection take forever.</summary>
    public int WritesToHang
    {
        get => Volatile.Read(ref _writesToHang);
        set => Volatile.Write(ref _writesToHang, value);
    }

    /// <summary>What every reading of a single connection throws; null for nothing.</summary>
    public Exception? ReadTrouble { get; set; }

    /// <summary>The alerts that were stored with changes, in their order.</summary>
    public IReadOnlyList<Alert> Alerts => [.. _alerts];

    /// <summary>Completes with the next write that fails.</summary>
    public Task WhenFailedAsync() => _failures.WaitAsync();

    public Task<bool> TryAddAsync(ConnectionDefinition definition, CancellationToken cancellationToken) => inner.TryAddAsync(definition, cancellationToken);

    public Task<ConnectionDefinition?> FindDefinitionAsync(TenantId tenant, StableKey key, CancellationToken cancellationToken) => inner.FindDefinitionAsync(tenant, key, cancellationToken);

    public Task<ConnectionDefinition?> FindDefinitionAsync(ConnectionDefinitionId id, CancellationToken cancellationToken) => inner.FindDefinitionAsync(id, cancellationToken);

    public Task<IReadOnlyList<ConnectionDefinition>> ListDefinitionsAsync(TenantId tenant, CancellationToken cancellationToken) => inner.ListDefinitionsAsync(tenant, cancellationToken);

    public async Task<bool> TryUpdateAsync(ConnectionDefinition definition, CancellationToken cancellationToken, Alert? alert = null)
    {
        var updated = await inner.TryUpdateAsync(definition, cancellationToken, alert);
        if (updated && alert is not null)
            _alerts.Enqueue(alert);
        return updated;
    }

    public Task<bool> TryRemoveAsync(ConnectionDefinition definition, CancellationToken cancellationToken) => inner.TryRemoveAsync(definition, cancellationToken);

    public Task<bool> TryRemoveAsync(Connection connection, CancellationToken cancellationToken) => inner.TryRemoveAsync(connection, cancellationToken);

    public Task AddAsync(Connection connection, CancellationToken cancellationToken) => inner.AddAsync(connection, cancellationToken);

    public Task<Connection?> FindAsync(ConnectionId id, CancellationToken cancellationToken) => ReadTrouble is { } trouble ? Task.FromException<Connection?>(trouble) : inner.FindAsync(id, cancellationToken);

    public Task<IReadOnlyList<Connection>> FindAllAsync(IReadOnlyCollection<ConnectionId> ids, CancellationToken cancellationToken) => inner.FindAllAsync(ids, cancellationToken);

    public Task<IReadOnlyList<Connection>> ListAsync(TenantId tenant, ConnectionFilter filter, CancellationToken cancellationToken) => inner.ListAsync(tenant, filter, cancellationToken);

    public async Task<bool> TryUpdateAsync(Connection connection, CancellationToken cancellationToken)
    {
        if (Interlocked.Decrement(ref _writesToHang) >= 0)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _failures.Release();
            cancellationToken.ThrowIfCancellationRequested();
        }

        if (Interlocked.Decrement(ref _writesToFail) >= 0)
        {
            _failures.Release();
            throw new IOException("The disk is full.");
        }

        var alerts = connection.Alerts.ToArray();
        var updated = await inner.TryUpdateAsync(connection, cancellationToken);
        foreach (var alert in updated ? alerts : [])
            _alerts.Enqueue(alert);
        return updated;
    }

    public Task<long?> FindVersionAsync(ConnectionId id, CancellationToken cancellationToken) => inner.FindVersionAsync(id, cancellationToken);
}
