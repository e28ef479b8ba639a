namespace Recipes.Engine;

/// <summary>Where drafts of recipes and their published versions are kept. What runs is in the folder.</summary>
public interface IRecipeDesigns
{
    Task<RecipeDraft?> FindDraftAsync(string recipe, CancellationToken cancellationToken);

    /// <summary>All drafts, without their sources.</summary>
    Task<IReadOnlyList<RecipeDraft>> ListDraftsAsync(CancellationToken cancellationToken);

    /// <param name="replaces">Revision of the draft that it replaces; null when there must be none.</param>
    /// <returns>False when another one was stored meanwhile.</returns>
    Task<bool> TrySaveDraftAsync(RecipeDraft draft, Guid? replaces, CancellationToken cancellationToken);

    /// <returns>False when it is not there in that revision.</returns>
    Task<bool> TryRemoveDraftAsync(string recipe, Guid revision, CancellationToken cancellationToken);

    /// <summary>The published versions of a recipe, or of all, by number.</summary>
    Task<IReadOnlyList<RecipePublication>> ListPublicationsAsync(string? recipe, CancellationToken cancellationToken);

    /// <summary>Remembers versions, each under the next number of its recipe; what is known already stays as it is.</summary>
    Task AddPublicationsAsync(IReadOnlyList<NewPublication> publications, CancellationToken cancellationToken);

    /// <summary>The file of a published version; null when it is not known.</summary>
    Task<byte[]?> FindSourceAsync(string recipe, string version, CancellationToken cancellationToken);

    /// <returns>False when there is no such version.</returns>
    Task<bool> RemovePublicationAsync(string recipe, string version, CancellationToken cancellationToken);

    /// <summary>Forgets a recipe: its draft and all its versions.</summary>
    Task ForgetAsync(string recipe, CancellationToken cancellationToken);
}
