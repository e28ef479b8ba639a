using System.Collections.Concurrent;

namespace Recipes.Conformance;

/// <summary>Connections for the length of one check.</summary>
internal sealed class MemoryConnectionStore : IConnectionStore, ICheckSchedule
{
    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<ConnectionDefinitionId, ConnectionDefinition> _definitions = new();
    private readonly ConcurrentDictionary<ConnectionId, ConnectionRecord> _connections = new();
    private readonly ConcurrentDictionary<(ConnectionId, DateTimeOffset), bool> _checked = new();

    public Task<bool> TryAddAsync(ConnectionDefinition definition, CancellationToken cancellationToken) =>
        Task.FromResult(!_definitions.Values.Any(d => d.Tenant == definition.Tenant && d.Key == definition.Key) && _definitions.TryAdd(definition.Id, definition));

    public Task<ConnectionDefinition?> FindDefinitionAsync(TenantId tenant, StableKey key, CancellationToken cancellationToken) =>
        Task.FromResult(_definitions.Values.FirstOrDefault(d => d.Tenant == tenant && d.Key == key));

    public Task<ConnectionDefinition?> FindDefinitionAsync(ConnectionDefinitionId id, CancellationToken cancellationToken) => Task.FromResult(_definitions.GetValueOrDefault(id));

    public Task<IReadOnlyList<ConnectionDefinition>> ListDefinitionsAsync(TenantId tenant, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<ConnectionDefinition>>([.. _definitions.Values.Where(d => d.Tenant == tenant).OrderBy(d => d.Key.Value, StringComparer.Ordinal)]);

    public Task<bool> TryRemoveAsync(ConnectionDefinition definition, CancellationToken cancellationToken) => Task.FromResult(_definitions.TryRemove(definition.Id, out _));

    public Task<bool> TryRemoveAsync(Connection connection, CancellationToken cancellationToken) => Task.FromResult(_connections.TryRemove(connection.Id, out _));

    public Task<bool> TryUpdateAsync(ConnectionDefinition definition, CancellationToken cancellationToken, Alert? alert = null)
    {
        lock (_lock)
        {
            if (!_definitions.TryGetValue(definition.Id, out var stored) || stored.Version != definition.Version)
                return Task.FromResult(false);
            _definitions[definition.Id] = definition with { Version = definition.Version + 1 };
            return Task.FromResult(true);
        }
    }

    public Task AddAsync(Connection connection, CancellationToken cancellationToken)
    {
        _connections[connection.Id] = connection.Record;
        return Task.CompletedTask;
    }

    public Task<Connection?> FindAsync(ConnectionId id, CancellationToken cancellationToken) =>
        Task.FromResult(_connections.TryGetValue(id, out var record) ? new Connection(record) : null);

    public async Task<IReadOnlyList<Connection>> FindAllAsync(IReadOnlyCollection<ConnectionId> ids, CancellationToken cancellationToken)
    {
        var found = new List<Connection>();
        foreach (var id in ids)
        {
            if (await FindAsync(id, cancellationToken) is { } connection)
                found.Add(connection);
        }

        return found;
    }

    /// <summary>Suspects whose pause is over: nothing else is due on a clock that stands still.</summary>
    public Task<IReadOnlyList<CheckClaim>> ClaimAsync(DateTimeOffset now, DateTimeOffset suspectBefore, DateTimeOffset until, int most, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<CheckClaim>>([.. _connections.Values.Where(c => c.State == ConnectionState.Suspect && c.SuspectSince <= suspectBefore && _checked.TryAdd((c.Id, c.SuspectSince!.Value), true)).Select(c => new CheckClaim(c.Id, now, until))]);

    public Task CompleteAsync(IReadOnlyCollection<CompletedCheck> checks, CancellationToken cancellationToken) => Task.CompletedTask;

    // Nobody reads here when something comes again.
    public Task<IReadOnlyDictionary<ConnectionId, DateTimeOffset>> ListAsync(IReadOnlyCollection<ConnectionId> ids, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyDictionary<ConnectionId, DateTimeOffset>>(new Dictionary<ConnectionId, DateTimeOffset>());

    public Task<IReadOnlyList<Connection>> ListAsync(TenantId tenant, ConnectionFilter filter, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<Connection>>(
        [
            .. _connections.Values
                .Where(c => c.Tenant == tenant && (filter.Definition is null || c.DefinitionId == filter.Definition) && (filter.Owner is null || c.Owner == filter.Owner) && (filter.State is null || c.State == filter.State))
                .OrderBy(c => c.CreatedAt).Select(c => new Connection(c)),
        ]);

    public Task<bool> TryUpdateAsync(Connection connection, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            var version = connection.Record.Version;
            if (!_connections.TryGetValue(connection.Id, out var stored) || stored.Version != version)
                return Task.FromResult(false);
            connection.Stored(version + 1);
            _connections[connection.Id] = connection.Record;
            return Task.FromResult(true);
        }
    }

    public Task<long?> FindVersionAsync(ConnectionId id, CancellationToken cancellationToken) =>
        Task.FromResult(_connections.TryGetValue(id, out var record) ? record.Version : (long?)null);
}
