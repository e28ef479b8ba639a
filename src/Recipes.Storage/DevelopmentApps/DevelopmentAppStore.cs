using Microsoft.EntityFrameworkCore;
using Recipes.Connections;

namespace Recipes.Storage;

/// <summary>Development apps in the database.</summary>
internal sealed class DevelopmentAppStore(IDbContextFactory<RecipesDatabase> databases) : IDevelopmentAppStore
{
    public async Task<bool> TryAddAsync(DevelopmentApp app, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        database.Add(DevelopmentAppRow.Of(app));
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

    public async Task<DevelopmentApp?> FindAsync(DevelopmentAppId id, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return (await database.DevelopmentApps.FirstOrDefaultAsync(r => r.Id == id.Value, cancellationToken))?.ToApp();
    }

    public async Task<DevelopmentApp?> FindAsync(string connector, string scheme, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return (await database.DevelopmentApps.FirstOrDefaultAsync(r => r.Connector == connector && r.Scheme == scheme, cancellationToken))?.ToApp();
    }

    public async Task<IReadOnlyList<DevelopmentApp>> ListAsync(CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return [.. (await database.DevelopmentApps.OrderBy(r => r.Connector).ThenBy(r => r.Scheme).ToListAsync(cancellationToken)).Select(r => r.ToApp())];
    }

    public async Task<bool> TryUpdateAsync(DevelopmentApp app, CancellationToken cancellationToken)
    {
        var row = DevelopmentAppRow.Of(app);
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return 1 == await database.DevelopmentApps.Where(r => r.Id == row.Id && r.Version == row.Version)
            .ExecuteUpdateAsync(set => set
                .SetProperty(r => r.ClientId, row.ClientId)
                .SetProperty(r => r.SealedClientSecret, row.SealedClientSecret)
                .SetProperty(r => r.Presets, row.Presets)
                .SetProperty(r => r.Version, row.Version + 1), cancellationToken);
    }

    public async Task<bool> TryRemoveAsync(DevelopmentAppId id, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return 1 == await database.DevelopmentApps.Where(r => r.Id == id.Value).ExecuteDeleteAsync(cancellationToken);
    }

    public async Task<IReadOnlyList<ConnectionDefinitionId>> ListDefinitionsAsync(string connector, string scheme, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var ids = await database.ConnectionDefinitions.Where(r => r.UseDevelopmentApp && r.Connector == connector && r.Scheme == scheme).OrderBy(r => r.Key).Select(r => r.Id).ToListAsync(cancellationToken);
        return [.. ids.Select(id => new ConnectionDefinitionId(id))];
    }
}
