using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Recipes.Connections;

/// <summary>Finds out with a few connections, less and less often, whether incidents are over. What an incident held comes due by itself once it is closed.</summary>
internal sealed partial class IncidentSweep(
    IIncidentStore incidents, IConnectionStore store, IncidentWatch watch, ConnectionCheck checks, IOptions<IncidentOptions> options, IOptions<RevalidationOptions> revalidation, TimeProvider time, ILogger<IncidentSweep> log) : ISweep
{
    public string Name => "incidents";

    public TimeSpan Every => revalidation.Value.Interval;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        foreach (var incident in await incidents.ListOpenAsync(null, cancellationToken))
        {
            await watch.TakeBackAsync(incident);
            var now = time.GetUtcNow();
            if (incident.NextTryAt > now)
                continue;
            var claimed = incident with { Tries = incident.Tries + 1, NextTryAt = now + options.Value.PauseAfter(incident.Tries + 1) };
            if (!await incidents.TryUpdateAsync(claimed, null, cancellationToken))
                continue;
            if (await OutcomeOfAsync(incident, cancellationToken) is not { } outcome)
                continue;
            var closed = claimed with { Version = claimed.Version + 1, ClosedAt = time.GetUtcNow(), Outcome = outcome };
            if (await incidents.TryUpdateAsync(closed, closed.Tell(closed.ClosedAt.Value), cancellationToken))
                LogClosed(log, incident.Provider.Connector, incident.Provider.Host, outcome, incident.Affected);
        }
    }

    /// <returns>Null while it goes on.</returns>
    private async Task<IncidentOutcome?> OutcomeOfAsync(Incident incident, CancellationToken cancellationToken)
    {
        var canaries = await incidents.PickHeldAsync(incident.Id, options.Value.Canaries, cancellationToken);
        // Its connections were authorised anew, or are gone.
        var isOver = canaries.Count == 0;
        foreach (var canary in canaries)
            isOver |= await IsAcceptedAsync(canary, cancellationToken);
        if (isOver)
            return IncidentOutcome.Cleared;
        if (await watch.IsUsualAsync(incident.Tenant, incident.Provider, incident.Affected, incident.OpenedAt))
            return IncidentOutcome.Stood;
        return time.GetUtcNow() - incident.OpenedAt >= options.Value.GiveUpAfter ? IncidentOutcome.Expired : null;
    }

    private async Task<bool> IsAcceptedAsync(ConnectionId canary, CancellationToken cancellationToken)
    {
        try
        {
            await checks.CheckAsync(canary, cancellationToken);
            return await store.FindAsync(canary, cancellationToken) is { State: ConnectionState.Connected };
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            LogNotTried(log, e, canary);
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The incident of {Connector} at {Host} is closed ({Outcome}); {Affected} connections are checked anew")]
    private static partial void LogClosed(ILogger logger, string connector, string host, IncidentOutcome outcome, int affected);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Whether an incident is over could not be tried with connection {Connection}")]
    private static partial void LogNotTried(ILogger logger, Exception exception, ConnectionId connection);
}
