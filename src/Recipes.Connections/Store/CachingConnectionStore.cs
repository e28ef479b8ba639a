using System.Collections.Concurrent;

namespace Recipes.Connections;

/// <summary>Spares runs a database round trip for what hardly ever changes: definitions, and who has which connections.</summary>
/// <remarks>What this process changes is seen at once, what another node changes after 5 seconds at the latest. Single connections are always read afresh.</remarks>
internal sealed class CachingConnectionStore(IConnectionStore inner, IDevelopmentAppStore apps, TenantOptions tenant, UsageFigures figures, TimeProvider time) : IConnectionStore
{
    private const int Most = 20_000;
    private static readonly TimeSpan s_freshFor = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<(TenantId, StableKey), Entry<ConnectionDefinition?>> _byKey = new();
    private readonly ConcurrentDictionary<ConnectionDefinitionId, Entry<ConnectionDefinition?>> _byId = new();
    private readonly ConcurrentDictionary<(TenantId, ConnectionFilter), Entry<ConnectionRecord[]>> _lists = new();

    // Counts changes: an answer read before a change must not be kept after it.
    private long _changes;
    private long _listChanges;

    public async Task<bool> TryAddAsync(ConnectionDefinition definition, CancellationToken cancellationToken)
    {
        var added = await inner.TryAddAsync(definition, cancellationToken);
        Forget();
        return added;
    }

    public async Task<ConnectionDefinition?> FindDefinitionAsync(TenantId tenant, StableKey key, CancellationToken cancellationToken) =>
        Find(_byKey, (tenant, key), out var known, ref _changes) ? known : Keep(_byKey, (tenant, key), Volatile.Read(ref _changes), await CompleteAsync(await inner.FindDefinitionAsync(tenant, key, cancellationToken), cancellationToken));

    public async Task<ConnectionDefinition?> FindDefinitionAsync(ConnectionDefinitionId id, CancellationToken cancellationToken) =>
        Find(_byId, id, out var known, ref _changes) ? known : Keep(_byId, id, Volatile.Read(ref _changes), await CompleteAsync(await inner.FindDefinitionAsync(id, cancellationToken), cancellationToken));

    public async Task<IReadOnlyList<ConnectionDefinition>> ListDefinitionsAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        var all = new List<ConnectionDefinition>();
        foreach (var definition in await inner.ListDefinitionsAsync(tenant, cancellationToken))
            all.Add((await CompleteAsync(definition, cancellationToken))!);
        return all;
    }

    public async Task<bool> TryUpdateAsync(ConnectionDefinition definition, CancellationToken cancellationToken, Alert? alert = null)
    {
        var updated = await inner.TryUpdateAsync(definition, cancellationToken, alert);
        // Also when another change came first: whoever tries again must read that one.
        Forget();
        return updated;
    }

    public async Task<bool> TryRemoveAsync(ConnectionDefinition definition, CancellationToken cancellationToken)
    {
        var removed = await inner.TryRemoveAsync(definition, cancellationToken);
        Forget();
        return removed;
    }

    public async Task AddAsync(Connection connection, CancellationToken cancellationToken)
    {
        await inner.AddAsync(connection, cancellationToken);
        ForgetLists();
    }

    public Task<Connection?> FindAsync(ConnectionId id, CancellationToken cancellationToken) => inner.FindAsync(id, cancellationToken);

    public Task<IReadOnlyList<Connection>> FindAsync(IReadOnlyCollection<ConnectionId> ids, CancellationToken cancellationToken) => inner.FindAsync(ids, cancellationToken);

    public async Task<IReadOnlyList<Connection>> ListAsync(TenantId tenant, ConnectionFilter filter, CancellationToken cancellationToken)
    {
        // Whole lists for pages are rare and long; only the question that every run asks is kept.
        if (filter.Definition is null || filter.Owner is null)
            return await inner.ListAsync(tenant, filter, cancellationToken);
        if (!Find(_lists, (tenant, filter), out var records, ref _listChanges))
        {
            var changes = Volatile.Read(ref _listChanges);
            records = Keep(_lists, (tenant, filter), changes, [.. (await inner.ListAsync(tenant, filter, cancellationToken)).Select(c => c.Record)]);
        }

        return Array.ConvertAll(records!, r => new Connection(r));
    }

    public async Task<bool> TryUpdateAsync(Connection connection, CancellationToken cancellationToken)
    {
        // Storing makes it forget what happened, and once it is stored nothing may go wrong any more.
        var happened = connection.Entries.ToArray();
        var (lostFor, connector) = connection.LostFor is { } lost ? (lost, (await FindDefinitionAsync(connection.DefinitionId, cancellationToken))?.Connector) : default;
        var updated = await inner.TryUpdateAsync(connection, cancellationToken);
        ForgetLists();
        if (updated)
            figures.Count(happened);
        if (updated && connector is not null)
            ConnectionTelemetry.Healed(connector, lostFor);
        return updated;
    }

    public async Task<bool> TryRemoveAsync(Connection connection, CancellationToken cancellationToken)
    {
        var removed = await inner.TryRemoveAsync(connection, cancellationToken);
        ForgetLists();
        return removed;
    }

    public Task<long?> FindVersionAsync(ConnectionId id, CancellationToken cancellationToken) => inner.FindVersionAsync(id, cancellationToken);

    // What works on a development app has its client from there, as far as one may be used here.
    private async Task<ConnectionDefinition?> CompleteAsync(ConnectionDefinition? definition, CancellationToken cancellationToken)
    {
        if (definition is not { UsesDevelopmentApp: true })
            return definition;
        var app = tenant.IsProduction ? null : await apps.FindAsync(definition.Connector, definition.Scheme, cancellationToken);
        return definition with { OAuthApp = app is null ? null : new(app.ClientId, app.SealedClientSecret) { Development = app.Id } };
    }

    private void Forget()
    {
        Interlocked.Increment(ref _changes);
        _byKey.Clear();
        _byId.Clear();
        ForgetLists();
    }

    // Many connections change while they are checked, and their definitions with none of them.
    private void ForgetLists()
    {
        Interlocked.Increment(ref _listChanges);
        _lists.Clear();
    }

    private bool Find<TKey, T>(ConcurrentDictionary<TKey, Entry<T>> cache, TKey key, out T? value, ref long changes)
        where TKey : notnull
    {
        var found = cache.TryGetValue(key, out var entry) && time.GetElapsedTime(entry.ReadAt) < s_freshFor && entry.Changes == Volatile.Read(ref changes);
        value = found ? entry.Value : default;
        return found;
    }

    private T Keep<TKey, T>(ConcurrentDictionary<TKey, Entry<T>> cache, TKey key, long changes, T value)
        where TKey : notnull
    {
        if (cache.Count >= Most)
            cache.Clear();
        cache[key] = new(value, time.GetTimestamp(), changes);
        return value;
    }

    private readonly record struct Entry<T>(T Value, long ReadAt, long Changes);
}
