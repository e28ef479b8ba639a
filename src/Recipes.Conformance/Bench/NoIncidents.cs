namespace Recipes.Conformance;

/// <summary>A bench has one connection: nothing at it is one of many.</summary>
internal sealed class NoIncidents : IIncidentStore
{
    public Task<Incident?> FindAsync(Guid id, CancellationToken cancellationToken) => Task.FromResult<Incident?>(null);

    public Task<Incident?> FindLatestAsync(TenantId tenant, Provider provider, CancellationToken cancellationToken) => Task.FromResult<Incident?>(null);

    public Task<IReadOnlyList<Incident>> ListOpenAsync(TenantId? tenant, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<Incident>>([]);

    public Task<bool> TryOpenAsync(Incident incident, Alert alert, CancellationToken cancellationToken) => Task.FromResult(false);

    public Task<bool> TryUpdateAsync(Incident incident, Alert? alert, CancellationToken cancellationToken) => Task.FromResult(false);

    public Task<bool> HasAsync(TenantId tenant, string connector, int connections, CancellationToken cancellationToken) => Task.FromResult(false);

    public Task<IReadOnlyList<RefusedConnection>> ListRefusedAsync(TenantId tenant, Provider provider, DateTimeOffset since, int most, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<RefusedConnection>>([]);

    public Task<IReadOnlyList<FineConnection>> ListFineAsync(TenantId tenant, string connector, DateTimeOffset since, int most, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<FineConnection>>([]);

    public Task<IReadOnlyList<ConnectionId>> PickHeldAsync(Guid incident, int most, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<ConnectionId>>([]);

    public Task<int> PurgeAsync(DateTimeOffset before, CancellationToken cancellationToken) => Task.FromResult(0);
}
