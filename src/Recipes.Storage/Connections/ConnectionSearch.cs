using Microsoft.EntityFrameworkCore;
using Recipes.Connections;

namespace Recipes.Storage;

/// <summary>Looks through many connections in the database, and reads only those that are shown.</summary>
internal sealed class ConnectionSearch(IDbContextFactory<RecipesDatabase> databases) : IConnectionSearch
{
    private const int MostAtOnce = 200;
    private static readonly string[] s_urgent = [.. Attentions.Urgent.Select(a => a.ToString())];

    public async Task<FoundConnections> FindAsync(TenantId tenant, ConnectionQuery query, int skip, int most, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var found = Narrow(database.Connections.Where(r => r.Tenant == tenant.Value), query);
        // Sorting carries the keys alone: whole rows are large.
        var ids = await Sort(database, found, query).Skip(Math.Max(skip, 0)).Take(Math.Clamp(most, 1, MostAtOnce)).ToListAsync(cancellationToken);
        var rows = await database.Connections.Where(r => ids.Contains(r.Id)).ToDictionaryAsync(r => r.Id, cancellationToken);
        // Of those that are gone since nothing is shown.
        Connection[] shown = [.. ids.Where(rows.ContainsKey).Select(id => rows[id].ToConnection())];
        return new(shown, await found.CountAsync(cancellationToken), await AmongSeveralAsync(database, tenant, shown, cancellationToken));
    }

    public async Task<IReadOnlyDictionary<Health, int>> CountAsync(TenantId tenant, ConnectionQuery query, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var fitting = Narrow(database.Connections.Where(r => r.Tenant == tenant.Value), query with { Health = null, Attention = null });
        var counts = await fitting.GroupBy(r => r.Health).Select(g => new { Health = g.Key, Count = g.Count() }).ToListAsync(cancellationToken);
        return counts.ToDictionary(c => Enum.Parse<Health>(c.Health), c => c.Count);
    }

    public async Task<IReadOnlyList<HealthCount>> CountAsync(TenantId tenant, Owner? owner, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var counts = await Of(database, tenant, owner).GroupBy(r => new { r.DefinitionId, r.Health, r.Attention })
            .Select(g => new { g.Key.DefinitionId, g.Key.Health, g.Key.Attention, Count = g.Count() }).ToListAsync(cancellationToken);
        return [.. counts.Select(c => new HealthCount(new(c.DefinitionId), Enum.Parse<Health>(c.Health), Enum.Parse<Attention>(c.Attention), c.Count))];
    }

    public async Task<int> CountUrgentAsync(TenantId tenant, Owner? owner, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return await Of(database, tenant, owner).CountAsync(r => s_urgent.Contains(r.Attention), cancellationToken);
    }

    public async Task<int> CountRejectedClientsAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return await database.ConnectionDefinitions.CountAsync(r => r.Tenant == tenant.Value && r.ClientFailure != null, cancellationToken);
    }

    private static async Task<HashSet<ConnectionId>> AmongSeveralAsync(RecipesDatabase database, TenantId tenant, Connection[] shown, CancellationToken cancellationToken)
    {
        var definitions = shown.Select(c => c.DefinitionId.Value).Distinct().ToArray();
        var owners = shown.Select(c => ConnectionRow.IdOf(c.Owner)).Distinct().ToArray();
        var counts = await database.Connections.Where(r => r.Tenant == tenant.Value && definitions.Contains(r.DefinitionId) && owners.Contains(r.OwnerId))
            .GroupBy(r => new { r.DefinitionId, r.OwnerKind, r.OwnerId }).Where(g => g.Count() > 1).Select(g => g.Key).ToListAsync(cancellationToken);
        var several = counts.Select(k => (k.DefinitionId, k.OwnerKind, k.OwnerId)).ToHashSet();
        return [.. shown.Where(c => several.Contains((c.DefinitionId.Value, c.Owner.Kind.ToString(), ConnectionRow.IdOf(c.Owner)))).Select(c => c.Id)];
    }

    private static IQueryable<ConnectionRow> Of(RecipesDatabase database, TenantId tenant, Owner? owner) =>
        Narrow(database.Connections.Where(r => r.Tenant == tenant.Value), new() { Owner = owner });

    private static IQueryable<ConnectionRow> Narrow(IQueryable<ConnectionRow> rows, ConnectionQuery query)
    {
        if (query.Definition?.Value is { } definition)
            rows = rows.Where(r => r.DefinitionId == definition);
        if (query.Definitions is { } definitions)
        {
            var ids = definitions.Select(d => d.Value).ToArray();
            rows = rows.Where(r => ids.Contains(r.DefinitionId));
        }

        if (query.OwnerKind?.ToString() is { } ownerKind)
            rows = rows.Where(r => r.OwnerKind == ownerKind);
        if (query.Owner is { } owner)
        {
            var (kind, id) = (owner.Kind.ToString(), ConnectionRow.IdOf(owner));
            rows = rows.Where(r => r.OwnerKind == kind && r.OwnerId == id);
        }

        if (query.Health?.ToString() is { } health)
            rows = rows.Where(r => r.Health == health);
        if (query.Attention?.ToString() is { } attention)
            rows = rows.Where(r => r.Attention == attention);
        if (query.Text is not { Length: > 0 } text)
            return rows;
        var named = query.TextDefinitions.Select(d => d.Value).ToArray();
        // SQLite folds ASCII letters only: others are found as they were typed.
        var lower = text.ToLowerInvariant();
        return rows.Where(r => named.Contains(r.DefinitionId)
            || r.DisplayName.ToLower().Contains(lower) || r.DisplayName.Contains(text)
            || (r.AccountLabel != null && (r.AccountLabel.ToLower().Contains(lower) || r.AccountLabel.Contains(text)))
            || r.OwnerId.ToLower().Contains(lower) || (r.OwnerId == "" && r.OwnerKind.ToLower().Contains(lower)));
    }

    private static IQueryable<Guid> Sort(RecipesDatabase database, IQueryable<ConnectionRow> rows, ConnectionQuery query)
    {
        if (query.Attention is not null)
            return rows.OrderByDescending(r => r.HealthSince ?? r.CreatedAt).ThenBy(r => r.Id).Select(r => r.Id);
        var (red, grey) = (nameof(Health.Red), nameof(Health.Grey));
        return from row in rows
               join definition in database.ConnectionDefinitions on row.DefinitionId equals definition.Id
               orderby row.Health == red ? 0 : row.Health == grey ? 2 : 1, definition.DisplayName, row.DisplayName, row.Id
               select row.Id;
    }
}
