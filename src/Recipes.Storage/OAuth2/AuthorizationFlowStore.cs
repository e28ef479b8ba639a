using Microsoft.EntityFrameworkCore;
using Recipes.Connections;

namespace Recipes.Storage;

/// <summary>Flows that wait for their callback, in the database: a restart between consent and callback loses none.</summary>
internal sealed class AuthorizationFlowStore(IDbContextFactory<RecipesDatabase> databases) : IAuthorizationFlowStore
{
    public async Task AddAsync(AuthorizationFlow flow, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        database.Add(AuthorizationFlowRow.Of(flow));
        await database.SaveChangesAsync(cancellationToken);
    }

    public async Task<AuthorizationFlow?> FindAsync(byte[] stateHash, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var row = await database.AuthorizationFlows.FirstOrDefaultAsync(r => r.StateHash == stateHash, cancellationToken);
        return row?.ToFlow();
    }

    public async Task<bool> TryTakeAsync(byte[] stateHash, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return 1 == await database.AuthorizationFlows.Where(r => r.StateHash == stateHash).ExecuteDeleteAsync(cancellationToken);
    }

    public async Task PurgeAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        await database.AuthorizationFlows.Where(r => r.ExpiresAt < now).ExecuteDeleteAsync(cancellationToken);
    }
}
