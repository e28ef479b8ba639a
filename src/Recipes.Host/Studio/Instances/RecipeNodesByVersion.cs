using System.Collections.Concurrent;
using Recipes.Engine;

namespace Recipes.Host;

/// <summary>The places of activities in the versions that runs are of, each worked out once.</summary>
internal sealed class RecipeNodesByVersion(RecipeCatalogue catalogue, IRecipeDesigns designs, IRunStore runs)
{
    /// <summary>Versions that are kept in memory.</summary>
    private const int Most = 256;

    private readonly ConcurrentDictionary<(string Recipe, string Version), RecipeNodes> _known = new();

    public async ValueTask<RecipeNodes> FindAsync(string recipe, string version, CancellationToken cancellationToken)
    {
        if (_known.TryGetValue((recipe, version), out var known))
            return known;
        ReadOnlyMemory<byte> file = catalogue.Find(recipe) is { } current && current.SourceVersion == version
            ? current.Source
            : await designs.FindSourceAsync(recipe, version, cancellationToken) ?? await runs.FindVersionAsync(recipe, version, cancellationToken);
        if (file.IsEmpty)
            return RecipeNodes.None;
        if (_known.Count >= Most)
            _known.Clear();
        return _known[(recipe, version)] = RecipeNodes.Of(RecipeDesigner.Parse(file.Span, recipe));
    }
}
