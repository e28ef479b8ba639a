using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Recipes.Connections;

/// <summary>Makes the calls that a scheme declares for after connecting, and keeps what they tell. The credential stays whatever comes of them.</summary>
internal sealed partial class FollowUps(LiveConnections live, Refresher refresher, IConnectionStore store, CredentialVault vault, EgressGuard guard, TimeProvider time, ILogger<FollowUps> log)
{
    private const int LargestReply = 1024 * 1024;

    /// <summary>Whether something that they bring is not there.</summary>
    public static bool AreMissing(ConnectionSnapshot seen) =>
        seen.Record.State is ConnectionState.Connected or ConnectionState.Suspect && seen.Scheme.AfterConnect.Count > 0
        && CapturedFields.MissingFields(seen.Connector, seen.Scheme, seen.Fields).Any(f => seen.Scheme.AfterConnect.Any(call => call.Captures.Any(c => c.Field == f.Name)));

    /// <returns>Why something is missing now, as it was recorded on the connection; null when nothing is.</returns>
    /// <exception cref="KeyNotFoundException">When there is no such connection.</exception>
    public async Task<Failure?> RunAsync(ConnectionId id, CancellationToken cancellationToken)
    {
        var client = await live.GetLiveAsync(id, cancellationToken);
        client.Invalidate();
        var seen = await client.CurrentAsync(cancellationToken);
        if (seen.Scheme.AfterConnect.Count == 0)
            return null;
        if (seen.NeedsToken || seen.RefreshAt <= time.GetUtcNow())
        {
            var result = await refresher.RefreshAsync(seen, cancellationToken);
            client.Invalidate();
            // What a refused refresh means is recorded already.
            if (result.Fresh is null)
                return result.Failure;
            seen = result.Fresh;
        }

        if (seen.Authenticator is null)
            return seen.WhyUnusable(RequestPurpose.Probe, time.GetUtcNow());
        var learnt = new Learnt(new(), new(), null, null);
        foreach (var call in seen.Scheme.AfterConnect)
        {
            learnt = await CallAsync(seen, call, learnt, cancellationToken);
            if (learnt.Failure is not null)
                break;
        }

        await RecordAsync(seen, learnt);
        live.Changed(id);
        if (learnt.Failure is not null)
            LogIncomplete(log, id, learnt.Failure.Kind);
        return learnt.Failure;
    }

    private async Task<Learnt> CallAsync(ConnectionSnapshot seen, FollowUp call, Learnt before, CancellationToken cancellationToken)
    {
        var what = $"The call after connecting to {seen.Connector.DisplayName}";
        var fields = FieldValues.Merge(seen.Connector, seen.Scheme, seen.Definition, CapturedFields.Add(seen.Record.Fields, before.Fields));
        try
        {
            var address = AddressOf(call, seen, fields);
            if (guard.Check(address) is { } wrong)
                return before with { Failure = Misconfigured($"{what} goes to an address that {wrong}.") };
            using var request = new HttpRequestMessage(call.Method, address);
            request.Headers.Accept.ParseAdd("application/json");
            using var timeout = new CancellationTokenSource(guard.Timeout, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
            using var response = await SnapshotRequest.SendAsync(seen, request, either.Token);
            await response.Content.LoadIntoBufferAsync(LargestReply, either.Token);
            if (await FailureClassifier.ClassifyAsync(response, seen.Connector, RequestPurpose.Probe, seen.Redactor, time.GetUtcNow(), either.Token) is { } refused)
                return before with { Failure = refused with { Message = $"{what} went wrong, so something is still missing. {refused.Message}" } };
            using var json = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(either.Token));
            return Take(seen, call, before, json.RootElement);
        }
        catch (JsonException)
        {
            return before with { Failure = Misconfigured($"{what} was answered with something that is no JSON.") };
        }
        catch (FormatException e)
        {
            return before with { Failure = Misconfigured($"{what} cannot be made: {e.Message}") };
        }
        catch (Exception e) when (e is HttpRequestException or IOException or InvalidDataException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return before with { Failure = FailureClassifier.FromException(e, what, time.GetUtcNow()) };
        }
    }

    private Learnt Take(ConnectionSnapshot seen, FollowUp call, Learnt before, JsonElement json)
    {
        var captured = Captures.FromAnswer(call.Captures, json).Checked(call.Captures, seen.Connector, seen.Scheme, guard);
        return new(
            new(before.Fields.Concat(captured.Fields).GroupBy(f => f.Key).Select(g => g.Last())),
            new(before.Secrets.Concat(captured.Secrets).GroupBy(f => f.Key).Select(g => g.Last())),
            before.AccountLabel ?? (call.AccountLabel is { } path && TokenReplyDocument.TextAt(json, path) is { Length: > 0 and <= 200 } label ? seen.Redactor.Redact(label) : null),
            captured.WhyIncomplete(seen.Connector, seen.Definition, "The answer to the call after connecting") is { } missing ? Misconfigured(missing) : null);
    }

    /// <summary>Below the base address, or where the connector itself says: a value that somebody filled in never leads elsewhere.</summary>
    private static Uri AddressOf(FollowUp call, ConnectionSnapshot seen, IReadOnlyDictionary<string, string> fields)
    {
        var text = call.Address.Render(fields);
        if (IsDeclaredOutright(call.Address.Source, seen))
            return new Uri(text, UriKind.Absolute);
        var address = new Uri(SnapshotLoader.BaseAddress(seen.Connector, fields), text.TrimStart('/'));
        return Uri.Compare(address, seen.BaseAddress == SnapshotLoader.Nowhere ? SnapshotLoader.BaseAddress(seen.Connector, fields) : seen.BaseAddress, UriComponents.SchemeAndServer, UriFormat.SafeUnescaped, StringComparison.OrdinalIgnoreCase) == 0
            ? address
            : throw new FormatException("it leads away from the base address.");
    }

    // Scheme and host written out in the connector's file; a field in the host has to be one with a form of its own.
    private static bool IsDeclaredOutright(string source, ConnectionSnapshot seen)
    {
        if (!source.StartsWith("https://", StringComparison.OrdinalIgnoreCase) && !source.StartsWith("http://", StringComparison.OrdinalIgnoreCase))
            return false;
        var authority = source[(source.IndexOf("//", StringComparison.Ordinal) + 2)..].Split('/', '?', '#')[0];
        return FieldTemplate.Parse(authority).Fields.All(name =>
            seen.Definition.Presets.ContainsKey(name) || seen.Connector.FieldsOf(seen.Scheme).Any(f => f.Name == name && (f.Automatic || f.Pattern is not null || f.Kind == FieldKind.Choice)));
    }

    private async Task RecordAsync(ConnectionSnapshot seen, Learnt learnt)
    {
        while (true)
        {
            var connection = await store.FindAsync(seen.Record.Id, CancellationToken.None);
            // Another credential may be another account's.
            if (connection is null || connection.Record.CredentialVersion != seen.Record.CredentialVersion)
                return;
            var now = time.GetUtcNow();
            if (learnt.Fields.Count > 0 || learnt.AccountLabel is not null)
                connection.Learnt(CapturedFields.Add(connection.Record.Fields, learnt.Fields), learnt.AccountLabel, now);
            if (learnt.Secrets.Count > 0 && seen.Credential?.Tokens is { } tokens)
            {
                var more = tokens with { Values = tokens.Values.Where(v => !learnt.Secrets.ContainsKey(v.Key)).Concat(learnt.Secrets).ToDictionary() };
                connection.Refreshed(vault.Seal(connection.Tenant, connection.Id, seen.Credential with { Tokens = more }), more, now);
            }

            if (learnt.Failure is not null)
                connection.Failed(learnt.Failure);
            else if (seen.Connector.ProbeOf(seen.Scheme) is null)
                connection.ProbePassed(learnt.AccountLabel, now, seen.Scheme.NeedsConsent);
            if (ReferenceEquals(connection.Record, seen.Record) || await store.TryUpdateAsync(connection, CancellationToken.None))
                return;
        }
    }

    private Failure Misconfigured(string message) => new() { Kind = FailureKind.Misconfigured, Message = message, At = time.GetUtcNow() };

    [LoggerMessage(Level = LogLevel.Warning, Message = "Connection {Connection} is connected, but a call after connecting went wrong: {Kind}")]
    private static partial void LogIncomplete(ILogger logger, ConnectionId connection, FailureKind kind);

    private sealed record Learnt(Dictionary<string, string> Fields, Dictionary<string, Secret> Secrets, string? AccountLabel, Failure? Failure);
}
