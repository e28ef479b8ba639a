using Recipes.Connections;

namespace Recipes.Engine;

/// <summary>Whether a key that a recipe names can mean anything in a tenant.</summary>
internal static class KeyProblem
{
    /// <returns>One sentence, or null when the key has a definition of the right connector.</returns>
    public static async ValueTask<string?> FindAsync(IStableKeys keys, TenantId tenant, RecipeNeed need, CancellationToken cancellationToken)
    {
        var definition = await keys.FindAsync(tenant, need.Key, cancellationToken);
        return definition is null ? $"There is no connection definition '{need.Key}'. Create one for the connector {need.Connector}."
            : definition.Connector != need.Connector ? $"The connection definition '{need.Key}' belongs to the connector {definition.Connector}, but the recipe uses it with {need.Connector}."
            : null;
    }
}
