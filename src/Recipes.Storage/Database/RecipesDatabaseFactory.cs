using Microsoft.EntityFrameworkCore;

namespace Recipes.Storage;

/// <summary>Hands the one kind of database that is configured to stores that work with any.</summary>
internal sealed class RecipesDatabaseFactory<T>(IDbContextFactory<T> databases) : IDbContextFactory<RecipesDatabase>
    where T : RecipesDatabase
{
    public RecipesDatabase CreateDbContext() => databases.CreateDbContext();

    public async Task<RecipesDatabase> CreateDbContextAsync(CancellationToken cancellationToken = default) => await databases.CreateDbContextAsync(cancellationToken);
}
