using Microsoft.EntityFrameworkCore;
using Recipes.Connections;

namespace Recipes.Storage;

/// <summary>The past of connections in the database.</summary>
internal sealed class ConnectionLog(IDbContextFactory<RecipesDatabase> databases) : IConnectionLog
{
    private const int MostAtOnce = 200;

    public async Task AddAsync(LogEntry entry, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        database.Add(LogEntryRow.Of(entry));
        await database.SaveChangesAsync(cancellationToken);
    }

    public async Task<IReadOnlyList<LogEntry>> ListAsync(ConnectionId connection, long? before, int most, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var entries = database.LogEntries.Where(r => r.ConnectionId == connection.Value);
        if (before is { } number)
            entries = entries.Where(r => r.Number < number);
        var rows = await entries.OrderByDescending(r => r.Number).Take(Math.Clamp(most, 1, MostAtOnce)).ToListAsync(cancellationToken);
        return [.. rows.Select(r => r.ToEntry())];
    }

    public async Task<IReadOnlyList<LogEntry>> ListHealthAsync(ConnectionId connection, DateTimeOffset since, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var entries = database.LogEntries.Where(r => r.ConnectionId == connection.Value);
        var last = await entries.Where(r => r.At < since).OrderByDescending(r => r.Number).Select(r => new { r.Number, r.Health }).FirstOrDefaultAsync(cancellationToken);
        // Hardly any entry of many changes the colour: only of those everything is read.
        var colours = await entries.Where(r => r.At >= since).OrderBy(r => r.Number).Select(r => new { r.Number, r.Health }).ToListAsync(cancellationToken);
        if (last is not null)
            colours.Insert(0, last);
        var changes = colours.Where((c, i) => i == 0 || c.Health != colours[i - 1].Health).Select(c => c.Number).ToList();
        var rows = await entries.Where(r => changes.Contains(r.Number)).OrderBy(r => r.Number).ToListAsync(cancellationToken);
        return [.. rows.Select(r => r.ToEntry())];
    }

    public async Task AddAsync(IReadOnlyCollection<DailyFigures> figures, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        // In one order on every node: two that add to the same rows must not wait for each other.
        foreach (var f in figures.OrderBy(f => f.Connection.Value).ThenBy(f => f.Day))
        {
            var (id, day) = (f.Connection.Value, f.Day.DayNumber);
            // A connection that is gone has no figures any more.
            await database.Database.ExecuteSqlAsync($"""
                INSERT INTO connection_days (connection_id, day, uses, failed_uses, refreshes, failed_refreshes, probes, failed_probes)
                SELECT id, {day}, {f.Uses}, {f.FailedUses}, {f.Refreshes}, {f.FailedRefreshes}, {f.Probes}, {f.FailedProbes} FROM connections WHERE id = {database.Raw(id)}
                ON CONFLICT (connection_id, day) DO UPDATE SET
                    uses = connection_days.uses + excluded.uses, failed_uses = connection_days.failed_uses + excluded.failed_uses,
                    refreshes = connection_days.refreshes + excluded.refreshes, failed_refreshes = connection_days.failed_refreshes + excluded.failed_refreshes,
                    probes = connection_days.probes + excluded.probes, failed_probes = connection_days.failed_probes + excluded.failed_probes
                """, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    public async Task<IReadOnlyList<DailyFigures>> ListFiguresAsync(ConnectionId connection, DateOnly since, CancellationToken cancellationToken)
    {
        var first = since.DayNumber;
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var rows = await database.ConnectionDays.Where(r => r.ConnectionId == connection.Value && r.Day >= first).OrderBy(r => r.Day).ToListAsync(cancellationToken);
        return [.. rows.Select(r => r.ToFigures())];
    }

    public async Task<int> PurgeAsync(DateTimeOffset before, int most, CancellationToken cancellationToken)
    {
        var day = DateOnly.FromDateTime(before.UtcDateTime).DayNumber;
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var old = database.LogEntries.Where(r => r.At < before).OrderBy(r => r.At).Take(most).Select(r => r.Number);
        var entries = await database.LogEntries.Where(r => old.Contains(r.Number)).ExecuteDeleteAsync(cancellationToken);
        var figures = await database.Database.ExecuteSqlAsync(
            $"DELETE FROM connection_days WHERE (connection_id, day) IN (SELECT connection_id, day FROM connection_days WHERE day < {day} ORDER BY day LIMIT {most})", cancellationToken);
        return entries + figures;
    }
}
