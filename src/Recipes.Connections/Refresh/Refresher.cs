using System.Collections.Concurrent;
using System.Data.Common;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;

namespace Recipes.Connections;

/// <summary>Renews tokens without a person: one refresh at a time per connection over all nodes, the reply stored before it is used, a verdict only after a second look.</summary>
/// <remarks>Source: RFC 6749 §6; RFC 9700 §4.14 for rotation.</remarks>
internal sealed partial class Refresher(
    IConnectionStore store, CredentialVault vault, SnapshotLoader loader, TokenSources sources, RefreshTurns turns, TokenWriter writer, ClientHealth clients, IncidentWatch incidents, Revocation revocation, TimeProvider time, ILogger<Refresher> log)
{
    private const int MostPutOff = 10_000;

    // However long a provider asks to be left alone.
    private static readonly TimeSpan s_longestPutOff = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<ConnectionId, Lazy<Task<RefreshResult>>> _flights = new();
    private readonly ConcurrentDictionary<ConnectionId, (long CredentialVersion, long DefinitionVersion, DateTimeOffset Until, Failure Failure)> _putOff = new();

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

    /// <summary>Lets what is on its way arrive, before the process ends.</summary>
    public async Task SettleAsync(CancellationToken cancellationToken)
    {
        foreach (var flight in _flights.Values)
            await ((Task)flight.Value.WaitAsync(cancellationToken)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var fresh in writer.Unstored)
            await ((Task)writer.TryAgainAsync(fresh, cancellationToken)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task<RefreshResult> FlyAsync(ConnectionId id, long seen)
    {
        await Task.Yield();
        try
        {
            return await RefreshOnceAsync(id, seen);
        }
        catch (Exception e) when ((e as DbException ?? e.InnerException as DbException) is not null)
        {
            // Reading failed: whoever asked may try again.
            return NoLease(id, e);
        }
        finally
        {
            _flights.TryRemove(id, out _);
        }
    }

    private async Task<RefreshResult> RefreshOnceAsync(ConnectionId id, long seen)
    {
        var current = await LoadAsync(id);
        if (Settled(current, seen) is { } settled)
            return settled;
        if (writer.FindUnstored(id) is { } unstored)
            return await writer.TryAgainAsync(unstored, CancellationToken.None) is { } late ? await StoredAsync(current, unstored, late) : NotStored();
        if (_putOff.TryGetValue(id, out var putOff))
        {
            if (putOff.CredentialVersion == current.Record.CredentialVersion && putOff.DefinitionVersion == current.Definition.Version && putOff.Until > time.GetUtcNow())
                return new(null, putOff.Failure);
            _putOff.TryRemove(id, out _);
        }

        HeldLease lease;
        try
        {
            var (taken, result) = await turns.TakeAsync(current, latest => Settled(latest, seen));
            if (taken is null)
                return result;
            lease = taken;
        }
        catch (Exception e) when (e is not KeyNotFoundException)
        {
            return NoLease(id, e);
        }

        Outcome outcome = new(NotStored(), Forget: false);
        try
        {
            outcome = await RefreshUnderLeaseAsync(id, seen, lease);
            return outcome.Result;
        }
        finally
        {
            if (outcome.Release)
                await ReleaseAsync(id, lease, outcome.Forget);
        }
    }

    private async Task<Outcome> RefreshUnderLeaseAsync(ConnectionId id, long seen, HeldLease lease)
    {
        var current = await LoadAsync(id);
        if (lease.Found.SealedCredential is { } kept)
        {
            var connection = new Connection(current.Record);
            try
            {
                var fresh = NewTokens.Open(vault, connection, lease.Found.KeptVersion ?? 0, kept);
                if (fresh.Fits(connection, () => current.Credential ?? new()))
                    return await StoreAsync(current, fresh, lease);
            }
            catch (CryptographicException)
            {
                return new(new(null, Failed(FailureKind.Misconfigured, "New tokens of the connection were kept by another node and cannot be opened with this key ring. Restore the keys they were sealed with.")), Forget: false);
            }
        }

        var isLost = lease.LostAt(current.Record.CredentialVersion) is not null;
        if (Settled(current, seen) is { } settled)
            return new(settled, Forget: !isLost);
        if (!TokenSources.Spends(current))
        {
            LogRefreshing(log, id);
            return await RenewAsync(current, lease, limit => sources.RenewAsync(current, limit)) switch
            {
                TokenReply.Granted granted => await StoreAsync(current, New(current, null, granted), lease),
                TokenReply.Refused refused => await RefusedAsync(current, refused, forget: true),
                var other => throw new InvalidOperationException($"Unknown reply {other.GetType().Name}."),
            };
        }

        if (isLost && lease.Found.WasAbandoned)
        {
            // Its former holder may only have been cut off, with the answer at hand: it is first to come back.
            await Task.Delay(turns.LateReplyWindow, time);
            current = await LoadAsync(id);
            if (Settled(current, seen) is { } late)
                return new(late, Forget: true);
        }

        return await SpendAsync(current, lease);
    }

    /// <summary>Sends the refresh token, and sends it again where its answer is lost: what then comes of it tells whether the provider had replaced it.</summary>
    private async Task<Outcome> SpendAsync(ConnectionSnapshot current, HeldLease lease)
    {
        var id = current.Record.Id;
        var inherited = lease.LostAt(current.Record.CredentialVersion);
        var lostAt = inherited;
        var spent = current.Credential!.Tokens!.RefreshToken!;
        var (isRepeated, isFormer) = (false, false);
        while (true)
        {
            try
            {
                if (!await lease.TryMarkSentAsync(current.Record.CredentialVersion))
                    return new(new(null, Ours("Another node has taken over the refresh of the connection. Try again.")), Forget: false);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                return new(NoLease(id, e), Forget: false);
            }

            LogRefreshing(log, id);
            var sentAt = time.GetUtcNow();
            var reply = await RenewAsync(current, lease, limit => isFormer ? sources.RefreshWithAsync(current, spent, limit) : sources.RenewAsync(current, limit));
            if (reply is TokenReply.Granted granted)
                return await StoreAsync(current, New(current, spent, granted), lease);
            var refused = (TokenReply.Refused)reply;
            if (refused.Fate is TokenRequestFate.Broken or TokenRequestFate.Unclear)
                lostAt ??= sentAt;
            if (refused.Fate == TokenRequestFate.Broken && !isRepeated)
            {
                LogLostReply(log, id);
                isRepeated = true;
                continue;
            }

            if (lostAt is { } at && refused is { Fate: TokenRequestFate.Answered, Failure.Kind: FailureKind.ModifiedCredentials })
            {
                if (!isFormer && Former(current) is { } former)
                {
                    (spent, isFormer) = (former, true);
                    continue;
                }

                return await RefusedAsync(current, refused with { Failure = Lost(current, refused.Failure, at) }, forget: true);
            }

            // A definite answer to the only request is the end of it; otherwise whoever comes next must know that one was lost.
            return await RefusedAsync(current, refused, forget: lostAt is null);
        }
    }

    private async Task<TokenReply> RenewAsync(ConnectionSnapshot current, HeldLease lease, Func<CancellationToken, Task<TokenReply>> renew)
    {
        var left = lease.TimeToSend;
        using var limit = new CancellationTokenSource(left > TimeSpan.Zero ? left : TimeSpan.Zero, time);
        try
        {
            return await renew(limit.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            return new TokenReply.Refused(Failed(FailureKind.Unavailable, $"{current.Connector.DisplayName} gave no answer in time.")) { Fate = TokenRequestFate.Unclear };
        }
    }

    private NewTokens New(ConnectionSnapshot current, Secret? spent, TokenReply.Granted reply)
    {
        var stored = spent is null ? null : current.Credential!.Tokens!.RefreshToken;
        var isReplaced = spent is not null && current.Scheme is OAuth2Scheme { RefreshGrace: not null } && !spent.Equals(reply.Tokens.RefreshToken);
        return new(
            current.Record.Id, current.Record.Tenant, current.Record.CredentialVersion, stored, isReplaced ? reply.Tokens with { Replaced = new(spent!, time.GetUtcNow()) } : reply.Tokens, reply.Fields, reply.RequestLine);
    }

    // Where the provider takes a replaced token for a while, one before the last may be what it still takes.
    private Secret? Former(ConnectionSnapshot current) =>
        current is { Scheme: OAuth2Scheme { RefreshGrace: { } grace }, Credential.Tokens.Replaced: { } replaced } && time.GetUtcNow() - replaced.At < grace ? replaced.RefreshToken : null;

    private static Failure Lost(ConnectionSnapshot current, Failure failure, DateTimeOffset at) => failure with
    {
        Message = $"The reply of {current.Connector.DisplayName} to the refresh at {at:u} was lost, and with it the token that replaced the one kept here. "
            + (current.Scheme is OAuth2Scheme { RefreshGrace: not null } ? "The one kept here is no longer accepted." : "The provider allows no second try with that one.")
            + " The connection has to be authorised again.",
    };

    private async Task<Outcome> StoreAsync(ConnectionSnapshot current, NewTokens fresh, HeldLease lease)
    {
        try
        {
            if (await writer.StoreAsync(fresh, lease, late => late is null ? GoneAsync(current, fresh) : StoredAsync(current, fresh, late)) is { } stored)
                return new(await StoredAsync(current, fresh, stored), Forget: true);
        }
        catch (KeyNotFoundException)
        {
            await GoneAsync(current, fresh);
            throw;
        }

        // While only this process has them, nobody else may take its turn before the lease runs out.
        return new(NotStored(), Forget: false) { Release = lease.Keeps };
    }

    private async Task<RefreshResult> StoredAsync(ConnectionSnapshot current, NewTokens fresh, Connection stored)
    {
        _putOff.TryRemove(current.Record.Id, out _);
        if (current.Definition.IsClientInDoubt)
            await clients.SetAsync(current, null);
        // Disconnected while the provider was answering: nobody will ever use these.
        if (stored.State == ConnectionState.Disconnected)
            await revocation.RevokeAsync(current, fresh.Tokens, stored, Actor.System);
        var latest = await loader.LoadAsync(stored, CancellationToken.None);
        return stored.IsUsable || stored.State == ConnectionState.Suspect || (stored.State == ConnectionState.ReauthorizationRequired && !current.Scheme.NeedsConsent)
            ? new(latest, null)
            : new(null, latest.WhyUnusable(RequestPurpose.Action, time.GetUtcNow()));
    }

    // Deleted while the provider was answering.
    private Task GoneAsync(ConnectionSnapshot current, NewTokens fresh) => revocation.RevokeAsync(current, fresh.Tokens, new Connection(current.Record), Actor.System);

    private async Task<Outcome> RefusedAsync(ConnectionSnapshot current, TokenReply.Refused refused, bool forget)
    {
        var (id, failure) = (current.Record.Id, refused.Failure);
        LogRefused(log, id, failure.Kind, failure.ProviderCode);
        if (failure is { Kind: FailureKind.RateLimited or FailureKind.Unavailable, RetryAt: { } retry })
            PutOff(current, retry, failure);
        // What an address of the account's own choice says of the client blames nobody else.
        if (failure.Kind == FailureKind.ClientRejected && ClientRules.ChoosesTokenServer(current))
            failure = failure with { Kind = FailureKind.Misconfigured };
        try
        {
            if (failure.Kind != FailureKind.ClientRejected)
                return new(await JudgeAsync(current, failure, refused.RequestLine), forget);
            await clients.SetAsync(current, failure);
            return new(new(null, failure), forget);
        }
        catch (Exception e) when (e is not (OperationCanceledException or KeyNotFoundException))
        {
            // The next refresh meets the same answer, and finds what was written down before it was asked.
            LogNotJudged(log, id, e.GetType().Name);
            // Nobody may take a refusal for settled that stands nowhere.
            return new(new(null, failure.Kind is FailureKind.Unavailable or FailureKind.RateLimited ? failure : Ours($"{current.Connector.DisplayName} refused the refresh, and what that means could not be stored while the database is in trouble. Try again.")), Forget: false);
        }
    }

    private void PutOff(ConnectionSnapshot current, DateTimeOffset until, Failure failure)
    {
        // Of connections that are never asked for again nothing is kept for ever.
        if (_putOff.Count >= MostPutOff)
        {
            foreach (var (id, entry) in _putOff)
            {
                if (entry.Until <= time.GetUtcNow())
                    _putOff.TryRemove(id, out _);
            }
        }

        _putOff[current.Record.Id] = (current.Record.CredentialVersion, current.Definition.Version, until < failure.At + s_longestPutOff ? until : failure.At + s_longestPutOff, failure);
    }

    private async Task<RefreshResult> JudgeAsync(ConnectionSnapshot current, Failure failure, string? requestLine)
    {
        // Without an answer there is no verdict on a grant: a certificate that a server refuses is not the person's consent.
        var isRefused = failure.Kind == FailureKind.ModifiedCredentials && (failure.Status is not null || !current.Scheme.NeedsConsent);
        var verdict = isRefused ? await incidents.WeighAsync(current, Provider.TokenHostOf(current.Scheme, current.Fields) ?? Provider.HostOf(current.BaseAddress)) : default;
        while (true)
        {
            // Look again before the verdict: another holder of the same token may have rotated it under us.
            var connection = await store.FindAsync(current.Record.Id, CancellationToken.None) ?? throw Gone(current.Record.Id);
            if (connection.Record.CredentialVersion != current.Record.CredentialVersion)
            {
                var moved = await loader.LoadAsync(connection, CancellationToken.None);
                return moved.WhyUnusable(RequestPurpose.Action, time.GetUtcNow()) is { } unusable ? new(null, unusable) : new(moved, null);
            }

            // It was known already, or a probe confirmed it meanwhile.
            if (connection.State == ConnectionState.ReauthorizationRequired)
                return new(null, failure);
            connection.ChangedBy(Actor.System, requestLine);
            if (isRefused)
                connection.GrantLost(failure, ConnectionEvent.Refreshed, verdict);
            else
                connection.Failed(failure, ConnectionEvent.Refreshed);
            if (!await store.TryUpdateAsync(connection, CancellationToken.None))
                continue;
            await incidents.NotedAsync(connection);
            return new(null, failure);
        }
    }

    /// <summary>What makes a refresh needless or impossible; null when it is due.</summary>
    private RefreshResult? Settled(ConnectionSnapshot current, long seen)
    {
        // What needs no person may be tried again after a verdict, by a probe: a password put right heals by itself.
        if (current.Record.State == ConnectionState.Disconnected || (current.Record.State == ConnectionState.ReauthorizationRequired && current.Scheme.NeedsConsent))
            return new(null, current.WhyUnusable(RequestPurpose.Action, time.GetUtcNow()));
        if (current.Record.CredentialVersion != seen && !current.NeedsToken)
            return new(current, null);
        if (!current.CanRenew)
            return new(null, current.WhyUnusable(RequestPurpose.Action, time.GetUtcNow()) ?? Failed(FailureKind.ModifiedCredentials, "There is nothing to renew it with."));
        return null;
    }

    private async Task<ConnectionSnapshot> LoadAsync(ConnectionId id) => await loader.LoadAsync(id, CancellationToken.None) ?? throw Gone(id);

    private async Task ReleaseAsync(ConnectionId id, HeldLease lease, bool forget)
    {
        try
        {
            await lease.ReleaseAsync(forget, CancellationToken.None);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // It ends by itself.
            LogNotReleased(log, id, e.GetType().Name);
        }
    }

    private RefreshResult NoLease(ConnectionId id, Exception e)
    {
        LogNoLease(log, id, e.GetType().Name);
        return new(null, Ours("The connection cannot be refreshed while the database is in trouble. Try again."));
    }

    private RefreshResult NotStored() => new(null, Ours("A new token could not be stored; it is kept and stored as soon as that is possible. Try again."));

    private Failure Ours(string message) => Failed(FailureKind.Unavailable, message) with { IsOurs = true };

    private Failure Failed(FailureKind kind, string message) => new() { Kind = kind, Message = message, At = time.GetUtcNow() };

    private static KeyNotFoundException Gone(ConnectionId id) => new($"There is no connection {id} any more.");

    /// <param name="Forget">Whether what the lease tells of is done with.</param>
    private readonly record struct Outcome(RefreshResult Result, bool Forget)
    {
        public bool Release { get; init; } = true;
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Refreshing connection {Connection}")]
    private static partial void LogRefreshing(ILogger logger, ConnectionId connection);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The connection broke before the reply to the refresh of {Connection} was there; it is asked for once more")]
    private static partial void LogLostReply(ILogger logger, ConnectionId connection);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The refresh of connection {Connection} was refused: {Kind} ({Code})")]
    private static partial void LogRefused(ILogger logger, ConnectionId connection, FailureKind kind, string? code);

    [LoggerMessage(Level = LogLevel.Error, Message = "What a refused refresh means for connection {Connection} could not be stored ({Exception})")]
    private static partial void LogNotJudged(ILogger logger, ConnectionId connection, string exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Connection {Connection} cannot be refreshed now: its lease is not to be had ({Exception})")]
    private static partial void LogNoLease(ILogger logger, ConnectionId connection, string exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The lease of connection {Connection} could not be given back ({Exception}); it ends by itself")]
    private static partial void LogNotReleased(ILogger logger, ConnectionId connection, string exception);
}
