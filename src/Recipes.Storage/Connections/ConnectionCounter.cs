using Microsoft.EntityFrameworkCore;
using Recipes.Connections;

namespace Recipes.Storage;

/// <summary>Counts in the database.</summary>
internal sealed class ConnectionCounter(IDbContextFactory<RecipesDatabase> databases) : IConnectionCounts
{
    public async Task<ConnectionCounts> CountAsync(CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return new(
            await database.Connections.CountAsync(r => r.State == nameof(ConnectionState.Suspect), cancellationToken),
            await database.Connections.CountAsync(r => r.LostSince != null, cancellationToken));
    }
}
