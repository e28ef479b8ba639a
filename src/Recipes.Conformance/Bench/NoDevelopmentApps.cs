namespace Recipes.Conformance;

/// <summary>No OAuth apps for development: a check has its own.</summary>
internal sealed class NoDevelopmentApps : IDevelopmentAppStore
{
    public Task<bool> TryAddAsync(DevelopmentApp app, CancellationToken cancellationToken) => Task.FromResult(false);

    public Task<DevelopmentApp?> FindAsync(DevelopmentAppId id, CancellationToken cancellationToken) => Task.FromResult<DevelopmentApp?>(null);

    public Task<DevelopmentApp?> FindAsync(string connector, string scheme, CancellationToken cancellationToken) => Task.FromResult<DevelopmentApp?>(null);

    public Task<IReadOnlyList<DevelopmentApp>> ListAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<DevelopmentApp>>([]);

    public Task<bool> TryUpdateAsync(DevelopmentApp app, CancellationToken cancellationToken) => Task.FromResult(false);

    public Task<bool> TryRemoveAsync(DevelopmentAppId id, CancellationToken cancellationToken) => Task.FromResult(false);

    public Task<IReadOnlyList<ConnectionDefinitionId>> ListDefinitionsAsync(string connector, string scheme, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<ConnectionDefinitionId>>([]);
}
