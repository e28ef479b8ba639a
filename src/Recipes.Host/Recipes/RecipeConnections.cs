using Recipes.Connections;
using Recipes.Engine;

namespace Recipes.Host;

/// <summary>Finds out which connections recipes would use for somebody, and how those are.</summary>
internal sealed class RecipeConnections(RecipeCaller recipes, IConnectionStore store, IConnectorProfiles connectors, AccountWarnings warnings)
{
    public async Task<IReadOnlyList<RecipeConnection>> FindAsync(Caller caller, string recipe, CancellationToken cancellationToken)
    {
        if (await recipes.ConnectionsNeededAsync(recipe, caller, runtimeUser: null, cancellationToken) is not NeededConnections.Found { Connections: { Count: > 0 } needed })
            return [];
        var warned = await warnings.FindAsync(needed, cancellationToken);
        var bound = (await store.FindAllAsync([.. needed.Select(n => n.Bound?.Id).OfType<ConnectionId>()], cancellationToken)).ToDictionary(c => c.Id);
        var all = new List<RecipeConnection>(needed.Count);
        foreach (var need in needed)
        {
            var definition = await store.FindDefinitionAsync(caller.Tenant, need.Key, cancellationToken);
            all.Add(new(need, definition, connectors.Find(need.Connector)?.DisplayName ?? need.Connector, need.Bound is { } one ? bound.GetValueOrDefault(one.Id) : null, warned.GetValueOrDefault(need.Key)));
        }

        return all;
    }

    /// <summary>How a recipe stands for a caller.</summary>
    public async Task<RecipeStanding> StandingAsync(Caller caller, Recipe recipe, CancellationToken cancellationToken)
    {
        var missing = recipe is { CanRun: true, Needs.Count: > 0 } && await recipes.ConnectionsNeededAsync(recipe.Name, caller, runtimeUser: null, cancellationToken) is NeededConnections.Found found
            ? found.Connections.Where(n => n.Bound is null).Select(n => n.Key).ToArray()
            : [];
        return new(recipe, missing);
    }
}
