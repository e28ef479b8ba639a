using Microsoft.EntityFrameworkCore;
using Recipes.Connections;

namespace Recipes.Storage;

/// <summary>Definitions and connections in the database.</summary>
internal sealed class ConnectionStore(IDbContextFactory<RecipesDatabase> databases) : IConnectionStore
{
    private static readonly string[] s_withoutGrant = [nameof(ConnectionState.Pending), nameof(ConnectionState.Disconnected)];

    public async Task<bool> TryAddAsync(ConnectionDefinition definition, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        database.Add(ConnectionDefinitionRow.Of(definition));
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

    public async Task<ConnectionDefinition?> FindDefinitionAsync(TenantId tenant, StableKey key, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var row = await database.ConnectionDefinitions.FirstOrDefaultAsync(r => r.Tenant == tenant.Value && r.Key == key.Value, cancellationToken);
        return row?.ToDefinition();
    }

    public async Task<ConnectionDefinition?> FindDefinitionAsync(ConnectionDefinitionId id, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var row = await database.ConnectionDefinitions.FirstOrDefaultAsync(r => r.Id == id.Value, cancellationToken);
        return row?.ToDefinition();
    }

    public async Task<IReadOnlyList<ConnectionDefinition>> ListDefinitionsAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var rows = await database.ConnectionDefinitions.Where(r => r.Tenant == tenant.Value).OrderBy(r => r.Key).ToListAsync(cancellationToken);
        return [.. rows.Select(r => r.ToDefinition())];
    }

    public async Task<bool> TryUpdateAsync(ConnectionDefinition definition, CancellationToken cancellationToken, Alert? alert = null)
    {
        var row = ConnectionDefinitionRow.Of(definition);
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        var stored = await database.ConnectionDefinitions
            .Where(r => r.Id == row.Id && r.Tenant == row.Tenant && r.Version == row.Version)
            .ExecuteUpdateAsync(set => set
                .SetProperty(r => r.Key, row.Key)
                .SetProperty(r => r.DisplayName, row.DisplayName)
                .SetProperty(r => r.Connector, row.Connector)
                .SetProperty(r => r.Scheme, row.Scheme)
                .SetProperty(r => r.Presets, row.Presets)
                .SetProperty(r => r.Scopes, row.Scopes)
                .SetProperty(r => r.ClientId, row.ClientId)
                .SetProperty(r => r.SealedClientSecret, row.SealedClientSecret)
                .SetProperty(r => r.UseDevelopmentApp, row.UseDevelopmentApp)
                .SetProperty(r => r.RuntimeUser, row.RuntimeUser)
                .SetProperty(r => r.ClientFailure, row.ClientFailure)
                .SetProperty(r => r.ClientLossTold, row.ClientLossTold)
                .SetProperty(r => r.SuccessAddress, row.SuccessAddress)
                .SetProperty(r => r.FailureAddress, row.FailureAddress)
                .SetProperty(r => r.CheckEverySeconds, row.CheckEverySeconds)
                .SetProperty(r => r.Version, row.Version + 1), cancellationToken);
        if (stored == 0)
            return false;
        if (alert is not null)
        {
            database.Add(AlertRow.Of(alert));
            await database.SaveChangesAsync(cancellationToken);
        }
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    public async Task<bool> TryRemoveAsync(ConnectionDefinition definition, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        await database.Connections.Where(r => r.DefinitionId == definition.Id.Value && s_withoutGrant.Contains(r.State)).ExecuteDeleteAsync(cancellationToken);
        try
        {
            if (await database.ConnectionDefinitions.Where(r => r.Id == definition.Id.Value && r.Version == definition.Version).ExecuteDeleteAsync(cancellationToken) == 0)
                return false; // Leaving the transaction uncommitted puts the connections back.
            await transaction.CommitAsync(cancellationToken);
            return true;
        }
        catch (Exception e) when (database.IsReferredTo(e))
        {
            return false;
        }
    }

    public async Task AddAsync(Connection connection, CancellationToken cancellationToken)
    {
        var row = ConnectionRow.Of(connection);
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
                if (row.IsDefault)
                    await ClearDefaultAsync(database, row, cancellationToken);
                database.Add(row);
                AddNews(database, connection);
                await database.SaveChangesAsync(cancellationToken);
                await transaction.CommitAsync(cancellationToken);
                connection.Stored(row.Version);
                return;
            }
            catch (DbUpdateException e) when (row.IsDefault && attempt < 10 && database.IsDuplicate(e))
            {
                // Another became the default meanwhile; this one takes over from it.
                database.ChangeTracker.Clear();
            }
        }
    }

    public async Task<Connection?> FindAsync(ConnectionId id, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var row = await database.Connections.FirstOrDefaultAsync(r => r.Id == id.Value, cancellationToken);
        return row?.ToConnection();
    }

    public async Task<IReadOnlyList<Connection>> FindAllAsync(IReadOnlyCollection<ConnectionId> ids, CancellationToken cancellationToken)
    {
        var values = ids.Select(id => id.Value).ToArray();
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var rows = await database.Connections.Where(r => values.Contains(r.Id)).ToListAsync(cancellationToken);
        return [.. rows.Select(r => r.ToConnection())];
    }

    public async Task<IReadOnlyList<Connection>> ListAsync(TenantId tenant, ConnectionFilter filter, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var query = database.Connections.Where(r => r.Tenant == tenant.Value);
        if (filter.Definition is { } definition)
            query = query.Where(r => r.DefinitionId == definition.Value);
        if (filter.Owner is { } owner)
        {
            var (kind, id) = (owner.Kind.ToString(), ConnectionRow.IdOf(owner));
            query = query.Where(r => r.OwnerKind == kind && r.OwnerId == id);
        }
        if (filter.State?.ToString() is { } state)
            query = query.Where(r => r.State == state);
        if (filter.Health?.ToString() is { } health)
            query = query.Where(r => r.Health == health);
        if (filter.Attention?.ToString() is { } attention)
            query = query.Where(r => r.Attention == attention);
        if (filter.After?.Value is { } after)
            query = query.Where(r => r.Id.CompareTo(after) > 0);
        query = filter is { After: null, Most: null } ? query.OrderBy(r => r.CreatedAt).ThenBy(r => r.Id) : query.OrderBy(r => r.Id);
        if (filter.Most is { } most)
            query = query.Take(most);
        var rows = await query.ToListAsync(cancellationToken);
        return [.. rows.Select(r => r.ToConnection())];
    }

    public async Task<bool> TryUpdateAsync(Connection connection, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        if (connection.WithdrawsLoss && await database.Alerts.Where(r => r.SubjectId == connection.Id.Value && r.Kind == nameof(AlertKind.Lost) && !r.IsAddressed).ExecuteDeleteAsync(cancellationToken) > 0)
            connection.LossWithdrawn();
        var row = ConnectionRow.Of(connection);
        var version = row.Version + 1;
        try
        {
            if (row.IsDefault)
                await ClearDefaultAsync(database, row, cancellationToken);
            Change(database, row, version, connection.ChecksNow);
            AddNews(database, connection);
            await database.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateConcurrencyException)
        {
            return false; // Leaving the transaction uncommitted puts the former default back.
        }
        catch (Exception e) when (row.IsDefault && database.IsDuplicate(e))
        {
            // Another became the default meanwhile: whoever tries again takes over from it.
            return false;
        }

        await transaction.CommitAsync(cancellationToken);
        connection.Stored(version);
        return true;
    }

    public async Task<bool> TryRemoveAsync(Connection connection, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return 1 == await database.Connections.Where(r => r.Id == connection.Id.Value && r.Version == connection.Record.Version).ExecuteDeleteAsync(cancellationToken);
    }

    public async Task<long?> FindVersionAsync(ConnectionId id, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return await database.Connections.Where(r => r.Id == id.Value).Select(r => (long?)r.Version).FirstOrDefaultAsync(cancellationToken);
    }

    // As a tracked row: an expression over so many columns would cost many times as much to build and to look up, and this is written for every check.
    private static void Change(RecipesDatabase database, ConnectionRow row, long version, bool checksNow)
    {
        var entry = database.Entry(row);
        entry.State = EntityState.Modified;
        entry.Property(r => r.Version).CurrentValue = version;
        // When it is checked is the schedule's affair.
        entry.Property(r => r.CheckAt).IsModified = checksNow;
        entry.Property(r => r.ClaimedUntil).IsModified = false;
        entry.Property(r => r.CreatedAt).IsModified = false;
    }

    private static void AddNews(RecipesDatabase database, Connection connection)
    {
        database.AddRange(connection.Entries.Select(LogEntryRow.Of));
        database.AddRange(connection.Alerts.Select(AlertRow.Of));
    }

    /// <summary>The version counts up too: who still holds the former default must read again before writing it back.</summary>
    private static Task ClearDefaultAsync(RecipesDatabase database, ConnectionRow heir, CancellationToken cancellationToken) => database.Connections
        .Where(r => r.DefinitionId == heir.DefinitionId && r.OwnerKind == heir.OwnerKind && r.OwnerId == heir.OwnerId && r.IsDefault && r.Id != heir.Id)
        .ExecuteUpdateAsync(set => set.SetProperty(r => r.IsDefault, false).SetProperty(r => r.Version, r => r.Version + 1), cancellationToken);
}
