namespace Recipes.Storage;

/// <summary>A published version of a recipe's file.</summary>
internal sealed class RecipePublicationRow
{
    public required string Recipe { get; init; }
    public required string Version { get; init; }
    public required int Number { get; init; }

    /// <summary>UTF-8.</summary>
    public required byte[] Source { get; init; }
    public required DateTimeOffset PublishedAt { get; init; }
    public string? PublishedBy { get; init; }
}
