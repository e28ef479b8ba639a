using System.Collections.Immutable;

namespace Recipes.Engine;

/// <summary>All recipes, as one snapshot that is replaced as a whole. Thread-safe.</summary>
public sealed class RecipeCatalogue
{
    private volatile ImmutableSortedDictionary<string, Recipe> _recipes = ImmutableSortedDictionary.Create<string, Recipe>(StringComparer.Ordinal);

    /// <summary>After the recipes have changed, once per reload.</summary>
    public event EventHandler? Changed;

    /// <summary>All recipes, by name.</summary>
    public IReadOnlyList<Recipe> All => [.. _recipes.Values];

    /// <summary>The recipe of that name; null when there is none.</summary>
    public Recipe? Find(string name) => _recipes.GetValueOrDefault(name);

    internal IReadOnlyDictionary<string, Recipe> Snapshot => _recipes;

    internal void Replace(ImmutableSortedDictionary<string, Recipe> recipes)
    {
        _recipes = recipes;
        Changed?.Invoke(this, EventArgs.Empty);
    }
}
