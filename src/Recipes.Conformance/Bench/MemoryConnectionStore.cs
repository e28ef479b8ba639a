using System.Collections.Concurrent;

namespace Recipes.Conformance;

/// <summary>Connections for the length of one check.</summary>
internal sealed class MemoryConnectionStore : IConnectionStore
{
    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<ConnectionDefinitionId, ConnectionDefinition> _definitions = new();
    private readonly ConcurrentDictionary<ConnectionId, ConnectionRecord> _connections = new();

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

    public Task<IReadOnlyList<Connection>> ListAsync(TenantId tenant, ConnectionFilter filter, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<Connection>>(
        [
            .. _connections.Values
                .Where(c => c.Tenant == tenant && (filter.Definition is null || c.DefinitionId == filter.Definition) && (filter.Owner is null || c.Owner == filter.Owner) && (filter.State is null || c.State == filter.State))
                .OrderBy(c => c.CreatedAt).Select(c => new Connection(c)),
        ]);

    public Task<IReadOnlyList<ConnectionId>> ListInStateAsync(ConnectionState state, int most, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<ConnectionId>>([.. _connections.Values.Where(c => c.State == state).OrderBy(c => c.CreatedAt).Take(most).Select(c => c.Id)]);

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
