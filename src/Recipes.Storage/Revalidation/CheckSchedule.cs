using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Recipes.Connections;

namespace Recipes.Storage;

/// <summary>When connections are checked, in the database: all nodes take from it.</summary>
internal sealed class CheckSchedule(IDbContextFactory<RecipesDatabase> databases) : ICheckSchedule
{
    public async Task<IReadOnlyList<CheckClaim>> ClaimAsync(DateTimeOffset now, DateTimeOffset suspectBefore, DateTimeOffset until, int most, CancellationToken cancellationToken)
    {
        // As exactly as every database keeps it: the end tells whose claim it is.
        until = until.AddTicks(-(until.Ticks % TimeSpan.TicksPerMicrosecond));
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var (at, suspects, held) = (database.Raw(now), database.Raw(suspectBefore), database.Raw(until));
        // Materialized: PostgreSQL might look for what is due again for every row that it updates, and then claims more than was asked for.
        var sql = FormattableStringFactory.Create($$"""
            WITH due AS MATERIALIZED (
                SELECT id FROM connections
                WHERE (claimed_until IS NULL OR claimed_until < {1}) AND check_at <= {1}
                    AND (state IN ('Connected', 'ReauthorizationRequired') OR (state = 'Suspect' AND suspect_since <= {2}))
                    AND (incident_id IS NULL OR NOT EXISTS (SELECT 1 FROM incidents i WHERE i.id = connections.incident_id AND i.closed_at IS NULL))
                ORDER BY check_at LIMIT {3} {{database.SkipLocked}})
            UPDATE connections SET claimed_until = {0} WHERE id IN (SELECT id FROM due)
            RETURNING id AS "Value"
            """, held, at, suspects, most);
        var ids = await database.Database.SqlQuery<Guid>(sql).ToListAsync(cancellationToken);
        return [.. ids.Select(id => new CheckClaim(new(id), now, until))];
    }

    public async Task CompleteAsync(IReadOnlyCollection<CompletedCheck> checks, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        // In one order on every node: two must not wait for each other.
        foreach (var (claim, nextAt) in checks.OrderBy(c => c.Claim.Connection.Value))
        {
            var (id, at, until, next) = (database.Raw(claim.Connection.Value), database.Raw(claim.At), database.Raw(claim.Until), database.Raw(nextAt));
            await database.Database.ExecuteSqlAsync($"""
                UPDATE connections SET check_at = CASE WHEN check_at > {at} THEN check_at ELSE {next} END, claimed_until = NULL WHERE id = {id} AND claimed_until = {until}
                """, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    public async Task<IReadOnlyDictionary<ConnectionId, DateTimeOffset>> ListAsync(IReadOnlyCollection<ConnectionId> ids, CancellationToken cancellationToken)
    {
        var values = ids.Select(id => id.Value).ToArray();
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return await database.Connections.Where(r => values.Contains(r.Id)).Select(r => new { r.Id, r.CheckAt }).ToDictionaryAsync(r => new ConnectionId(r.Id), r => r.CheckAt, cancellationToken);
    }
}
