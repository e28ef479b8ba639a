using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Recipes.Connections;

/// <summary>Decides about suspects: one probe each, after a pause, clears a connection or confirms that its credential is dead.</summary>
internal sealed partial class SuspectChecks(IConnectionStore store, Prober prober, IOptions<ProbeOptions> options, TimeProvider time, ILogger<SuspectChecks> log) : ISweep
{
    private const int MostPerRound = 100;

    public string Name => "suspects";

    public TimeSpan Every => options.Value.SuspectInterval;

    /// <summary>Probes every suspect whose pause is over; one that cannot be probed stops no other.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
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

    [LoggerMessage(Level = LogLevel.Warning, Message = "The suspect connection {Connection} could not be probed; it stays suspect")]
    private static partial void LogFailed(ILogger logger, Exception exception, ConnectionId connection);
}
