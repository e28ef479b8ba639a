using Microsoft.EntityFrameworkCore;
using Recipes.Connections;

namespace Recipes.Storage;

/// <summary>Incidents in the database. A unique index lets one of each provider be open; the connections in it are those that name it.</summary>
internal sealed class IncidentStore(IDbContextFactory<RecipesDatabase> databases) : IIncidentStore
{
    private static readonly string[] s_unused = [nameof(ConnectionState.Pending), nameof(ConnectionState.Disconnected)];
    private static readonly string[] s_refused = [nameof(ConnectionState.Suspect), nameof(ConnectionState.ReauthorizationRequired)];

    public async Task<Incident?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return (await database.Incidents.FirstOrDefaultAsync(r => r.Id == id, cancellationToken))?.ToIncident();
    }

    public async Task<Incident?> FindLatestAsync(TenantId tenant, Provider provider, CancellationToken cancellationToken)
    {
        var name = provider.ToString();
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var row = await database.Incidents.Where(r => r.Tenant == tenant.Value && r.Provider == name).OrderByDescending(r => r.OpenedAt).ThenByDescending(r => r.Id).FirstOrDefaultAsync(cancellationToken);
        return row?.ToIncident();
    }

    public async Task<IReadOnlyList<Incident>> ListOpenAsync(TenantId? tenant, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var open = database.Incidents.Where(r => r.ClosedAt == null);
        if (tenant?.Value is { } only)
            open = open.Where(r => r.Tenant == only);
        var rows = await open.OrderBy(r => r.OpenedAt).Select(r => new { Incident = r, Affected = database.Connections.Count(c => c.IncidentId == r.Id) }).ToListAsync(cancellationToken);
        return [.. rows.Select(r => r.Incident.ToIncident(r.Affected))];
    }

    public async Task<bool> TryOpenAsync(Incident incident, Alert alert, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        database.Add(IncidentRow.Of(incident));
        database.Add(AlertRow.Of(alert));
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

    public async Task<bool> TryUpdateAsync(Incident incident, Alert? alert, CancellationToken cancellationToken)
    {
        var row = IncidentRow.Of(incident);
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        var stored = await database.Incidents.Where(r => r.Id == row.Id && r.Version == row.Version && r.ClosedAt == null).ExecuteUpdateAsync(
            set => set
                .SetProperty(r => r.Tries, row.Tries)
                .SetProperty(r => r.NextTryAt, row.NextTryAt)
                .SetProperty(r => r.ClosedAt, row.ClosedAt)
                .SetProperty(r => r.Outcome, row.Outcome)
                .SetProperty(r => r.Affected, row.Affected)
                .SetProperty(r => r.Version, row.Version + 1),
            cancellationToken);
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

    public async Task<bool> HasAsync(TenantId tenant, string connector, int connections, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return await Of(database, tenant, connector).Where(r => !s_unused.Contains(r.State)).Take(connections).CountAsync(cancellationToken) >= connections;
    }

    public async Task<IReadOnlyList<RefusedConnection>> ListRefusedAsync(TenantId tenant, Provider provider, DateTimeOffset since, int most, CancellationToken cancellationToken)
    {
        var (name, nobody) = (provider.ToString(), nameof(OwnerKind.Organisation));
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var rows = await database.Connections
            .Where(r => r.RefusedBy == name && r.RefusedAt >= since && r.Tenant == tenant.Value && r.IncidentId == null && s_refused.Contains(r.State))
            .OrderByDescending(r => r.RefusedAt).Take(most)
            .Select(r => new { r.Id, r.OwnerKind, r.OwnerId, Account = r.AccountId ?? r.AccountLabel }).ToListAsync(cancellationToken);
        return [.. rows.Select(r => new RefusedConnection(new(r.Id), r.OwnerKind == nobody ? r.Account ?? r.Id.ToString() : $"{r.OwnerKind} {r.OwnerId}"))];
    }

    public async Task<IReadOnlyList<FineConnection>> ListFineAsync(TenantId tenant, string connector, DateTimeOffset since, int most, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var rows = await Of(database, tenant, connector)
            .Where(r => r.State == nameof(ConnectionState.Connected) && r.UpdatedAt >= since && r.Failure == null)
            .Take(most).Select(r => new { r.DefinitionId, r.Fields }).ToListAsync(cancellationToken);
        return [.. rows.Select(r => new FineConnection(new(r.DefinitionId), StoredJson.ReadMap(r.Fields)))];
    }

    public async Task<IReadOnlyList<ConnectionId>> PickHeldAsync(Guid incident, int most, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var ids = await database.Connections.Where(r => r.IncidentId == incident).OrderBy(_ => EF.Functions.Random()).Take(most).Select(r => r.Id).ToListAsync(cancellationToken);
        return [.. ids.Select(id => new ConnectionId(id))];
    }

    public async Task<int> PurgeAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return await database.Incidents.Where(r => r.ClosedAt < before && !database.Connections.Any(c => c.IncidentId == r.Id)).ExecuteDeleteAsync(cancellationToken);
    }

    private static IQueryable<ConnectionRow> Of(RecipesDatabase database, TenantId tenant, string connector) =>
        from connection in database.Connections
        join definition in database.ConnectionDefinitions on connection.DefinitionId equals definition.Id
        where definition.Tenant == tenant.Value && definition.Connector == connector
        select connection;
}
