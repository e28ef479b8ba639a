using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Recipes.Connections;

namespace Recipes.Storage;

/// <summary>Alerts on their way, in the database: all nodes take from it.</summary>
/// <remarks>A claim is the time of the next try, put off, together with the number of the try: whoever comes back after its claim has run out changes nothing.</remarks>
internal sealed class AlertOutbox(IDbContextFactory<RecipesDatabase> databases) : IAlertOutbox
{
    public async Task<IReadOnlyList<Alert>> ListNewAsync(DateTimeOffset now, int most, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var rows = await database.Alerts.Where(r => !r.IsAddressed && (r.TellFrom == null || r.TellFrom <= now)).OrderBy(r => r.Number).Take(most).ToListAsync(cancellationToken);
        return [.. rows.Select(r => r.ToAlert())];
    }

    public async Task<bool> TryAddressAsync(Guid alert, IReadOnlyCollection<string> targets, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        if (await database.Alerts.Where(r => r.Id == alert && !r.IsAddressed).ExecuteUpdateAsync(set => set.SetProperty(r => r.IsAddressed, true), cancellationToken) == 0)
            return false;
        database.AddRange(targets.Distinct(StringComparer.Ordinal).Select(target => new AlertDeliveryRow { Id = Guid.CreateVersion7(now), AlertId = alert, Target = target, NextTryAt = now }));
        await database.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    public async Task<IReadOnlyList<AlertDelivery>> ClaimAsync(DateTimeOffset now, DateTimeOffset until, int most, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        // What is owed first, though not yet decided to whom, holds back what comes after it as well.
        var sql = FormattableStringFactory.Create($$"""
            WITH due AS MATERIALIZED (
                SELECT d.id FROM alert_deliveries d
                WHERE d.next_try_at <= {0} AND NOT EXISTS (
                    SELECT 1 FROM alerts a
                    JOIN alerts earlier ON earlier.subject_id = a.subject_id AND earlier.number < a.number
                    LEFT JOIN alert_deliveries owed ON owed.alert_id = earlier.id AND owed.target = d.target AND owed.next_try_at IS NOT NULL
                    WHERE a.id = d.alert_id AND (NOT earlier.is_addressed OR owed.id IS NOT NULL))
                ORDER BY d.next_try_at, d.id LIMIT {1} {{database.SkipLocked}})
            UPDATE alert_deliveries SET next_try_at = {2}, tries = tries + 1 WHERE id IN (SELECT id FROM due)
            RETURNING id AS "Value"
            """, database.Raw(now), most, database.Raw(until));
        var ids = await database.Database.SqlQuery<Guid>(sql).ToListAsync(cancellationToken);
        return ids.Count == 0 ? [] : await ReadAsync(Deliveries(database).Where(d => ids.Contains(d.Delivery.Id)).OrderBy(d => d.Alert.Number), cancellationToken);
    }

    public async Task DeliveredAsync(AlertDelivery delivery, DateTimeOffset at, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        // Also when the claim has run out: what was taken need not be sent again.
        await database.AlertDeliveries.Where(r => r.Id == delivery.Id && r.DeliveredAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(r => r.DeliveredAt, at).SetProperty(r => r.NextTryAt, (DateTimeOffset?)null).SetProperty(r => r.Error, (string?)null), cancellationToken);
    }

    public async Task FailedAsync(AlertDelivery delivery, DateTimeOffset? nextTryAt, string error, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        await database.AlertDeliveries.Where(r => r.Id == delivery.Id && r.Tries == delivery.Tries && r.DeliveredAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(r => r.NextTryAt, nextTryAt).SetProperty(r => r.Error, error), cancellationToken);
    }

    public async Task<IReadOnlyList<AlertDelivery>> ListAsync(TenantId tenant, int most, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return await ReadAsync(Deliveries(database).Where(d => d.Alert.Tenant == tenant.Value).OrderByDescending(d => d.Alert.Number).ThenBy(d => d.Delivery.Target).Take(most), cancellationToken);
    }

    public async Task<int> PurgeAsync(DateTimeOffset before, int most, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var old = database.Alerts.Where(r => r.At < before).OrderBy(r => r.At).Take(most).Select(r => r.Number);
        return await database.Alerts.Where(r => old.Contains(r.Number)).ExecuteDeleteAsync(cancellationToken);
    }

    private static IQueryable<Found> Deliveries(RecipesDatabase database) =>
        from delivery in database.AlertDeliveries
        join alert in database.Alerts on delivery.AlertId equals alert.Id
        select new Found { Delivery = delivery, Alert = alert };

    private static async Task<IReadOnlyList<AlertDelivery>> ReadAsync(IQueryable<Found> query, CancellationToken cancellationToken) =>
        [.. (await query.ToListAsync(cancellationToken)).Select(f => f.Delivery.ToDelivery(f.Alert))];

    private sealed class Found
    {
        public required AlertDeliveryRow Delivery { get; init; }
        public required AlertRow Alert { get; init; }
    }
}
