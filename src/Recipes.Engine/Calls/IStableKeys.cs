using Recipes.Connections;

namespace Recipes.Engine;

/// <summary>Where the engine finds the connection definition that a stable key names.</summary>
public interface IStableKeys
{
    /// <summary>The definition; null when the tenant has none of that key.</summary>
    ValueTask<ConnectionDefinition?> FindAsync(TenantId tenant, StableKey key, CancellationToken cancellationToken);
}
