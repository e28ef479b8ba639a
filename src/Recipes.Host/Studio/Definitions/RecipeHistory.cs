using System.Collections.Concurrent;
using Recipes.Engine;

namespace Recipes.Host;

/// <summary>The published versions of all recipes. Files that came into the folder by other ways are noted when they are first asked for.</summary>
internal sealed class RecipeHistory(IRecipeDesigns designs, RecipeCatalogue catalogue)
{
    private readonly ConcurrentDictionary<(string Recipe, string Version), int> _numbers = new();

    /// <summary>By number, of one recipe or of all.</summary>
    public async Task<IReadOnlyList<RecipePublication>> ListAsync(string? recipe, CancellationToken cancellationToken)
    {
        var known = await designs.ListPublicationsAsync(recipe, cancellationToken);
        var seen = known.Select(p => (p.Recipe, p.Version)).ToHashSet();
        var fresh = (recipe is null ? catalogue.All : catalogue.Find(recipe) is { } one ? [one] : [])
            .Where(r => !r.Source.IsEmpty && !seen.Contains((r.Name, r.SourceVersion)))
            .Select(r => new NewPublication(r.Name, r.SourceVersion, r.Source, r.LoadedAt, null)).ToList();
        if (fresh.Count > 0)
        {
            await designs.AddPublicationsAsync(fresh, cancellationToken);
            known = await designs.ListPublicationsAsync(recipe, cancellationToken);
        }

        foreach (var publication in known)
            _numbers[(publication.Recipe, publication.Version)] = publication.Number;
        return known;
    }

    /// <summary>Which number a version has for people; 0 for one that was never published, such as a draft that somebody ran.</summary>
    /// <param name="version">As of <see cref="Recipe.Version"/>.</param>
    public async ValueTask<int> FindNumberAsync(string recipe, string version, CancellationToken cancellationToken)
    {
        if (_numbers.TryGetValue((recipe, version), out var known))
            return known;
        var number = (await ListAsync(recipe, cancellationToken)).FirstOrDefault(p => p.Version == version)?.Number ?? 0;
        // Only what was not published can still get another one.
        return number;
    }

    public void Forget(string recipe)
    {
        foreach (var key in _numbers.Keys.Where(k => k.Recipe == recipe))
            _numbers.TryRemove(key, out _);
    }
}
