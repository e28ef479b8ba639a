namespace Recipes.Engine;

/// <summary>One thing that is wrong with a recipe, and where.</summary>
/// <param name="Recipe">Name of the recipe: its file name without <c>.json</c>.</param>
/// <param name="Activity">Name of the activity it is in (its id when it has no name); null when it is in none.</param>
/// <param name="Path">Place in the JSON, for instance <c>root.activities[2].text</c>; null when the file could not be read that far.</param>
/// <param name="Line">For JSON that cannot be read: the line, from 1.</param>
/// <param name="Column">For JSON that cannot be read: the byte in the line, from 1.</param>
public sealed record RecipeFault(string Recipe, string Message, string? Activity = null, string? Path = null, int? Line = null, int? Column = null)
{
    /// <summary>Place and message in one line.</summary>
    public override string ToString()
    {
        var place = Line is { } line ? $" line {line}, column {Column}" : Path is { Length: > 0 } path ? $" {path}" : "";
        return Activity is null ? $"{Recipe}:{place}: {Message}" : $"{Recipe}:{place} ({Activity}): {Message}";
    }
}
