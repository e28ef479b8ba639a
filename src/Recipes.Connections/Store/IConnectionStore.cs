namespace Recipes.Connections;

/// <summary>Narrows a list of connections; null means any.</summary>
/// <param name="After">Only connections after this one, for paging; the list is then in the order of ids, which is that of creation.</param>
/// <param name="Most">How many at most, in the order of ids.</param>
public sealed record ConnectionFilter(
    ConnectionDefinitionId? Definition = null, Owner? Owner = null, ConnectionState? State = null, Health? Health = null, Attention? Attention = null, ConnectionId? After = null, int? Most = null);

/// <summary>Where definitions and connections are kept. Writes are durable when they return (credentials are stored with full synchronisation).</summary>
public interface IConnectionStore
{
    /// <returns>False when the tenant has a definition of that key already.</returns>
    Task<bool> TryAddAsync(ConnectionDefinition definition, CancellationToken cancellationToken);

    Task<ConnectionDefinition?> FindDefinitionAsync(TenantId tenant, StableKey key, CancellationToken cancellationToken);

    Task<ConnectionDefinition?> FindDefinitionAsync(ConnectionDefinitionId id, CancellationToken cancellationToken);

    /// <summary>All definitions of a tenant, by key.</summary>
    Task<IReadOnlyList<ConnectionDefinition>> ListDefinitionsAsync(TenantId tenant, CancellationToken cancellationToken);

    /// <summary>Compare-and-set on <see cref="ConnectionDefinition.Version"/>: stores it as Version + 1.</summary>
    /// <param name="alert">What somebody has to know of the change, stored with it; null when nothing.</param>
    /// <returns>False when another change came first.</returns>
    Task<bool> TryUpdateAsync(ConnectionDefinition definition, CancellationToken cancellationToken, Alert? alert = null);

    /// <summary>Removes a definition, and with it its connections, none of which may be connected any more.</summary>
    /// <returns>False when another change came first, or an account is connected under it.</returns>
    Task<bool> TryRemoveAsync(ConnectionDefinition definition, CancellationToken cancellationToken);

    /// <summary>Stores a new connection. When it is its owner's default under the definition, the former default is no longer.</summary>
    Task AddAsync(Connection connection, CancellationToken cancellationToken);

    Task<Connection?> FindAsync(ConnectionId id, CancellationToken cancellationToken);

    /// <summary>Several at once, in no order; those that there are not are left out.</summary>
    Task<IReadOnlyList<Connection>> FindAllAsync(IReadOnlyCollection<ConnectionId> ids, CancellationToken cancellationToken);

    /// <summary>Connections of a tenant, oldest first.</summary>
    Task<IReadOnlyList<Connection>> ListAsync(TenantId tenant, ConnectionFilter filter, CancellationToken cancellationToken);

    /// <summary>Compare-and-set on <see cref="ConnectionRecord.Version"/>: stores it as Version + 1, with its log entries and alerts in one transaction, an alert that it takes back (<see cref="Connection.WithdrawsLoss"/>) included, and tells the connection (<see cref="Connection.Stored"/>).</summary>
    /// <returns>False when another change came first: read again.</returns>
    Task<bool> TryUpdateAsync(Connection connection, CancellationToken cancellationToken);

    /// <summary>Removes a connection for good, with its log.</summary>
    /// <returns>False when another change came first.</returns>
    Task<bool> TryRemoveAsync(Connection connection, CancellationToken cancellationToken);

    /// <summary>The stored version alone; null when there is no such connection.</summary>
    Task<long?> FindVersionAsync(ConnectionId id, CancellationToken cancellationToken);
}
