using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Recipes.Connections;

/// <summary>Checks one connection: renews its tokens where that is due, then probes it. What it shows is recorded as for any other request.</summary>
internal sealed partial class ConnectionCheck(
    IConnectionStore store, IConnectorProfiles connectors, LiveConnections connections, Prober prober, HealthRecorder recorder, RejectedClients clients, CheckTimes times,
    IOptions<RevalidationOptions> options, TimeProvider time, ILogger<ConnectionCheck> log)
{
    // A guess from the row alone; whether it is due is seen when the credential is opened.
    private static readonly TimeSpan s_renewedAhead = TimeSpan.FromMinutes(5);

    /// <summary>The host that a check of this connection asks first.</summary>
    /// <returns>Null when there is nothing to ask, and when it comes again.</returns>
    public async Task<(string? Host, DateTimeOffset NextAt)> AdmitAsync(Connection connection, CancellationToken cancellationToken)
    {
        var record = connection.Record;
        var definition = await store.FindDefinitionAsync(record.DefinitionId, cancellationToken);
        var connector = definition is null ? null : connectors.Find(definition.Connector);
        var next = times.After(times.EveryOf(definition, connector));
        if (connector?.FindScheme(definition!.Scheme) is not { } scheme)
        {
            await NoConnectorAsync(connection, definition);
            return (null, times.After(times.PauseSince(connection.Record.FailureSince ?? time.GetUtcNow(), times.EveryOf(definition, connector))));
        }

        // Nothing is left to ask with, and a dead grant is never tried again.
        if (record.State is ConnectionState.Pending or ConnectionState.Disconnected || (record.State == ConnectionState.ReauthorizationRequired && scheme.NeedsConsent))
            return (null, next);
        var fields = FieldValues.Merge(connector, scheme, definition!, record.Fields);
        var renews = (scheme.AcquiresTokens && record.ExpiresAt is null) || record.ExpiresAt <= time.GetUtcNow() + s_renewedAhead;
        return ((renews ? Provider.TokenHostOf(scheme, fields) : null) ?? Provider.HostOf(connector.BaseAddress.RenderOrNull(fields)) ?? Provider.TokenHostOf(scheme, fields) ?? "", next);
    }

    // Once; a lost grant or a suspicion stays what it is, and what has no credential needs no connector.
    private async Task NoConnectorAsync(Connection connection, ConnectionDefinition? definition)
    {
        var message = $"The connector '{definition?.Connector}', or its scheme '{definition?.Scheme}', is not loaded: nothing can be done with the connection. Put the connector file back.";
        if (connection.State != ConnectionState.Connected || connection.Record.Failure?.Message == message)
            return;
        connection.ChangedBy(Actor.Revalidation).Failed(new() { Kind = FailureKind.Misconfigured, Message = message, At = time.GetUtcNow() }, ConnectionEvent.Probed);
        if (!await store.TryUpdateAsync(connection, CancellationToken.None))
            return;
        connections.Changed(connection.Id);
        LogNoConnector(log, connection.Id, definition?.Connector);
    }

    /// <summary>Checks one connection at once, whatever host it takes.</summary>
    public async Task CheckAsync(ConnectionId connection, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var check = new DueCheck(new(connection, now, now), "");
        while (await StepAsync(check, null, cancellationToken) is CheckStep.Moved moved)
            check.Host = moved.Host;
    }

    /// <summary>Does what the check's host is needed for.</summary>
    /// <param name="silentSince">Since when the host has not answered anybody; null while it does.</param>
    public async Task<CheckStep> StepAsync(DueCheck check, DateTimeOffset? silentSince, CancellationToken cancellationToken)
    {
        check.Live ??= await connections.BorrowAsync(check.Claim.Connection, cancellationToken);
        // Deleted meanwhile.
        if (check.Live is not { } live)
            return new CheckStep.Done(time.GetUtcNow(), null);
        var seen = await live.CurrentAsync(cancellationToken);
        var (before, every) = (seen.Record, times.EveryOf(seen.Definition, seen.Connector));
        if (!check.IsRenewed)
        {
            // A new client has to be accepted before anybody is told that it is over.
            var proves = seen.Definition.IsClientInDoubt && IsAboutItsClient(seen);
            var isRejected = proves && seen.Definition.ClientFailure is not null;
            // Only a renewal shows that a grant outlived an incident: the token at hand may be good all the same.
            var isHeld = before.Incident is not null;
            var always = proves || isHeld || IsLongUnused(seen, every);
            if (seen.CanRenew && (always || seen.RefreshAt <= time.GetUtcNow()) && Provider.TokenHostOf(seen.Scheme, seen.Fields) is { } tokens && tokens != check.Host)
                return new CheckStep.Moved(tokens);
            if (isRejected && !clients.TryEnter(seen.Definition.Id, seen.Definition.ClientFailure!.At, every))
                return new CheckStep.Done(times.NotBefore(clients.NextOf(seen.Definition.Id)), null);
            (seen, check.NotRenewed) = await live.RenewAsync(always, cancellationToken);
            check.IsRenewed = true;
            if (check.NotRenewed is { } failure && (isHeld || live.IsExpired(seen) || failure.Kind is not (FailureKind.Unavailable or FailureKind.RateLimited)))
                return Done(seen, before, new(failure, Asked: true), every, silentSince);
        }

        var probed = (seen.Scheme is OAuth2Scheme { ProbesByIntrospection: true } ? Provider.TokenHostOf(seen.Scheme, seen.Fields) : null) ?? Provider.HostOf(seen.BaseAddress);
        if (probed != check.Host)
            return new CheckStep.Moved(probed);
        return Done(seen, before, await ProbeAsync(live, seen, cancellationToken) with { NotRenewed = check.NotRenewed }, every, silentSince);
    }

    private async Task<ShownBy> ProbeAsync(LiveConnection live, ConnectionSnapshot seen, CancellationToken cancellationToken)
    {
        switch (await prober.ProbeAsync(live, Actor.Revalidation, cancellationToken))
        {
            // Nobody would learn of it before the next day.
            case { IsRecorded: false }:
                throw NotRecorded();
            case ProbeResult.Passed:
                return new(null, Asked: true);
            case ProbeResult.Failed failed:
                return new(failed.Failure, Asked: true);
            case ProbeResult.NotPossible when seen.WhyNotNow(RequestPurpose.Probe, time.GetUtcNow()) is null && seen.WhyNever(time.GetUtcNow()) is { } fault:
                return new(fault, Asked: false);
            // It was renewed for that, or would not come here: there is nothing else to ask.
            case ProbeResult.NotPossible when seen.Record.Incident is not null && !seen.HasProbe:
                if (!await recorder.RecordProbeAsync(seen, null, null, Actor.Revalidation, null))
                    throw NotRecorded();
                live.Invalidate();
                return new(null, Asked: true);
            default:
                await recorder.RecordEndAsync(seen, Actor.Revalidation);
                return new(null, Asked: false);
        }
    }

    private static IOException NotRecorded() => new("What the check showed could not be recorded. It is done again soon.");

    private CheckStep.Done Done(ConnectionSnapshot seen, ConnectionRecord before, ShownBy shown, TimeSpan every, DateTimeOffset? silentSince)
    {
        var failure = shown.Failure;
        var next = failure?.Kind == FailureKind.ClientRejected && before.State == ConnectionState.Connected
            ? times.After(times.PauseSince(seen.Definition.ClientFailure?.At ?? failure.At, every))
            : times.Next(before, failure, every, silentSince);
        if (failure is null)
        {
            if (seen.Definition.IsClientInDoubt)
                clients.Forget(seen.Definition.Id);
            // A refresh that failed while the token lives on is tried again soon.
            if (shown.NotRenewed is { } unrenewed && times.Next(before, unrenewed, every, silentSince) is var soon && soon < next)
                next = soon;
            next = Earlier(next, BeforeEnd(seen));
        }

        return new(next, !shown.Asked || failure is { IsOurs: true } ? null : failure is not { Kind: FailureKind.Unavailable, Status: null });
    }

    // In time to keep a refresh token alive that ends unless it is used, and to tell of an end that comes anyway.
    private DateTimeOffset? BeforeEnd(ConnectionSnapshot seen)
    {
        var now = time.GetUtcNow();
        DateTimeOffset? half = seen is { CanRenew: true, Credential.Tokens: { RefreshProlongs: not false, RefreshExpiresAt: { } end } } ? now + TimeSpan.FromTicks(Math.Max((end - now).Ticks / 2, RevalidationOptions.Shortest.Ticks)) : null;
        var tell = seen.AccessEndsAt - options.Value.TellBefore is { } at && at > now ? at : (DateTimeOffset?)null;
        return half is null ? tell : Earlier(half.Value, tell);
    }

    private bool IsLongUnused(ConnectionSnapshot seen, TimeSpan every)
    {
        if (seen.Record.State != ConnectionState.Connected || seen.Credential?.Tokens is not { RefreshToken: not null } tokens)
            return false;
        var now = time.GetUtcNow();
        if (tokens.IssuedAt + options.Value.KeepAlive <= now && !(tokens.RefreshExpiresAt <= now))
            return true;
        // Once it is over there is nothing to gain: the token at hand may live on.
        if (tokens.RefreshExpiresAt is not { } end || end <= now)
            return false;
        // It would be over before anybody looks again; and only a refresh shows whether the end moves, before people are told of it.
        return end - now <= every * 2 || (tokens.RefreshProlongs != true && end - now <= options.Value.TellBefore && seen.Record.ExpiryToldFor != seen.AccessEndsAt);
    }

    private static bool IsAboutItsClient(ConnectionSnapshot seen) => seen.CanRenew || seen.Scheme is OAuth1Scheme { NeedsClient: true };

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset? other) => other < one ? other.Value : one;

    /// <summary>What a check has shown so far.</summary>
    /// <param name="Asked">Whether anybody was asked for it.</param>
    private readonly record struct ShownBy(Failure? Failure, bool Asked)
    {
        /// <summary>Why there are no new tokens, although those at hand live on.</summary>
        public Failure? NotRenewed { get; init; }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Connection {Connection} cannot be checked: its connector '{Connector}' or the scheme of its definition is not loaded. Put the connector file back")]
    private static partial void LogNoConnector(ILogger logger, ConnectionId connection, string? connector);
}
