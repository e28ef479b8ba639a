namespace Recipes.Host;

/// <summary>What pages say of a recipe.</summary>
internal static class RecipeWords
{
    /// <summary>Where a connection that a recipe lacks is authorised; the recipe goes along, for the way back.</summary>
    public static string AuthorizePath(string path, string recipe) => $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}recipe={Uri.EscapeDataString(recipe)}";
}
