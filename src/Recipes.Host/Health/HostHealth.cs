using Recipes.Storage;

namespace Recipes.Host;

/// <summary>Whether this node can do its work. However many ask, it looks once a second.</summary>
internal sealed class HostHealth(StorageHealth storage, Sweeps sweeps, SweepSchedule schedule, TimeProvider time)
{
    private static readonly TimeSpan s_freshFor = TimeSpan.FromSeconds(1);

    /// <summary>Whoever asks does not wait longer: a database that takes so long cannot be used.</summary>
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(2);

    /// <summary>How long after the start the schedule may still be about to begin.</summary>
    private static readonly TimeSpan s_beginning = TimeSpan.FromMinutes(1);

    private readonly long _startedAt = time.GetTimestamp();
    private readonly Lock _lock = new();
    private Task<StorageState>? _looking;
    private long _lookedAt;

    public async Task<HealthReply> LookAsync()
    {
        var state = await StateAsync();
        var parts = sweeps.All.OrderBy(s => s.Name, StringComparer.Ordinal).Select(s => Part(s, sweeps.LastRunOf(s.Name))).ToList();
        var schedules = schedule.IsRunning || time.GetElapsedTime(_startedAt) < s_beginning;
        var status = !state.IsReachable || !state.IsKeyRingUsable || !schedules ? "failing"
            : parts.Any(p => p.Failed == true) || state.HearsOthers == false ? "degraded"
            : "ok";
        return new(status)
        {
            Database = new(state.IsReachable, state.HearsOthers),
            KeyRing = new(state.IsKeyRingUsable),
            Schedules = new(schedule.IsRunning, parts),
        };
    }

    private HealthReply.SweepPart Part(ISweep sweep, SweepRun? last) => new(sweep.Name, schedule.EveryOf(sweep).TotalSeconds, last?.StartedAt, last?.EndedAt, last?.Failed);

    private Task<StorageState> StateAsync()
    {
        lock (_lock)
        {
            if (_looking is null || (_looking.IsCompleted && time.GetElapsedTime(_lookedAt) >= s_freshFor))
                (_looking, _lookedAt) = (LookOnceAsync(), time.GetTimestamp());
            return _looking;
        }
    }

    private async Task<StorageState> LookOnceAsync()
    {
        await Task.Yield();
        using var limit = new CancellationTokenSource(s_limit, time);
        return await storage.LookAsync(limit.Token);
    }
}
