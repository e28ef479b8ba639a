using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Recipes.Connections;
using Recipes.Engine;

namespace Recipes.Storage;

/// <summary>Triggers in the database: all nodes take from it.</summary>
internal sealed class TriggerStore(IDbContextFactory<RecipesDatabase> databases, TimeProvider time) : ITriggerStore
{
    private const string ScheduleType = "Recipes.Schedule";

    public async Task<TriggerState?> FindAsync(TenantId tenant, string recipe, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return (await database.Triggers.FirstOrDefaultAsync(r => r.Tenant == tenant.Value && r.Recipe == recipe, cancellationToken))?.ToState();
    }

    public async Task<TriggerState?> FindByPathAsync(byte[] pathHash, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return (await database.Triggers.FirstOrDefaultAsync(r => r.PathHash == pathHash, cancellationToken))?.ToState();
    }

    public async Task<IReadOnlyList<TriggerState>> ListAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return [.. (await database.Triggers.Where(r => r.Tenant == tenant.Value).OrderBy(r => r.Recipe).ToListAsync(cancellationToken)).Select(r => r.ToState())];
    }

    public async Task<bool> TryAddAsync(TriggerState trigger, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        database.Add(TriggerRow.Of(trigger));
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

    public async Task<bool> TryChangeAsync(TriggerState trigger, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync(database, "UPDATE triggers SET lease_owner = NULL, lease_expires_at = NULL WHERE id = {1}", trigger.Id, Guid.Empty, TimeSpan.Zero, cancellationToken);
        return await TryStoreAsync(database, trigger, cancellationToken) && await CommitAsync(transaction, cancellationToken);
    }

    public async Task<IReadOnlyList<TriggerState>> ClaimAsync(Guid owner, DateTimeOffset now, TimeSpan life, int most, IReadOnlyCollection<string> without, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var others = without.Count == 0 ? "" : $"AND type NOT IN ({string.Join(", ", Enumerable.Range(5, without.Count).Select(i => $"{{{i}}}"))})";
        var free = $"next_at <= {{3}} AND (lease_owner IS NULL OR lease_expires_at <= {database.LeaseClock})";
        // Numbered first and locked afterwards: PostgreSQL locks no rows of a window. What another node locks meanwhile is left to it.
        var sql = FormattableStringFactory.Create($$"""
            WITH turns AS MATERIALIZED (
                SELECT id, next_at, ROW_NUMBER() OVER (PARTITION BY tenant, type ORDER BY next_at, id) AS turn FROM triggers WHERE {{free}} {{others}}),
            due AS MATERIALIZED (
                SELECT id FROM triggers WHERE id IN (SELECT id FROM turns ORDER BY turn, next_at, id LIMIT {4}) AND {{free}} {{database.SkipLocked}})
            UPDATE triggers SET lease_owner = {1}, lease_expires_at = {{database.LeaseClock}} + {2} WHERE id IN (SELECT id FROM due)
            RETURNING id AS "Value"
            """, [database.Raw(time.GetUtcNow()), database.Raw(owner), database.Raw(life), database.Raw(now), most, .. without]);
        var ids = await database.Database.SqlQuery<Guid>(sql).ToListAsync(cancellationToken);
        return ids.Count == 0 ? [] : [.. (await database.Triggers.Where(r => ids.Contains(r.Id)).OrderBy(r => r.NextAt).ThenBy(r => r.Id).ToListAsync(cancellationToken)).Select(r => r.ToState())];
    }

    public async Task<TriggerState?> TryClaimAsync(TriggerId id, Guid owner, TimeSpan life, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var claimed = await ExecuteAsync(
            database, $"UPDATE triggers SET lease_owner = {{2}}, lease_expires_at = {database.LeaseClock} + {{3}} WHERE id = {{1}} AND (lease_owner IS NULL OR lease_expires_at <= {database.LeaseClock})",
            id, owner, life, cancellationToken);
        return claimed ? (await database.Triggers.FirstOrDefaultAsync(r => r.Id == id.Value, cancellationToken))?.ToState() : null;
    }

    public async Task<TriggerState?> TryWriteAsync(TriggerState trigger, Guid owner, TimeSpan? life, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        // The row is locked from here on: nobody takes the claim while this is written.
        var mine = life is { } length
            ? await ExecuteAsync(database, Renewal(database), trigger.Id, owner, length, cancellationToken)
            : await ExecuteAsync(database, "UPDATE triggers SET lease_owner = NULL, lease_expires_at = NULL WHERE id = {1} AND lease_owner = {2}", trigger.Id, owner, TimeSpan.Zero, cancellationToken);
        return mine && await TryStoreAsync(database, trigger, cancellationToken) && await CommitAsync(transaction, cancellationToken) ? trigger with { Version = trigger.Version + 1 } : null;
    }

    public async Task<bool> TryRenewAsync(TriggerId id, Guid owner, TimeSpan life, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return await ExecuteAsync(database, Renewal(database), id, owner, life, cancellationToken);
    }

    public async Task NoteAsync(TriggerId id, TriggerResult result, CancellationToken cancellationToken)
    {
        var (outcome, kind) = (result.Outcome.ToString(), result.Kind?.ToString());
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        await database.Triggers.Where(r => r.Id == id.Value && r.IsOn).ExecuteUpdateAsync(set => set
            .SetProperty(r => r.LastOutcome, outcome).SetProperty(r => r.LastMessage, result.Message).SetProperty(r => r.LastAt, result.At)
            .SetProperty(r => r.LastRuns, result.Runs).SetProperty(r => r.LastKind, kind), cancellationToken);
    }

    public async Task<int> WakeAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string Healed = nameof(ConnectionState.Connected);
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return await database.Triggers.Where(r => r.WaitsFor != null && r.IsOn && r.NextAt > now && database.Connections.Any(c => c.Id == r.WaitsFor && c.State == Healed))
            .ExecuteUpdateAsync(set => set.SetProperty(r => r.NextAt, now), cancellationToken);
    }

    public async Task<int> WakeAsync(IReadOnlyCollection<string> recipes, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var names = recipes.ToArray();
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return await database.Triggers
            .Where(r => r.IsOn && names.Contains(r.Recipe) && (r.NextAt == null || r.NextAt > now) && (r.Type == ScheduleType || r.PauseReason != null || r.RegisteredThrough != null))
            .ExecuteUpdateAsync(set => set.SetProperty(r => r.NextAt, now), cancellationToken);
    }

    public async Task<bool> TryRemoveAsync(TriggerState trigger, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return 1 == await database.Triggers.Where(r => r.Id == trigger.Id.Value && r.Version == trigger.Version && r.RegisteredThrough == null).ExecuteDeleteAsync(cancellationToken);
    }

    public async Task<IReadOnlyList<ConnectionNews>> ListNewsAsync(TenantId tenant, long after, int most, CancellationToken cancellationToken)
    {
        const string Lost = nameof(AlertKind.Lost), Recovered = nameof(AlertKind.Recovered);
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        // A loss may be told twice, with another cause; for a recipe it is one.
        var rows = await database.Alerts
            .Where(a => a.Tenant == tenant.Value && a.Number > after && a.ConnectionId != null && (a.Kind == Lost || a.Kind == Recovered)
                && database.Alerts.Where(e => e.SubjectId == a.SubjectId && e.Number < a.Number && (e.Kind == Lost || e.Kind == Recovered)).OrderByDescending(e => e.Number).Select(e => e.Kind).FirstOrDefault() != a.Kind)
            .OrderBy(a => a.Number).Take(most).ToListAsync(cancellationToken);
        return [.. rows.Select(r => new ConnectionNews(r.Number, r.ToAlert()))];
    }

    private static string Renewal(RecipesDatabase database) => $"UPDATE triggers SET lease_expires_at = {database.LeaseClock} + {{3}} WHERE id = {{1}} AND lease_owner = {{2}}";

    private static async Task<bool> TryStoreAsync(RecipesDatabase database, TriggerState trigger, CancellationToken cancellationToken)
    {
        var row = TriggerRow.Of(trigger);
        var entry = database.Entry(row);
        entry.State = EntityState.Modified;
        entry.Property(r => r.Version).CurrentValue = trigger.Version + 1;
        entry.Property(r => r.LeaseOwner).IsModified = false;
        entry.Property(r => r.LeaseExpiresAt).IsModified = false;
        try
        {
            await database.SaveChangesAsync(cancellationToken);
            return true;
        }
        catch (DbUpdateConcurrencyException)
        {
            return false; // Leaving the transaction uncommitted puts the claim back.
        }
    }

    private static async Task<bool> CommitAsync(Microsoft.EntityFrameworkCore.Storage.IDbContextTransaction transaction, CancellationToken cancellationToken)
    {
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    /// <param name="sql">Parameters: 0 this node's time, 1 trigger, 2 owner, 3 life.</param>
    /// <returns>Whether it met a row.</returns>
    private async Task<bool> ExecuteAsync(RecipesDatabase database, string sql, TriggerId trigger, Guid owner, TimeSpan life, CancellationToken cancellationToken) =>
        1 == await database.Database.ExecuteSqlAsync(
            FormattableStringFactory.Create(sql, database.Raw(time.GetUtcNow()), database.Raw(trigger.Value), database.Raw(owner), database.Raw(life)), cancellationToken);
}
