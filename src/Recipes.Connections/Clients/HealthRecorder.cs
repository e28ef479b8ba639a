using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Recipes.Connections;

/// <summary>Writes down what requests and probes show of a connection, and only when it is news.</summary>
internal sealed partial class HealthRecorder(IConnectionStore store, IncidentWatch incidents, IOptions<RevalidationOptions> options, TimeProvider time, ILogger<HealthRecorder> log)
{
    private const int MostTries = 10;
    private static readonly TimeSpan s_newsAfter = TimeSpan.FromMinutes(1);

    /// <summary>Whether it would change anything a person sees: keeps writes off the path of every request.</summary>
    public static bool IsNews(ConnectionRecord record, Failure? failure, string action, DateTimeOffset now) => failure?.Kind switch
    {
        null => record.Failure is not null || record.LastSuccessAt is null || now - record.LastSuccessAt > s_newsAfter || IsLimited(record, action),
        FailureKind.InsufficientPermissions => !IsLimited(record, action),
        FailureKind.RateLimited or FailureKind.Unavailable or FailureKind.Unknown or FailureKind.ClientRejected => record.Failure?.Kind != failure.Kind || now - record.Failure.At > s_newsAfter,
        _ => true,
    };

    // On the path of every request: an empty list must cost nothing.
    private static bool IsLimited(ConnectionRecord record, string action) => record.Limitations.Count > 0 && record.Limitations.Any(l => l.Action == action);

    /// <returns>The changed connection; null when nothing was written.</returns>
    public async Task<Connection?> RecordUseAsync(ConnectionSnapshot seen, Failure? failure, string action, string requestLine)
    {
        var verdict = await WeighAsync(seen, failure);
        return await UpdateAsync(seen.Record, isLatest: false, connection => NoteUse(connection, failure, action, requestLine, verdict));
    }

    private void NoteUse(Connection connection, Failure? failure, string action, string requestLine, Verdict verdict)
    {
        connection.ChangedBy(Actor.Action(action), requestLine);
        // Of many who bring the same news only the first has to write.
        if (!IsNews(connection.Record, failure, action, time.GetUtcNow()))
            return;
        switch (failure?.Kind)
        {
            case null: connection.Succeeded(action, time.GetUtcNow()); break;
            case FailureKind.ModifiedCredentials when connection.IsUsable: connection.Refused(failure, verdict: verdict); break;
            case FailureKind.ModifiedCredentials: break;
            case FailureKind.InsufficientPermissions: connection.Limited(action, failure); break;
            default: connection.Failed(failure); break;
        }
    }

    /// <returns>Whether it stands with the connection now, as far as it is news; false when it could not be stored.</returns>
    /// <param name="by">Who had it probed.</param>
    /// <param name="requestLine">Null where nothing was sent.</param>
    /// <param name="scopes">What the provider grants, as it said just now; null when it did not.</param>
    /// <param name="accountId">The account's own id, where the probe told it.</param>
    public async Task<bool> RecordProbeAsync(
        ConnectionSnapshot seen, Failure? failure, string? accountLabel, Actor by, string? requestLine, IReadOnlyList<string>? scopes = null, string? accountId = null)
    {
        var verdict = await WeighAsync(seen, failure);
        try
        {
            await WriteAsync(seen.Record, isLatest: true, connection => NoteProbe(connection, seen, failure, accountLabel, by, requestLine, scopes, accountId, verdict));
            return true;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogNotRecorded(log, e, seen.Record.Id);
            return false;
        }
    }

    private void NoteProbe(Connection connection, ConnectionSnapshot seen, Failure? failure, string? accountLabel, Actor by, string? requestLine, IReadOnlyList<string>? scopes, string? accountId, Verdict verdict)
    {
        connection.ChangedBy(by, requestLine);
        NoteAccess(connection, seen, scopes);
        if (failure is null or { Status: not null, Kind: not FailureKind.ModifiedCredentials })
            NoteEnd(connection, seen);
        switch (failure?.Kind)
        {
            case null: connection.ProbePassed(accountLabel, time.GetUtcNow(), seen.Scheme.NeedsConsent, accountId); break;
            // The first refusal makes a suspect; a second one, after a pause, confirms it.
            case FailureKind.ModifiedCredentials when connection.IsUsable: connection.Refused(failure, ConnectionEvent.Probed, verdict); break;
            case FailureKind.ModifiedCredentials when connection.State == ConnectionState.Suspect:
                // One that was sent before there was a suspicion confirms none: that takes a pause.
                if (seen.Record.State == ConnectionState.Suspect)
                    connection.GrantLost(failure, ConnectionEvent.Probed, verdict);
                break;
            case FailureKind.InsufficientPermissions: connection.ProbeForbidden(failure, seen.Scheme.NeedsConsent); break;
            default: connection.LeftInDoubt(failure); break;
        }
    }

    private async Task<Verdict> WeighAsync(ConnectionSnapshot seen, Failure? failure)
    {
        if (failure?.Kind != FailureKind.ModifiedCredentials)
            return default;
        var host = seen.Scheme is OAuth2Scheme { ProbesByIntrospection: true } ? Provider.TokenHostOf(seen.Scheme, seen.Fields) : null;
        return await incidents.WeighAsync(seen, host ?? Provider.HostOf(seen.BaseAddress));
    }

    /// <summary>Writes down what the provider grants, as it said just now beside a probe.</summary>
    public Task<Connection?> RecordAccessAsync(ConnectionSnapshot seen, IReadOnlyList<string> scopes, Actor by) => UpdateAsync(seen.Record, isLatest: false, connection => NoteAccess(connection.ChangedBy(by), seen, scopes));

    /// <summary>Writes down when access ends, where there was no probe to write it with.</summary>
    public Task<Connection?> RecordEndAsync(ConnectionSnapshot seen, Actor by) => UpdateAsync(seen.Record, isLatest: true, connection =>
    {
        if (connection.IsUsable)
            NoteEnd(connection.ChangedBy(by), seen);
    });

    // What the definition needs, or the connector's file says, may be another than when it was authorised.
    private void NoteAccess(Connection connection, ConnectionSnapshot seen, IReadOnlyList<string>? scopes)
    {
        var before = ScopeSelection.Missing(connection.Record);
        connection.AccessTold(scopes, time.GetUtcNow());
        if (seen.Scheme is OAuth2Scheme scheme)
            connection.Compared(scheme, seen.Definition, before);
    }

    private void NoteEnd(Connection connection, ConnectionSnapshot seen)
    {
        var (ends, now) = (seen.AccessEndsAt, time.GetUtcNow());
        if (connection.Record.GrantExpiresAt != ends)
            connection.GrantEnds(ends);
        if (ends > now && ends - now <= options.Value.TellBefore && seen.IsEndCertain)
            connection.ExpiresSoon(now);
    }

    private async Task<Connection?> UpdateAsync(ConnectionRecord seen, bool isLatest, Action<Connection> change)
    {
        try
        {
            return await WriteAsync(seen, isLatest, change);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // The request itself has its answer: failing it because a note could not be written would help nobody.
            LogNotRecorded(log, e, seen.Id);
            return null;
        }
    }

    /// <param name="isLatest">Whether <paramref name="seen"/> was read just now, so that reading again would hardly ever bring anything else.</param>
    private async Task<Connection?> WriteAsync(ConnectionRecord seen, bool isLatest, Action<Connection> change)
    {
        for (var attempt = 0; attempt < MostTries; attempt++)
        {
            var connection = isLatest && attempt == 0 ? new Connection(seen) : await store.FindAsync(seen.Id, CancellationToken.None);
            // What was learnt about an older credential says nothing about this one.
            if (connection is null || connection.Record.CredentialVersion != seen.CredentialVersion || connection.State == ConnectionState.Disconnected)
                return null;
            var before = connection.Record;
            change(connection);
            if (ReferenceEquals(before, connection.Record))
                return null;
            if (!await store.TryUpdateAsync(connection, CancellationToken.None))
                continue;
            if (connection.State != seen.State)
            {
                LogStateChanged(log, connection.Id, seen.State, connection.State);
                await incidents.NotedAsync(connection);
            }

            return connection;
        }

        throw new InvalidOperationException($"The connection was changed by others {MostTries} times in a row.");
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Connection {Connection} went from {From} to {To}")]
    private static partial void LogStateChanged(ILogger logger, ConnectionId connection, ConnectionState from, ConnectionState to);

    [LoggerMessage(Level = LogLevel.Error, Message = "What a request showed of connection {Connection} could not be recorded")]
    private static partial void LogNotRecorded(ILogger logger, Exception exception, ConnectionId connection);
}
