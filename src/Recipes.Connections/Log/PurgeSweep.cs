using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Recipes.Connections;

/// <summary>Forgets what is older than it is to be kept, a little at a time, so that nobody waits long for it.</summary>
public sealed partial class PurgeSweep(IConnectionLog log, IAlertOutbox alerts, IIncidentStore incidents, IOptions<HistoryOptions> options, TimeProvider time, ILogger<PurgeSweep> logger) : ISweep
{
    internal const int MostAtOnce = 1000;

    public string Name => "purge";

    public TimeSpan Every => TimeSpan.FromHours(1);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var before = time.GetUtcNow() - TimeSpan.FromDays(options.Value.KeepDays);
        var purged = await UntilNoneAsync(() => log.PurgeAsync(before, MostAtOnce, cancellationToken), cancellationToken)
            + await UntilNoneAsync(() => alerts.PurgeAsync(before, MostAtOnce, cancellationToken), cancellationToken)
            + await incidents.PurgeAsync(before, cancellationToken);
        if (purged > 0)
            LogPurged(logger, purged, before);
    }

    private static async Task<long> UntilNoneAsync(Func<Task<int>> purge, CancellationToken cancellationToken)
    {
        long all = 0;
        while (await purge() is > 0 and var some)
        {
            all += some;
            cancellationToken.ThrowIfCancellationRequested();
        }

        return all;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Rows} log entries, figures, alerts and incidents from before {Before} are forgotten")]
    private static partial void LogPurged(ILogger logger, long rows, DateTimeOffset before);
}
