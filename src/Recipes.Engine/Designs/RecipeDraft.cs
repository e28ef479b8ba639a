namespace Recipes.Engine;

/// <summary>A recipe that somebody works on and has not published yet.</summary>
public sealed record RecipeDraft
{
    public required string Recipe { get; init; }

    /// <summary>The definition's own name, for people.</summary>
    public string? Title { get; init; }
    public string? Description { get; init; }

    /// <summary>The file as it would be published, UTF-8. Empty where drafts are only listed.</summary>
    public ReadOnlyMemory<byte> Source { get; init; }

    /// <summary>Another one with each time it is saved.</summary>
    public required Guid Revision { get; init; }

    /// <summary>Which window saved it last, so that its own saves do not count as somebody else's; null for a program.</summary>
    public string? Editor { get; init; }
    public required string SavedBy { get; init; }
    public required DateTimeOffset SavedAt { get; init; }

    /// <summary>The version of the file that it was begun from, as of <see cref="Recipe.Version"/>; null for a recipe that has no file.</summary>
    public string? Base { get; init; }
}
