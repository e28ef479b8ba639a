using System.Collections.Concurrent;

namespace Recipes.Connections;

/// <summary>Spares runs a database round trip for what hardly ever changes: definitions, and who has which connections.</summary>
/// <remarks>What this process changes is seen at once, what another node changes as soon as it is heard of and after 5 seconds at the latest. Single connections are always read afresh.</remarks>
internal sealed class CachingConnectionStore(IConnectionStore inner, IDevelopmentAppStore apps, TenantOptions tenant, UsageFigures figures, TimeProvider time) : IConnectionStore, IConnectionNews
{
    private const int Most = 20_000;
    private static readonly TimeSpan s_freshFor = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<(TenantId, StableKey), Entry<ConnectionDefinition?>> _byKey = new();
    private readonly ConcurrentDictionary<ConnectionDefinitionId, Entry<ConnectionDefinition?>> _byId = new();
    private readonly ConcurrentDictionary<(TenantId, ConnectionFilter), Entry<ConnectionRecord[]>> _lists = new();

    // An answer read before a change must not be kept after it.
    private readonly ChangeCounts _changes = new();

    public async Task<bool> TryAddAsync(ConnectionDefinition definition, CancellationToken cancellationToken)
    {
        var added = await inner.TryAddAsync(definition, cancellationToken);
        Changed(definition);
        return added;
    }

    public async Task<ConnectionDefinition?> FindDefinitionAsync(TenantId tenant, StableKey key, CancellationToken cancellationToken) =>
        Find(_byKey, (tenant, key), (tenant, key), out var changes, out var known) ? known : Keep(_byKey, (tenant, key), changes, await CompleteAsync(await inner.FindDefinitionAsync(tenant, key, cancellationToken), cancellationToken));

    public async Task<ConnectionDefinition?> FindDefinitionAsync(ConnectionDefinitionId id, CancellationToken cancellationToken) =>
        Find(_byId, id, id, out var changes, out var known) ? known : Keep(_byId, id, changes, await CompleteAsync(await inner.FindDefinitionAsync(id, cancellationToken), cancellationToken));

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
        Changed(definition);
        return updated;
    }

    public async Task<bool> TryRemoveAsync(ConnectionDefinition definition, CancellationToken cancellationToken)
    {
        var removed = await inner.TryRemoveAsync(definition, cancellationToken);
        // Its connections went with it, whoever's they were.
        AnythingMayHaveChanged();
        return removed;
    }

    public async Task AddAsync(Connection connection, CancellationToken cancellationToken)
    {
        await inner.AddAsync(connection, cancellationToken);
        Changed(connection);
    }

    public Task<Connection?> FindAsync(ConnectionId id, CancellationToken cancellationToken) => inner.FindAsync(id, cancellationToken);

    public Task<IReadOnlyList<Connection>> FindAllAsync(IReadOnlyCollection<ConnectionId> ids, CancellationToken cancellationToken) => inner.FindAllAsync(ids, cancellationToken);

    public async Task<IReadOnlyList<Connection>> ListAsync(TenantId tenant, ConnectionFilter filter, CancellationToken cancellationToken)
    {
        // Whole lists for pages are rare and long; only the question that every run asks is kept.
        if (filter.Definition is null || filter.Owner is null)
            return await inner.ListAsync(tenant, filter, cancellationToken);
        if (!Find(_lists, (tenant, filter), (filter.Definition.Value, filter.Owner.Value), out var changes, out var records))
        {
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
        Changed(connection);
        if (updated)
            figures.Count(happened);
        if (updated && connector is not null)
            ConnectionTelemetry.Healed(connector, lostFor);
        return updated;
    }

    public async Task<bool> TryRemoveAsync(Connection connection, CancellationToken cancellationToken)
    {
        var removed = await inner.TryRemoveAsync(connection, cancellationToken);
        Changed(connection);
        return removed;
    }

    public Task<long?> FindVersionAsync(ConnectionId id, CancellationToken cancellationToken) => inner.FindVersionAsync(id, cancellationToken);

    public void ConnectionChanged(ConnectionId connection, ConnectionDefinitionId definition, Owner owner) => _changes.Count((definition, owner));

    public void DefinitionChanged(ConnectionDefinitionId definition, TenantId tenant, StableKey key)
    {
        _changes.Count(definition);
        _changes.Count((tenant, key));
    }

    public void AnythingMayHaveChanged() => _changes.CountAll();

    // What works on a development app has its client from there, as far as one may be used here.
    private async Task<ConnectionDefinition?> CompleteAsync(ConnectionDefinition? definition, CancellationToken cancellationToken)
    {
        if (definition is not { UsesDevelopmentApp: true })
            return definition;
        var app = tenant.IsProduction ? null : await apps.FindAsync(definition.Connector, definition.Scheme, cancellationToken);
        return definition with { OAuthApp = app is null ? null : new(app.ClientId, app.SealedClientSecret) { Development = app.Id } };
    }

    // Lists of others stay: a sweep changes thousands of connections.
    private void Changed(Connection connection) => ConnectionChanged(connection.Id, connection.DefinitionId, connection.Owner);

    private void Changed(ConnectionDefinition definition) => DefinitionChanged(definition.Id, definition.Tenant, definition.Key);

    private bool Find<TKey, TChanged, T>(ConcurrentDictionary<TKey, Entry<T>> cache, TKey key, TChanged changed, out long changes, out T? value)
        where TKey : notnull
        where TChanged : notnull
    {
        changes = _changes.Of(changed);
        var found = cache.TryGetValue(key, out var entry) && time.GetElapsedTime(entry.ReadAt) < s_freshFor && entry.Changes == changes;
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
