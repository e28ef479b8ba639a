using System.Text;
using System.Text.Json;

namespace Recipes.Connections;

/// <summary>Sends a connection's probe through the same client as real calls and records what it shows.</summary>
public sealed class Prober
{
    private readonly LiveConnections _live;
    private readonly HealthRecorder _recorder;
    private readonly FollowUps _followUps;
    private readonly Introspection _introspection;
    private readonly TimeProvider _time;

    internal Prober(LiveConnections live, HealthRecorder recorder, FollowUps followUps, Introspection introspection, TimeProvider time) =>
        (_live, _recorder, _followUps, _introspection, _time) = (live, recorder, followUps, introspection, time);

    /// <param name="by">Who wants to know, for the log.</param>
    /// <exception cref="KeyNotFoundException">When there is no such connection.</exception>
    /// <exception cref="ConnectorGoneException">When its connector was removed.</exception>
    public async Task<ProbeResult> ProbeAsync(ConnectionId id, Actor by, CancellationToken cancellationToken)
    {
        var live = await _live.GetLiveAsync(id, cancellationToken);
        live.Invalidate();
        return await ProbeAsync(live, by, cancellationToken);
    }

    /// <summary>Probes, and where that goes through asks the provider what the access is good for: what it says is recorded as well.</summary>
    /// <returns>The standing is null when the test failed or the provider cannot be asked.</returns>
    /// <inheritdoc cref="ProbeAsync(ConnectionId, Actor, CancellationToken)"/>
    public async Task<(ProbeResult Result, TokenStanding? Standing)> TestAsync(ConnectionId id, Actor by, CancellationToken cancellationToken)
    {
        var result = await ProbeAsync(id, by, cancellationToken);
        if (result is not ProbeResult.Passed)
            return (result, null);
        var seen = await (await _live.GetLiveAsync(id, cancellationToken)).CurrentAsync(cancellationToken);
        var (standing, _, _) = await _introspection.AskAsync(seen, cancellationToken);
        if (standing is { Active: true, Scopes: { } scopes } && await _recorder.RecordAccessAsync(seen, scopes, by) is not null)
            _live.Changed(id);
        return (result, standing);
    }

    /// <param name="live">Just read.</param>
    internal async Task<ProbeResult> ProbeAsync(LiveConnection live, Actor by, CancellationToken cancellationToken)
    {
        var seen = await live.CurrentAsync(cancellationToken);
        if (FollowUps.AreMissing(seen))
        {
            // What the calls after connecting could not bring then, they may bring now.
            if (await _followUps.RunAsync(live.Id, cancellationToken) is { } missing)
                return new ProbeResult.Failed(missing, null);
            live.Invalidate();
            seen = await live.CurrentAsync(cancellationToken);
        }

        if (seen.WhyNotNow(RequestPurpose.Probe, _time.GetUtcNow()) is { } unusable)
            return new ProbeResult.NotPossible(unusable.Message);
        if (seen.WhyNever(_time.GetUtcNow()) is { } fault)
        {
            // A run would be refused for the same reason. A suspicion stays what it is until it can be looked into.
            var isNoted = seen.Record.State == ConnectionState.Suspect || await RecordAsync(live, seen, fault, null, by, null);
            return new ProbeResult.NotPossible(fault.Message) { IsRecorded = isNoted };
        }

        if (seen.Scheme is OAuth2Scheme { ProbesByIntrospection: true })
            return await IntrospectAsync(live, by, cancellationToken);
        if (seen.Connector.ProbeOf(seen.Scheme) is not { } probe)
            return await WithoutProbeAsync(live, seen, by);

        if (Address(probe, seen) is not { } address)
            return new ProbeResult.NotPossible($"The probe of the connector {seen.Connector.DisplayName} has no valid address: check the fields of '{seen.Record.DisplayName}'.");

        using var activity = ConnectionTelemetry.StartProbe(seen.Connector.Name);
        using var request = new HttpRequestMessage(probe.Method, address);
        request.Headers.Accept.ParseAdd("application/json, */*;q=0.8");
        if (probe.Body is { } body)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        var (answer, used) = await live.SendAsync(request, "Probe", RequestPurpose.Probe, cancellationToken);
        using var reply = answer;
        // What a failed refresh on the way means is recorded already.
        if (used is null)
            return new ProbeResult.Failed(reply.Failure!, reply.RequestLine);
        var failure = reply.Failure is { Status: { } status } && probe.Passes.Contains(status) ? null : reply.Failure;
        activity.End(failure);
        var (label, accountId) = reply.Failure is null ? await ReadAccountAsync(reply.Response!, probe, cancellationToken) : default;
        var isRecorded = await RecordAsync(live, used, failure, label is null ? null : used.Redactor.Redact(label), by, reply.RequestLine, accountId: AccountIdentities.OfProbe(accountId, used));
        return failure is null ? new ProbeResult.Passed(label, reply.RequestLine) { IsRecorded = isRecorded } : new ProbeResult.Failed(failure, reply.RequestLine) { IsRecorded = isRecorded };
    }

    // What is no longer active may be cured by a refresh, as a 401 is; after that the provider's word counts.
    private async Task<ProbeResult> IntrospectAsync(LiveConnection live, Actor by, CancellationToken cancellationToken)
    {
        using var activity = ConnectionTelemetry.StartProbe(live.ConnectorName);
        var (seen, refused) = await live.RenewAsync(always: false, cancellationToken);
        if (refused is not null && live.IsExpired(seen))
            return new ProbeResult.Failed(refused, null);
        var answer = await _introspection.AskAsync(seen, cancellationToken);
        if (answer.Standing is { Active: false } && seen.CanRenew)
        {
            (seen, refused) = await live.RenewAsync(always: true, cancellationToken);
            if (refused is not null)
                return new ProbeResult.Failed(refused, null);
            answer = await _introspection.AskAsync(seen, cancellationToken);
        }

        var failure = answer.Failure ?? (answer.Standing!.Active ? null : new Failure
        {
            Kind = FailureKind.ModifiedCredentials,
            Message = $"{seen.Connector.DisplayName} says that the token is not active any more.",
            Status = 200,
            At = _time.GetUtcNow(),
        });
        activity.End(failure);
        var isRecorded = await RecordAsync(live, seen, failure, answer.Standing?.Username, by, answer.RequestLine, answer.Standing?.Scopes);
        return failure is null ? new ProbeResult.Passed(answer.Standing!.Username, answer.RequestLine!) { IsRecorded = isRecorded } : new ProbeResult.Failed(failure, answer.RequestLine) { IsRecorded = isRecorded };
    }

    private async Task<bool> RecordAsync(LiveConnection live, ConnectionSnapshot used, Failure? failure, string? label, Actor by, string? requestLine, IReadOnlyList<string>? scopes = null, string? accountId = null)
    {
        if (requestLine is not null)
            ConnectionTelemetry.Probed(used.Connector.Name, failure);
        var isRecorded = await _recorder.RecordProbeAsync(used, failure, label, by, requestLine, scopes, accountId);
        live.Invalidate();
        _live.Changed(live.Id);
        return isRecorded;
    }

    private static Uri? Address(Probe probe, ConnectionSnapshot seen)
    {
        try
        {
            return new Uri(probe.Path.Render(seen.Fields).TrimStart('/'), UriKind.RelativeOrAbsolute);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    // Nothing can clear a suspicion where the connector declares no probe: a person has to look.
    private async Task<ProbeResult> WithoutProbeAsync(LiveConnection live, ConnectionSnapshot seen, Actor by)
    {
        var isRecorded = seen.Record switch
        {
            { State: ConnectionState.Suspect, Incident: null, Failure: { } failure } => await RecordAsync(live, seen, failure, null, by, null),
            // What could not be used before can be now: nobody but us found that.
            { State: ConnectionState.Connected, Failure: { Kind: FailureKind.Misconfigured, Status: null } } => await RecordAsync(live, seen, null, null, by, null),
            _ => true,
        };
        return new ProbeResult.NotPossible($"The connector {seen.Connector.DisplayName} declares no probe, so a connection can only be tried by using it.") { IsRecorded = isRecorded };
    }

    private static async Task<(string? Label, string? Id)> ReadAccountAsync(HttpResponseMessage response, Probe probe, CancellationToken cancellationToken)
    {
        if (probe is { AccountLabel: null, AccountId: null })
            return default;
        try
        {
            using var json = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancellationToken));
            return (Find(json.RootElement, probe.AccountLabel), Find(json.RootElement, probe.AccountId));
        }
        catch (JsonException)
        {
            return default;
        }

        static string? Find(JsonElement json, string? path) => path is not null && TokenReplyDocument.TextAt(json, path) is { Length: > 0 and <= 200 } text ? text : null;
    }
}
