using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Recipes.Connections;

namespace Recipes.Storage;

/// <summary>When connections are checked, in the database: all nodes take from it.</summary>
internal sealed class CheckSchedule(IDbContextFactory<RecipesDatabase> databases) : ICheckSchedule
{
    public async Task<IReadOnlyList<ConnectionId>> ClaimAsync(DateTimeOffset now, DateTimeOffset suspectBefore, DateTimeOffset until, int most, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var (at, suspects, held) = (database.Raw(now), database.Raw(suspectBefore), database.Raw(until));
        // Materialized: PostgreSQL might look for what is due again for every row that it updates, and then claims more than was asked for.
        var sql = FormattableStringFactory.Create($$"""
            WITH due AS MATERIALIZED (
                SELECT id FROM connections
                WHERE (claimed_until IS NULL OR claimed_until < {1})
                    AND ((state = 'Suspect' AND suspect_since <= {2}) OR (state IN ('Connected', 'ReauthorizationRequired') AND check_at <= {1}))
                ORDER BY check_at LIMIT {3} {{database.SkipLocked}})
            UPDATE connections SET claimed_until = {0} WHERE id IN (SELECT id FROM due)
            RETURNING id AS "Value"
            """, held, at, suspects, most);
        var ids = await database.Database.SqlQuery<Guid>(sql).ToListAsync(cancellationToken);
        return [.. ids.Select(id => new ConnectionId(id))];
    }

    public async Task CompleteAsync(ConnectionId connection, DateTimeOffset nextAt, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        await database.Connections.Where(r => r.Id == connection.Value)
            .ExecuteUpdateAsync(set => set.SetProperty(r => r.CheckAt, nextAt).SetProperty(r => r.ClaimedUntil, (DateTimeOffset?)null), cancellationToken);
    }
}
