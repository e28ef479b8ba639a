using Recipes.Connections;
using Recipes.Engine;

namespace Recipes.Host;

/// <summary>What pages say of a recipe.</summary>
internal static class RecipeWords
{
    public static Health ColourOf(Recipe recipe) => !recipe.CanRun ? Health.Red : recipe.Faults.Count > 0 ? Health.Yellow : Health.Green;

    /// <summary>Where a connection that a recipe lacks is authorised; the recipe goes along, for the way back.</summary>
    public static string AuthorizePath(string path, string recipe) => $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}recipe={Uri.EscapeDataString(recipe)}";

    public static string StateOf(Recipe recipe) => (recipe.CanRun, recipe.Faults.Count) switch
    {
        (false, _) => "Broken",
        (true, 0) => "Ready",
        _ => "Older version runs",
    };
}
