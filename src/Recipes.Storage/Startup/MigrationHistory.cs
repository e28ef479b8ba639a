using Microsoft.EntityFrameworkCore;

namespace Recipes.Storage;

internal static class MigrationHistory
{
    /// <summary>Whether the database lacks migrations that this version knows.</summary>
    /// <param name="exists">Whether there is a history at all.</param>
    /// <param name="name">What people call the database.</param>
    /// <exception cref="StorageStartException">When it has one that this version does not know.</exception>
    public static async Task<bool> IsBehindAsync(this RecipesDatabase database, bool exists, string name, CancellationToken cancellationToken)
    {
        var applied = exists ? await database.ReadAsync("SELECT \"MigrationId\" FROM \"__EFMigrationsHistory\"", row => row.GetString(0), cancellationToken) : [];
        var known = database.Database.GetMigrations().ToList();
        var newer = applied.Except(known).ToList();
        return newer.Count == 0
            ? !known.All(applied.Contains)
            : throw new StorageStartException(
                $"The database {name} was written by a newer version (it has migration {string.Join(", ", newer)}, which this version does not know). " +
                "Start that version, or restore a copy made before the upgrade.");
    }
}
