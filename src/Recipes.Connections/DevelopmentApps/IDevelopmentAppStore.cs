namespace Recipes.Connections;

/// <summary>Where development apps are kept; they belong to the installation, not to a tenant.</summary>
public interface IDevelopmentAppStore
{
    /// <returns>False when that scheme has one already.</returns>
    Task<bool> TryAddAsync(DevelopmentApp app, CancellationToken cancellationToken);

    Task<DevelopmentApp?> FindAsync(DevelopmentAppId id, CancellationToken cancellationToken);

    Task<DevelopmentApp?> FindAsync(string connector, string scheme, CancellationToken cancellationToken);

    /// <summary>All, by connector and scheme.</summary>
    Task<IReadOnlyList<DevelopmentApp>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Compare-and-set on <see cref="DevelopmentApp.Version"/>: stores it as Version + 1.</summary>
    /// <returns>False when another change came first, or it is gone.</returns>
    Task<bool> TryUpdateAsync(DevelopmentApp app, CancellationToken cancellationToken);

    /// <returns>False when there is none.</returns>
    Task<bool> TryRemoveAsync(DevelopmentAppId id, CancellationToken cancellationToken);

    /// <summary>The definitions of all tenants that work on it.</summary>
    Task<IReadOnlyList<ConnectionDefinitionId>> ListDefinitionsAsync(string connector, string scheme, CancellationToken cancellationToken);
}
