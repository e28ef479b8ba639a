using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Recipes.Connections;

/// <summary>Tells a provider's trouble from many people's: weighs each refusal before it becomes a verdict, and looks afterwards whether it was one too many.</summary>
/// <remarks>Every question is asked of the database: nodes share one view, and refusals are rare enough.</remarks>
internal sealed partial class IncidentWatch(IIncidentStore incidents, IConnectionStore store, IConnectorProfiles connectors, IOptions<IncidentOptions> options, TimeProvider time, ILogger<IncidentWatch> log)
{
    private const int MostRefused = 1000;

    // For so long an incident that cleared may come back.
    private static readonly TimeSpan s_relapse = TimeSpan.FromHours(1);

    /// <summary>What a refusal means, as far as that can be known before it is written down.</summary>
    /// <param name="seen">The connection as it was when it was refused.</param>
    /// <param name="host">Who refused.</param>
    public async Task<Verdict> WeighAsync(ConnectionSnapshot seen, string host)
    {
        // Where nothing can be tried nothing could end an incident.
        if (!seen.CanRenew && !seen.HasProbe)
            return default;
        var (record, provider) = (seen.Record, new Provider(seen.Connector.Name, host));
        try
        {
            if (await incidents.FindLatestAsync(record.Tenant, provider, CancellationToken.None) is { ClosedAt: null } open)
                return new(provider, open.Id);
            if (record.Incident is { } id && await incidents.FindAsync(id, CancellationToken.None) is { Outcome: IncidentOutcome.Stood or IncidentOutcome.Expired } over)
                return new(IsTold: over.Outcome == IncidentOutcome.Expired);
            // What never worked shows nothing of its provider.
            var mayBeOneOfMany = (record.LastSuccessAt ?? record.LastProbedAt) is not null && await incidents.HasAsync(record.Tenant, provider.Connector, options.Value.AtLeast, CancellationToken.None);
            return mayBeOneOfMany ? new(provider, TellFrom: time.GetUtcNow() + options.Value.Window) : default;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogNotWeighed(log, e, record.Id);
            return default;
        }
    }

    /// <summary>A refusal was written down: with those before it, it may be an incident.</summary>
    public async Task NotedAsync(Connection connection)
    {
        if (connection.Record is not { RefusedBy: { } provider, Incident: null })
            return;
        try
        {
            // Another node may have opened one between the weighing and the writing.
            var latest = await incidents.FindLatestAsync(connection.Tenant, provider, CancellationToken.None);
            if (latest is { ClosedAt: null })
                await TakeBackAsync(latest);
            else if (await IsTooManyAsync(connection, provider, latest))
                await OpenAsync(connection, provider);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // The next refusal asks the same, and the sweep takes back what was missed.
            LogNotWeighed(log, e, connection.Id);
        }
    }

    /// <summary>Puts into an open incident what was called lost just before it.</summary>
    public async Task TakeBackAsync(Incident incident)
    {
        foreach (var (id, _) in await incidents.ListRefusedAsync(incident.Tenant, incident.Provider, incident.OpenedAt - options.Value.Window, MostRefused, CancellationToken.None))
        {
            while (await store.FindAsync(id, CancellationToken.None) is { Record: { RefusedBy: not null, Incident: null }, State: ConnectionState.Suspect or ConnectionState.ReauthorizationRequired } connection)
            {
                connection.ChangedBy(Actor.System).TakenBack(incident.Id, time.GetUtcNow());
                if (await store.TryUpdateAsync(connection, CancellationToken.None))
                    break;
            }
        }
    }

    /// <summary>Whether so many others were fine at a provider since a moment that some refusals there are no more than usual.</summary>
    public async Task<bool> IsUsualAsync(TenantId tenant, Provider provider, int refused, DateTimeOffset since)
    {
        var outweighs = (int)Math.Floor(refused * (1 - options.Value.Share) / options.Value.Share) + 1;
        var fine = await incidents.ListFineAsync(tenant, provider.Connector, since, outweighs, CancellationToken.None);
        var there = 0;
        foreach (var one in fine)
        {
            if (await IsAtAsync(one, provider))
                there++;
        }

        return there >= outweighs;
    }

    private async Task<bool> IsAtAsync(FineConnection one, Provider provider)
    {
        if (await store.FindDefinitionAsync(one.Definition, CancellationToken.None) is not { } definition || connectors.Find(definition.Connector) is not { } connector || connector.FindScheme(definition.Scheme) is not { } scheme)
            return false;
        var fields = FieldValues.Merge(connector, scheme, definition, one.Fields);
        return Provider.TokenHostOf(scheme, fields) == provider.Host || Provider.HostOf(connector.BaseAddress.RenderOrNull(fields)) == provider.Host;
    }

    private async Task<bool> IsTooManyAsync(Connection connection, Provider provider, Incident? latest)
    {
        var (now, least) = (time.GetUtcNow(), options.Value.AtLeast);
        var since = now - options.Value.Window;
        if (latest?.ClosedAt is { } closed)
        {
            since = closed > since ? closed : since;
            // Those that were really revoked meanwhile are found one after the other; trouble that comes back shows at many more.
            if (now - closed < s_relapse)
                least = Math.Clamp((int)(latest.Affected * options.Value.Share), least, MostRefused / 2);
        }

        var refused = await incidents.ListRefusedAsync(connection.Tenant, provider, since, MostRefused, CancellationToken.None);
        return refused.Select(r => r.Account).Distinct(StringComparer.Ordinal).Count() >= least
            && !await IsUsualAsync(connection.Tenant, provider, refused.Count, now - options.Value.Window);
    }

    private async Task OpenAsync(Connection connection, Provider provider)
    {
        var now = time.GetUtcNow();
        var incident = new Incident
        {
            Id = Guid.CreateVersion7(now),
            Tenant = connection.Tenant,
            Provider = provider,
            Definition = connection.DefinitionId,
            OpenedAt = now,
            NextTryAt = now + options.Value.FirstPause,
        };
        if (await incidents.TryOpenAsync(incident, incident.Tell(now), CancellationToken.None))
            LogOpened(log, provider.Connector, provider.Host);
        else if (await incidents.FindLatestAsync(connection.Tenant, provider, CancellationToken.None) is { ClosedAt: null } other)
            incident = other;
        else
            return;
        await TakeBackAsync(incident);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Connector} at {Host} refuses many accounts at once: nothing is held against them until that is over")]
    private static partial void LogOpened(ILogger logger, string connector, string host);

    [LoggerMessage(Level = LogLevel.Error, Message = "Whether the refusal of connection {Connection} is one of many could not be found out")]
    private static partial void LogNotWeighed(ILogger logger, Exception exception, ConnectionId connection);
}
