using Recipes.Connections;

namespace Recipes.Engine;

/// <summary>What checking a recipe found.</summary>
/// <param name="Faults">What keeps it from running.</param>
/// <param name="Warnings">What looks like a mistake, and what is missing now but may be made later (connection definitions).</param>
public sealed record RecipeCheck(IReadOnlyList<RecipeFault> Faults, IReadOnlyList<RecipeFault> Warnings);

/// <summary>Checks recipes as a whole, without loading them.</summary>
public sealed class RecipeChecker(RecipeCatalogue catalogue, IActionCatalogue actions, IStableKeys keys, TimeProvider time)
{
    /// <summary>All that is wrong with a definition, as if it were saved under that name beside the recipes that are loaded.</summary>
    public RecipeCheck Check(string name, ReadOnlyMemory<byte> json)
    {
        var recipe = Preview(name, json);
        return new(recipe.Faults, recipe.Warnings);
    }

    /// <summary>All that is wrong with several definitions, as if they were saved together beside the recipes that are loaded.</summary>
    /// <param name="files">By name.</param>
    public IReadOnlyDictionary<string, RecipeCheck> Check(IReadOnlyDictionary<string, ReadOnlyMemory<byte>> files) =>
        Check(files, catalogue.Snapshot.Values.Where(r => !files.ContainsKey(r.Name) && r.Plan is not null).Select(Loaded), actions);

    /// <summary>All that is wrong with recipes which make up a folder, without a host: whether the connections that they name are set up is not asked.</summary>
    /// <param name="files">By name.</param>
    public static IReadOnlyDictionary<string, RecipeCheck> Check(IReadOnlyDictionary<string, ReadOnlyMemory<byte>> files, Connectors.ConnectorCatalogue connectors) =>
        Check(files, [], new ConnectorActions(connectors));

    /// <summary>What a definition would be if it were saved under that name beside the recipes that are loaded. Where it has no faults it can be called.</summary>
    public Recipe Preview(string name, ReadOnlyMemory<byte> json)
    {
        var compiled = PlanCompiler.CompileAny(name, json, actions);
        var others = catalogue.Snapshot.Values.Where(r => r.Name != name && r.Plan is not null).Select(Loaded);
        return RecipeLinker.Link([.. others, new LoadedRecipe(name, RecipeVersion.Of(json.Span), time.GetUtcNow(), json, compiled, null)])[name];
    }

    /// <summary>What a tenant's connection definitions lack for a recipe: unknown keys, and keys that belong to another connector.</summary>
    /// <remarks>Definitions are made at run time, so this is asked again whenever it is shown; a call is refused for the same reasons.</remarks>
    public async Task<IReadOnlyList<RecipeFault>> CheckKeysAsync(Recipe recipe, TenantId tenant, CancellationToken cancellationToken)
    {
        var warnings = new List<RecipeFault>();
        foreach (var need in recipe.Needs)
        {
            if (await KeyProblem.FindAsync(keys, tenant, need, cancellationToken) is { } problem)
                warnings.Add(new(recipe.Name, problem));
        }

        return warnings;
    }

    private static Dictionary<string, RecipeCheck> Check(IReadOnlyDictionary<string, ReadOnlyMemory<byte>> files, IEnumerable<LoadedRecipe> others, IActionCatalogue actions)
    {
        var linked = RecipeLinker.Link([.. others, .. files.Select(f => new LoadedRecipe(f.Key, RecipeVersion.Of(f.Value.Span), default, f.Value, PlanCompiler.CompileAny(f.Key, f.Value, actions), null))]);
        return files.Keys.ToDictionary(name => name, name => new RecipeCheck(linked[name].Faults, linked[name].Warnings));
    }

    private static LoadedRecipe Loaded(Recipe recipe) => new(recipe.Name, recipe.Version, recipe.LoadedAt, recipe.Source, new(null, recipe.Plan, [], []), null);
}
