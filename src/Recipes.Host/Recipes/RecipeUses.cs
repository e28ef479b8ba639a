using Recipes.Engine;

namespace Recipes.Host;

/// <summary>Tells which recipes and runs use a connection.</summary>
internal sealed class RecipeUses(RecipeCatalogue recipes, IRunStore runs) : IConnectionUses
{
    private const int MostRuns = 20;

    public async Task<ConnectionUses> FindAsync(ConnectionDefinition definition, Connection? connection, CancellationToken cancellationToken)
    {
        // Recipes are the same for all tenants; a key that is not connected yet is used by nobody.
        var users = connection is { State: ConnectionState.Pending or ConnectionState.Disconnected }
            ? []
            : recipes.All.Where(r => r.Needs.Any(n => n.Key == definition.Key)).Select(r => new RecipeUse(r.Name, r.DisplayName ?? r.Name)).ToArray();
        // Those that go on first: they are few, and whatever came after them, they count.
        List<Run> running = [];
        foreach (var status in connection is null ? [] : (RunStatus[])[RunStatus.Running, RunStatus.Held, RunStatus.Waiting, RunStatus.Queued])
            running.AddRange(await runs.ListAsync(definition.Tenant, new RunFilter(Status: status, Most: MostRuns, Connection: connection!.Id), cancellationToken));
        var last = connection is null ? [] : await runs.ListAsync(definition.Tenant, new RunFilter(Most: MostRuns, Connection: connection.Id), cancellationToken);
        return new(users, [.. running.Concat(last).DistinctBy(r => r.Id).OrderByDescending(r => r.StartedAt).Select(r => new RunUse(r.Id.Value, r.Recipe, r.StartedAt, r.EndedAt is null))]);
    }

    public string? NameOfRecipe(string id) => recipes.Find(id) is { } recipe ? recipe.DisplayName ?? recipe.Name : null;
}
