using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Recipes.Connections;

/// <summary>Decides about suspects: one probe each, after a pause, clears a connection or confirms that its credential is dead.</summary>
internal sealed partial class SuspectChecks(IConnectionStore store, Prober prober, IOptions<ProbeOptions> options, TimeProvider time, ILogger<SuspectChecks> log) : BackgroundService
{
    private const int MostPerRound = 100;

    /// <summary>Probes every suspect whose pause is over; one that cannot be probed stops no other.</summary>
    public async Task CheckDueAsync(CancellationToken cancellationToken)
    {
        var due = time.GetUtcNow() - options.Value.SuspectPause;
        foreach (var id in await store.ListInStateAsync(ConnectionState.Suspect, MostPerRound, cancellationToken))
        {
            try
            {
                if (await store.FindAsync(id, cancellationToken) is { Record.SuspectSince: { } since } && since <= due)
                    await prober.ProbeAsync(id, Actor.Revalidation, cancellationToken);
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                LogFailed(log, e, id);
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.SuspectInterval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await CheckDueAsync(stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                LogRoundFailed(log, e);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The suspect connection {Connection} could not be probed; it stays suspect")]
    private static partial void LogFailed(ILogger logger, Exception exception, ConnectionId connection);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Suspect connections could not be listed; tried again with the next round")]
    private static partial void LogRoundFailed(ILogger logger, Exception exception);
}
