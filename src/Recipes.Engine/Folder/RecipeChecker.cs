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

    /// <summary>What a definition would be if it were saved under that name beside the recipes that are loaded. Where it has no faults it can be called.</summary>
    public Recipe Preview(string name, ReadOnlyMemory<byte> json)
    {
        var compiled = PlanCompiler.Compile(name, json, actions);
        var others = catalogue.Snapshot.Values.Where(r => r.Name != name && r.Plan is not null)
            .Select(r => new LoadedRecipe(r.Name, r.Version, r.LoadedAt, r.Source, new(null, r.Plan, [], []), null));
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
}
