namespace Recipes.Storage;

/// <summary>A recipe's file as it was when runs began with it.</summary>
internal sealed class RecipeVersionRow
{
    public required string Recipe { get; init; }
    public required string Version { get; init; }

    /// <summary>UTF-8.</summary>
    public required byte[] Source { get; init; }
}
