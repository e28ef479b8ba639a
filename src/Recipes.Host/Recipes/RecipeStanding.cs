using Recipes.Connections;
using Recipes.Engine;

namespace Recipes.Host;

/// <summary>Whether a recipe can do its work for somebody.</summary>
/// <param name="Missing">Keys for which a call by them would find no connection.</param>
public sealed record RecipeStanding(Recipe Recipe, IReadOnlyList<StableKey> Missing)
{
    public Health Colour => !Recipe.CanRun ? Health.Red : Recipe.Faults.Count > 0 || Missing.Count > 0 ? Health.Yellow : Health.Green;

    public string Words => (Recipe.CanRun, Recipe.Faults.Count, Missing.Count) switch
    {
        (false, _, _) => "Broken",
        (true, > 0, _) => "Older version runs",
        (true, _, 1) => "Connection missing",
        (true, _, > 1) => $"{Missing.Count} connections missing",
        _ => "Ready",
    };
}
