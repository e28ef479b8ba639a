using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Recipes.Connections;

/// <summary>Renews tokens without a person: one refresh at a time per connection, the reply stored before it is used, a verdict only after a second look.</summary>
/// <remarks>Source: RFC 6749 §6; RFC 9700 §4.14 for rotation.</remarks>
internal sealed partial class Refresher(IConnectionStore store, CredentialVault vault, SnapshotLoader loader, TokenSources sources, ClientHealth clients, Revocation revocation, TimeProvider time, ILogger<Refresher> log)
{
    private static readonly TimeSpan[] s_writePauses = [TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3)];

    private readonly ConcurrentDictionary<ConnectionId, Lazy<Task<RefreshResult>>> _flights = new();

    // Tokens that the provider rotated and that could not be written yet: the old ones may be dead, so these must not be lost.
    private readonly ConcurrentDictionary<ConnectionId, (long Replaces, TokenReply.Granted Reply)> _unsaved = new();

    /// <summary>Replaces the credential of <paramref name="seen"/>, unless somebody did already. All who ask meanwhile share one refresh, which no caller's cancellation stops.</summary>
    public async Task<RefreshResult> RefreshAsync(ConnectionSnapshot seen, CancellationToken cancellationToken)
    {
        var id = seen.Record.Id;
        while (true)
        {
            var flight = _flights.GetOrAdd(id, static (key, arg) => new Lazy<Task<RefreshResult>>(() => arg.Refresher.FlyAsync(key, arg.Seen)), (Refresher: this, Seen: seen.Record.CredentialVersion));
            var result = await flight.Value.WaitAsync(cancellationToken);
            // Meanwhile somebody gave it other values, for which there is no token yet.
            if (result.Fresh is { NeedsToken: true } changed)
                seen = changed;
            // The flight we joined may have brought the very token that was refused to us: then it takes another.
            else if (result.Fresh?.Record.CredentialVersion != seen.Record.CredentialVersion)
                return result;
        }
    }

    private async Task<RefreshResult> FlyAsync(ConnectionId id, long seen)
    {
        await Task.Yield();
        try
        {
            // With several nodes the lease is taken here; everything in RefreshOnceAsync reads again first, so it is right under a lease as it is.
            return await RefreshOnceAsync(id, seen);
        }
        finally
        {
            _flights.TryRemove(id, out _);
        }
    }

    private async Task<RefreshResult> RefreshOnceAsync(ConnectionId id, long seen)
    {
        var current = await loader.LoadAsync(id, CancellationToken.None) ?? throw new KeyNotFoundException($"There is no connection {id} any more.");
        // What needs no person may be tried again after a verdict, by a probe: a password put right heals by itself.
        if (current.Record.State == ConnectionState.Disconnected || (current.Record.State == ConnectionState.ReauthorizationRequired && current.Scheme.NeedsConsent))
            return new(null, current.WhyUnusable(RequestPurpose.Action, time.GetUtcNow()));
        if (current.Record.CredentialVersion != seen && !current.NeedsToken)
            return new(current, null);
        if (!current.CanRenew)
            return new(null, current.WhyUnusable(RequestPurpose.Action, time.GetUtcNow()) ?? new Failure { Kind = FailureKind.ModifiedCredentials, Message = "There is nothing to renew it with.", At = time.GetUtcNow() });
        if (_unsaved.TryGetValue(id, out var kept) && kept.Replaces == current.Record.CredentialVersion)
            return await StoreAsync(current, kept.Reply);

        LogRefreshing(log, id);
        var reply = await sources.RenewAsync(current, CancellationToken.None);
        return reply switch
        {
            TokenReply.Granted granted => await StoreAsync(current, granted),
            TokenReply.Refused refused => await RefusedAsync(current, refused.Failure),
            _ => throw new InvalidOperationException($"Unknown reply {reply.GetType().Name}."),
        };
    }

    private async Task<RefreshResult> StoreAsync(ConnectionSnapshot current, TokenReply.Granted reply)
    {
        var id = current.Record.Id;
        _unsaved[id] = (current.Record.CredentialVersion, reply);
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                var stored = await TryStoreAsync(current, reply);
                _unsaved.TryRemove(id, out _);
                LogRefreshed(log, id, stored.Record.CredentialVersion);
                if (current.Definition.ClientFailure is not null)
                    await clients.SetAsync(current.Definition.Id, null);
                // Disconnected while the provider was answering: nobody will ever use these.
                if (stored.State == ConnectionState.Disconnected)
                    await revocation.RevokeAsync(current.Record, reply.Tokens, stored, Actor.System, CancellationToken.None);
                return stored.IsUsable || stored.State == ConnectionState.Suspect || (stored.State == ConnectionState.ReauthorizationRequired && !current.Scheme.NeedsConsent)
                    ? new(await loader.LoadAsync(stored, CancellationToken.None), null)
                    : new(null, (await loader.LoadAsync(stored, CancellationToken.None)).WhyUnusable(RequestPurpose.Action, time.GetUtcNow()));
            }
            catch (Exception e) when (e is not OperationCanceledException && attempt < s_writePauses.Length)
            {
                LogWriteFailed(log, id, e.GetType().Name);
                await Task.Delay(s_writePauses[attempt], time);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // Kept in memory: the next request stores it first.
                LogWriteFailed(log, id, e.GetType().Name);
                return new(null, new Failure { Kind = FailureKind.Unavailable, Message = "A new token could not be stored; it is kept and stored with the next request.", At = time.GetUtcNow() });
            }
        }
    }

    /// <summary>Compare-and-set: whoever authorised or disconnected meanwhile wins, any other change is kept beside ours.</summary>
    private async Task<Connection> TryStoreAsync(ConnectionSnapshot current, TokenReply.Granted reply)
    {
        while (true)
        {
            var connection = await store.FindAsync(current.Record.Id, CancellationToken.None) ?? throw new KeyNotFoundException($"There is no connection {current.Record.Id} any more.");
            if (connection.Record.CredentialVersion != current.Record.CredentialVersion)
                return connection;
            var credential = current.Credential! with { Tokens = reply.Tokens };
            if (reply.Fields.Any(f => connection.Record.Fields.GetValueOrDefault(f.Key) != f.Value))
                connection.FieldsChanged(new Dictionary<string, string>([.. connection.Record.Fields.Where(f => !reply.Fields.ContainsKey(f.Key)), .. reply.Fields]));
            connection.Refreshed(vault.Seal(connection.Tenant, connection.Id, credential), reply.Tokens, time.GetUtcNow());
            if (await store.TryUpdateAsync(connection, CancellationToken.None))
                return connection;
        }
    }

    private async Task<RefreshResult> RefusedAsync(ConnectionSnapshot current, Failure failure)
    {
        var id = current.Record.Id;
        LogRefused(log, id, failure.Kind, failure.ProviderCode);
        // What an address of the account's own choice says of the client blames nobody else.
        if (failure.Kind == FailureKind.ClientRejected && current.Scheme.Addresses.Any(a => a.TakesClientSecret && ClientRules.IsChosenBy(current, a)))
            failure = failure with { Kind = FailureKind.Misconfigured };
        if (failure.Kind == FailureKind.ClientRejected)
        {
            await clients.SetAsync(current.Definition.Id, failure);
            return new(null, failure);
        }

        while (true)
        {
            // Look again before the verdict: another holder of the same token may have rotated it under us.
            var connection = await store.FindAsync(id, CancellationToken.None) ?? throw new KeyNotFoundException($"There is no connection {id} any more.");
            if (connection.Record.CredentialVersion != current.Record.CredentialVersion)
            {
                var moved = await loader.LoadAsync(connection, CancellationToken.None);
                return moved.WhyUnusable(RequestPurpose.Action, time.GetUtcNow()) is { } unusable ? new(null, unusable) : new(moved, null);
            }

            // It was known already, or a probe confirmed it meanwhile.
            if (connection.State == ConnectionState.ReauthorizationRequired)
                return new(null, failure);
            // Without an answer there is no verdict on a grant: a certificate that a server refuses is not the person's consent.
            if (failure.Kind == FailureKind.ModifiedCredentials && (failure.Status is not null || !current.Scheme.NeedsConsent))
                connection.GrantLost(failure, ConnectionEvent.Refreshed);
            else
                connection.Failed(failure, ConnectionEvent.Refreshed);
            if (await store.TryUpdateAsync(connection, CancellationToken.None))
                return new(null, failure);
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Refreshing connection {Connection}")]
    private static partial void LogRefreshing(ILogger logger, ConnectionId connection);

    [LoggerMessage(Level = LogLevel.Information, Message = "Connection {Connection} was refreshed, credential version {Version}")]
    private static partial void LogRefreshed(ILogger logger, ConnectionId connection, long version);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The refresh of connection {Connection} was refused: {Kind} ({Code})")]
    private static partial void LogRefused(ILogger logger, ConnectionId connection, FailureKind kind, string? code);

    [LoggerMessage(Level = LogLevel.Error, Message = "A new token of connection {Connection} could not be stored ({Exception}); it is kept in memory and tried again")]
    private static partial void LogWriteFailed(ILogger logger, ConnectionId connection, string exception);
}
