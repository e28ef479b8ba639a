namespace Recipes.Connections;

/// <summary>Incidents and the connections in them, as all nodes see them.</summary>
public interface IIncidentStore
{
    Task<Incident?> FindAsync(Guid id, CancellationToken cancellationToken);

    /// <summary>The newest one of a provider, open or closed.</summary>
    Task<Incident?> FindLatestAsync(TenantId tenant, Provider provider, CancellationToken cancellationToken);

    /// <summary>Those that are open, oldest first.</summary>
    /// <param name="tenant">Null means every tenant.</param>
    Task<IReadOnlyList<Incident>> ListOpenAsync(TenantId? tenant, CancellationToken cancellationToken);

    /// <summary>Opens one, and stores what is told of it.</summary>
    /// <returns>False when one of that provider is open already.</returns>
    Task<bool> TryOpenAsync(Incident incident, Alert alert, CancellationToken cancellationToken);

    /// <summary>Compare-and-set on <see cref="Incident.Version"/>.</summary>
    /// <param name="alert">What is told of the change, stored with it; null when nothing.</param>
    /// <returns>False when another change came first.</returns>
    Task<bool> TryUpdateAsync(Incident incident, Alert? alert, CancellationToken cancellationToken);

    /// <summary>Whether a connector has so many connections that are not disconnected.</summary>
    Task<bool> HasAsync(TenantId tenant, string connector, int connections, CancellationToken cancellationToken);

    /// <summary>Connections that a provider refused since a moment and that no incident holds, newest first.</summary>
    Task<IReadOnlyList<RefusedConnection>> ListRefusedAsync(TenantId tenant, Provider provider, DateTimeOffset since, int most, CancellationToken cancellationToken);

    /// <summary>Connections of a connector that were tried since a moment with nothing against them.</summary>
    Task<IReadOnlyList<FineConnection>> ListFineAsync(TenantId tenant, string connector, DateTimeOffset since, int most, CancellationToken cancellationToken);

    /// <summary>Any few of those that an incident holds.</summary>
    Task<IReadOnlyList<ConnectionId>> PickHeldAsync(Guid incident, int most, CancellationToken cancellationToken);

    /// <summary>Forgets those that were closed before a moment and hold nothing any more.</summary>
    /// <returns>How many.</returns>
    Task<int> PurgeAsync(DateTimeOffset before, CancellationToken cancellationToken);
}

/// <param name="Account">The same for connections that say nothing more together than one alone: those of one account, user or customer.</param>
public sealed record RefusedConnection(ConnectionId Id, string Account);

/// <param name="Fields">Its plain fields: where it is may follow from them.</param>
public sealed record FineConnection(ConnectionDefinitionId Definition, IReadOnlyDictionary<string, string> Fields);
