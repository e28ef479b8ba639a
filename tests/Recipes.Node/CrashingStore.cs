using Recipes.Connections;

namespace Recipes.Node;

/// <summary>The real store of a node that dies when it has new tokens, or cannot store them.</summary>
internal sealed class CrashingStore(IConnectionStore inner, CrashPoint crash) : IConnectionStore
{
    public async Task<bool> TryUpdateAsync(Connection connection, CancellationToken cancellationToken)
    {
        var hasTokens = connection.Entries.Any(e => e is { Event: ConnectionEvent.Refreshed, Failure: null });
        Crash.If(hasTokens && crash == CrashPoint.ReplyReceived);
        if (hasTokens && crash == CrashPoint.ReplyKept)
            throw new IOException("The disk is full.");
        var updated = await inner.TryUpdateAsync(connection, cancellationToken);
        Crash.If(hasTokens && updated && crash == CrashPoint.ReplyStored);
        return updated;
    }

    public Task<bool> TryAddAsync(ConnectionDefinition definition, CancellationToken cancellationToken) => inner.TryAddAsync(definition, cancellationToken);

    public Task<ConnectionDefinition?> FindDefinitionAsync(TenantId tenant, StableKey key, CancellationToken cancellationToken) => inner.FindDefinitionAsync(tenant, key, cancellationToken);

    public Task<ConnectionDefinition?> FindDefinitionAsync(ConnectionDefinitionId id, CancellationToken cancellationToken) => inner.FindDefinitionAsync(id, cancellationToken);

    public Task<IReadOnlyList<ConnectionDefinition>> ListDefinitionsAsync(TenantId tenant, CancellationToken cancellationToken) => inner.ListDefinitionsAsync(tenant, cancellationToken);

    public Task<bool> TryUpdateAsync(ConnectionDefinition definition, CancellationToken cancellationToken, Alert? alert = null) => inner.TryUpdateAsync(definition, cancellationToken, alert);

    public Task<bool> TryRemoveAsync(ConnectionDefinition definition, CancellationToken cancellationToken) => inner.TryRemoveAsync(definition, cancellationToken);

    public Task AddAsync(Connection connection, CancellationToken cancellationToken) => inner.AddAsync(connection, cancellationToken);

    public Task<Connection?> FindAsync(ConnectionId id, CancellationToken cancellationToken) => inner.FindAsync(id, cancellationToken);

    public Task<IReadOnlyList<Connection>> FindAllAsync(IReadOnlyCollection<ConnectionId> ids, CancellationToken cancellationToken) => inner.FindAllAsync(ids, cancellationToken);

    public Task<IReadOnlyList<Connection>> ListAsync(TenantId tenant, ConnectionFilter filter, CancellationToken cancellationToken) => inner.ListAsync(tenant, filter, cancellationToken);

    public Task<bool> TryRemoveAsync(Connection connection, CancellationToken cancellationToken) => inner.TryRemoveAsync(connection, cancellationToken);

    public Task<long?> FindVersionAsync(ConnectionId id, CancellationToken cancellationToken) => inner.FindVersionAsync(id, cancellationToken);
}
