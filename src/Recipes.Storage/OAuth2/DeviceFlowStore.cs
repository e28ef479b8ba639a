using Microsoft.EntityFrameworkCore;
using Recipes.Connections;

namespace Recipes.Storage;

/// <summary>Device authorizations in the database: all tabs and nodes share their pace.</summary>
internal sealed class DeviceFlowStore(IDbContextFactory<RecipesDatabase> databases) : IDeviceFlowStore
{
    private static readonly TimeSpan s_keptFor = TimeSpan.FromDays(1);
    private static readonly string s_pending = nameof(DeviceFlowStatus.Pending);

    public async Task ReplaceAsync(DeviceFlow flow, CancellationToken cancellationToken)
    {
        var row = DeviceFlowRow.Of(flow);
        var old = flow.StartedAt - s_keptFor;
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
                await database.DeviceFlows.Where(r => r.ConnectionId == row.ConnectionId || r.ExpiresAt < old).ExecuteDeleteAsync(cancellationToken);
                database.Add(row);
                await database.SaveChangesAsync(cancellationToken);
                await transaction.CommitAsync(cancellationToken);
                return;
            }
            catch (DbUpdateException e) when (attempt < 3 && database.IsDuplicate(e))
            {
                // Two tabs started at once: the later one stays.
                database.ChangeTracker.Clear();
            }
        }
    }

    public async Task<DeviceFlow?> FindAsync(ConnectionId connection, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var row = await database.DeviceFlows.FirstOrDefaultAsync(r => r.ConnectionId == connection.Value, cancellationToken);
        return row?.ToFlow();
    }

    public async Task<IReadOnlyList<ConnectionId>> ListDueAsync(DateTimeOffset now, int most, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var ids = await database.DeviceFlows.Where(r => r.Status == s_pending && r.NextPollAt <= now).OrderBy(r => r.NextPollAt)
            .Select(r => r.ConnectionId).Take(most).ToListAsync(cancellationToken);
        return [.. ids.Select(id => new ConnectionId(id))];
    }

    public async Task<bool> TryClaimAsync(DeviceFlow seen, DateTimeOffset until, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return 1 == await database.DeviceFlows.Where(r => r.Id == seen.Id && r.Status == s_pending && r.NextPollAt == seen.NextPollAt)
            .ExecuteUpdateAsync(set => set.SetProperty(r => r.NextPollAt, until), cancellationToken);
    }

    public async Task ScheduleAsync(Guid id, DateTimeOffset nextPollAt, TimeSpan interval, CancellationToken cancellationToken)
    {
        var seconds = interval.TotalSeconds;
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        await database.DeviceFlows.Where(r => r.Id == id && r.Status == s_pending)
            .ExecuteUpdateAsync(set => set.SetProperty(r => r.NextPollAt, nextPollAt).SetProperty(r => r.IntervalSeconds, seconds), cancellationToken);
    }

    public async Task EndAsync(Guid id, DeviceFlowStatus status, Failure? failure, CancellationToken cancellationToken)
    {
        var (name, json, isConnected) = (status.ToString(), StoredJson.Write(failure), status == DeviceFlowStatus.Connected);
        // Nothing is asked with it any more.
        byte[] none = [];
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        await database.DeviceFlows.Where(r => r.Id == id && (isConnected || r.Status == s_pending))
            .ExecuteUpdateAsync(set => set.SetProperty(r => r.Status, name).SetProperty(r => r.Failure, json).SetProperty(r => r.SealedDeviceCode, none), cancellationToken);
    }
}
