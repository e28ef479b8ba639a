using Recipes.Engine;

namespace Recipes.Storage;

/// <summary>A draft of a recipe.</summary>
internal sealed class RecipeDraftRow
{
    public required string Recipe { get; init; }
    public string? Title { get; set; }
    public string? Description { get; set; }

    /// <summary>UTF-8.</summary>
    public required byte[] Source { get; set; }
    public required Guid Revision { get; set; }
    public string? Editor { get; set; }
    public required string SavedBy { get; set; }
    public required DateTimeOffset SavedAt { get; set; }
    public string? Base { get; set; }

    public static RecipeDraftRow Of(RecipeDraft draft) => new()
    {
        Recipe = draft.Recipe,
        Title = draft.Title,
        Description = draft.Description,
        Source = draft.Source.ToArray(),
        Revision = draft.Revision,
        Editor = draft.Editor,
        SavedBy = draft.SavedBy,
        SavedAt = draft.SavedAt,
        Base = draft.Base,
    };

    public RecipeDraft ToDraft() => new()
    {
        Recipe = Recipe,
        Title = Title,
        Description = Description,
        Source = Source,
        Revision = Revision,
        Editor = Editor,
        SavedBy = SavedBy,
        SavedAt = SavedAt,
        Base = Base,
    };
}
