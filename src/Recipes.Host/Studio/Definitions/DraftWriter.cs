using System.Text.Json.Nodes;
using Recipes.Engine;

namespace Recipes.Host;

/// <summary>Writes drafts.</summary>
internal sealed class DraftWriter(IRecipeDesigns designs, TimeProvider time)
{
    private const int LargestRecipe = 4 * 1024 * 1024;

    /// <param name="replaces">Revision of the draft that it takes the place of; null when there must be none.</param>
    /// <param name="begunFrom">As of <see cref="RecipeDraft.Base"/>.</param>
    /// <param name="editor">As of <see cref="RecipeDraft.Editor"/>.</param>
    /// <returns>Null when it is stored.</returns>
    public async Task<SaveResult?> TryWriteAsync(string name, JsonObject source, Guid? replaces, string? begunFrom, Caller caller, string? editor, CancellationToken cancellationToken)
    {
        var text = RecipeText.Write(source);
        if (text.Length > LargestRecipe)
            return new SaveResult.Invalid($"A recipe may have up to {LargestRecipe / 1024 / 1024} MB.");
        var draft = new RecipeDraft
        {
            Recipe = name,
            Title = source.Text("name"),
            Description = source.Text("description"),
            Source = text,
            Revision = NewRevision(),
            Editor = editor,
            SavedBy = caller.User.Value,
            SavedAt = time.GetUtcNow(),
            Base = begunFrom,
        };
        return await designs.TrySaveDraftAsync(draft, replaces, cancellationToken) ? null : new SaveResult.Conflict("The recipe was changed meanwhile. Reload the page.");
    }

    public Guid NewRevision() => Guid.CreateVersion7(time.GetUtcNow());
}
