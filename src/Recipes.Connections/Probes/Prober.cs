using System.Text;
using System.Text.Json;

namespace Recipes.Connections;

/// <summary>Sends a connection's probe through the same client as real calls and records what it shows.</summary>
public sealed class Prober
{
    private readonly LiveConnections _live;
    private readonly HealthRecorder _recorder;
    private readonly FollowUps _followUps;
    private readonly TimeProvider _time;

    internal Prober(LiveConnections live, HealthRecorder recorder, FollowUps followUps, TimeProvider time) => (_live, _recorder, _followUps, _time) = (live, recorder, followUps, time);

    /// <param name="by">Who wants to know, for the log.</param>
    /// <exception cref="KeyNotFoundException">When there is no such connection.</exception>
    public async Task<ProbeResult> ProbeAsync(ConnectionId id, Actor by, CancellationToken cancellationToken)
    {
        var live = await _live.GetLiveAsync(id, cancellationToken);
        live.Invalidate();
        var seen = await live.CurrentAsync(cancellationToken);
        if (FollowUps.AreMissing(seen))
        {
            // What the calls after connecting could not bring then, they may bring now.
            if (await _followUps.RunAsync(id, cancellationToken) is { } missing)
                return new ProbeResult.Failed(missing, null);
            live.Invalidate();
            seen = await live.CurrentAsync(cancellationToken);
        }

        if (seen.WhyUnusable(RequestPurpose.Probe, _time.GetUtcNow()) is { } unusable)
            return new ProbeResult.NotPossible(unusable.Message);
        if (seen.Connector.ProbeOf(seen.Scheme) is not { } probe)
            return await WithoutProbeAsync(seen, by);

        if (Address(probe, seen) is not { } address)
            return new ProbeResult.NotPossible($"The probe of the connector {seen.Connector.DisplayName} has no valid address: check the fields of '{seen.Record.DisplayName}'.");

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
        var (label, accountId) = reply.Failure is null ? await ReadAccountAsync(reply.Response!, probe, cancellationToken) : default;
        await _recorder.RecordProbeAsync(used, failure, label is null ? null : used.Redactor.Redact(label), by, reply.RequestLine, AccountIdentities.OfProbe(accountId, used));
        _live.Changed(id);
        return failure is null ? new ProbeResult.Passed(label, reply.RequestLine) : new ProbeResult.Failed(failure, reply.RequestLine);
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
    private async Task<ProbeResult> WithoutProbeAsync(ConnectionSnapshot seen, Actor by)
    {
        if (seen.Record is { State: ConnectionState.Suspect, Failure: { } failure })
        {
            await _recorder.RecordProbeAsync(seen, failure, null, by, null);
            _live.Changed(seen.Record.Id);
        }

        return new ProbeResult.NotPossible($"The connector {seen.Connector.DisplayName} declares no probe, so a connection can only be tried by using it.");
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
