using Microsoft.EntityFrameworkCore;
using Recipes.Engine;

namespace Recipes.Storage;

/// <summary>Drafts and published versions of recipes in the database.</summary>
internal sealed class RecipeDesigns(IDbContextFactory<RecipesDatabase> databases) : IRecipeDesigns
{
    /// <summary>How often a number is looked for that somebody else has taken meanwhile.</summary>
    private const int MostTries = 5;

    public async Task<RecipeDraft?> FindDraftAsync(string recipe, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return (await database.RecipeDrafts.FirstOrDefaultAsync(r => r.Recipe == recipe, cancellationToken))?.ToDraft();
    }

    public async Task<IReadOnlyList<RecipeDraft>> ListDraftsAsync(CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return await database.RecipeDrafts.OrderBy(r => r.Recipe).Select(r => new RecipeDraft
        {
            Recipe = r.Recipe,
            Title = r.Title,
            Description = r.Description,
            Revision = r.Revision,
            Editor = r.Editor,
            SavedBy = r.SavedBy,
            SavedAt = r.SavedAt,
            Base = r.Base,
        }).ToListAsync(cancellationToken);
    }

    public async Task<bool> TrySaveDraftAsync(RecipeDraft draft, Guid? replaces, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        if (replaces is { } revision)
        {
            var source = draft.Source.ToArray();
            return 1 == await database.RecipeDrafts.Where(r => r.Recipe == draft.Recipe && r.Revision == revision).ExecuteUpdateAsync(
                set => set.SetProperty(r => r.Title, draft.Title).SetProperty(r => r.Description, draft.Description).SetProperty(r => r.Source, source).SetProperty(r => r.Revision, draft.Revision)
                    .SetProperty(r => r.Editor, draft.Editor).SetProperty(r => r.SavedBy, draft.SavedBy).SetProperty(r => r.SavedAt, draft.SavedAt).SetProperty(r => r.Base, draft.Base), cancellationToken);
        }

        database.Add(RecipeDraftRow.Of(draft));
        return await TryAddAsync(database, cancellationToken);
    }

    public async Task<bool> TryRemoveDraftAsync(string recipe, Guid revision, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return await database.RecipeDrafts.Where(r => r.Recipe == recipe && r.Revision == revision).ExecuteDeleteAsync(cancellationToken) == 1;
    }

    public async Task<IReadOnlyList<RecipePublication>> ListPublicationsAsync(string? recipe, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return await database.RecipePublications.Where(r => recipe == null || r.Recipe == recipe).OrderBy(r => r.Recipe).ThenBy(r => r.Number)
            .Select(r => new RecipePublication(r.Recipe, r.Number, r.Version, r.PublishedAt, r.PublishedBy)).ToListAsync(cancellationToken);
    }

    public async Task AddPublicationsAsync(IReadOnlyList<NewPublication> publications, CancellationToken cancellationToken)
    {
        foreach (var recipe in publications.GroupBy(p => p.Recipe))
        {
            for (var tries = 1; !await TryAddAsync(recipe.Key, [.. recipe], cancellationToken); tries++)
            {
                // Another node was quicker: what it added is looked at again.
                if (tries == MostTries)
                    throw new InvalidOperationException($"A version of '{recipe.Key}' could not be given a number.");
            }
        }
    }

    public async Task<byte[]?> FindSourceAsync(string recipe, string version, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return await database.RecipePublications.Where(r => r.Recipe == recipe && r.Version == version).Select(r => r.Source).FirstOrDefaultAsync(cancellationToken);
    }

    public async Task<bool> RemovePublicationAsync(string recipe, string version, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return await database.RecipePublications.Where(r => r.Recipe == recipe && r.Version == version).ExecuteDeleteAsync(cancellationToken) == 1;
    }

    public async Task ForgetAsync(string recipe, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        await database.RecipeDrafts.Where(r => r.Recipe == recipe).ExecuteDeleteAsync(cancellationToken);
        await database.RecipePublications.Where(r => r.Recipe == recipe).ExecuteDeleteAsync(cancellationToken);
    }

    private async Task<bool> TryAddAsync(string recipe, NewPublication[] publications, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var known = await database.RecipePublications.Where(r => r.Recipe == recipe).Select(r => new { r.Version, r.Number }).ToListAsync(cancellationToken);
        var number = known.Count == 0 ? 0 : known.Max(k => k.Number);
        foreach (var one in publications.DistinctBy(p => p.Version).Where(p => known.TrueForAll(k => k.Version != p.Version)))
        {
            database.Add(new RecipePublicationRow
            {
                Recipe = recipe,
                Version = one.Version,
                Number = ++number,
                Source = one.Source.ToArray(),
                PublishedAt = one.At,
                PublishedBy = one.By,
            });
        }

        return await TryAddAsync(database, cancellationToken);
    }

    private static async Task<bool> TryAddAsync(RecipesDatabase database, CancellationToken cancellationToken)
    {
        try
        {
            await database.SaveChangesAsync(cancellationToken);
            return true;
        }
        catch (DbUpdateException e) when (database.IsDuplicate(e))
        {
            return false;
        }
    }
}
