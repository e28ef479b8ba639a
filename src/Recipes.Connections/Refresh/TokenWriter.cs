using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Recipes.Connections;

/// <summary>Stores new tokens, however long the database fails: nobody else has them, and those that they replace may be dead.</summary>
internal sealed partial class TokenWriter(IConnectionStore store, CredentialVault vault, TimeProvider time, ILogger<TokenWriter> log) : IDisposable
{
    private static readonly TimeSpan[] s_pauses = [TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3)];

    // Short: whoever takes the lease meanwhile leaves a reply that comes late hardly more time than that.
    private static readonly TimeSpan s_pauseBehind = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan s_longestPauseBehind = TimeSpan.FromSeconds(30);

    // By the clock on the wall: a database that hangs must not use up the lease.
    private static readonly TimeSpan s_longestWrite = TimeSpan.FromSeconds(3);

    private readonly ConcurrentDictionary<ConnectionId, NewTokens> _unstored = new();
    private readonly CancellationTokenSource _ending = new();

    /// <summary>Tokens of the connection that this process has and the database has not; null when there are none.</summary>
    public NewTokens? FindUnstored(ConnectionId id) => _unstored.GetValueOrDefault(id);

    public IEnumerable<NewTokens> Unstored => _unstored.Values;

    /// <summary>Stores them, at once or a little later; while that fails they are kept in the lease.</summary>
    /// <returns>The connection as it is stored then; null when it did not work out for now, and goes on behind.</returns>
    /// <param name="late">Called with the connection when they were stored behind, and with null when there it was gone.</param>
    public async Task<Connection?> StoreAsync(NewTokens fresh, HeldLease lease, Func<Connection?, Task> late)
    {
        _unstored[fresh.Connection] = fresh;
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                using var limit = new CancellationTokenSource(s_longestWrite);
                return await WriteAsync(fresh, limit.Token);
            }
            catch (Exception e) when (e is not KeyNotFoundException)
            {
                LogWriteFailed(log, fresh.Connection, e.GetType().Name);
            }

            using var kept = new CancellationTokenSource(s_longestWrite);
            await KeepAsync(fresh, lease, kept.Token);
            if (attempt == s_pauses.Length)
                break;
            await Task.Delay(s_pauses[attempt], time);
        }

        if (!lease.Keeps)
            LogOnlyHere(log, fresh.Connection);
        _ = Task.Run(() => GoOnAsync(fresh, lease, late));
        return null;
    }

    /// <summary>Tries once more to store what could not be stored.</summary>
    /// <returns>As <see cref="StoreAsync"/>.</returns>
    public async Task<Connection?> TryAgainAsync(NewTokens fresh, CancellationToken cancellationToken)
    {
        try
        {
            return await WriteAsync(fresh, cancellationToken);
        }
        catch (Exception e) when (e is not KeyNotFoundException)
        {
            LogStillFails(log, fresh.Connection, e.GetType().Name);
            return null;
        }
    }

    public void Dispose()
    {
        _ending.Cancel();
        _ending.Dispose();
    }

    // As long as the process lives.
    private async Task GoOnAsync(NewTokens fresh, HeldLease lease, Func<Connection?, Task> late)
    {
        try
        {
            for (var pause = s_pauseBehind; ReferenceEquals(FindUnstored(fresh.Connection), fresh); pause = lease.Keeps && pause * 2 < s_longestPauseBehind ? pause * 2 : pause)
            {
                await Task.Delay(pause, time, _ending.Token);
                using var limit = new CancellationTokenSource(s_longestWrite);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _ending.Token);
                if (await TryAgainAsync(fresh, either.Token) is { } stored)
                    await late(stored);
                else if (!lease.Keeps && await KeepAsync(fresh, lease, either.Token))
                    await ReleaseAsync(lease, forget: false, either.Token);
            }

            // Whoever it was that stored them.
            await ReleaseAsync(lease, forget: true, _ending.Token);
        }
        catch (KeyNotFoundException)
        {
            await late(null);
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // The process ends.
        }
    }

    private static async Task ReleaseAsync(HeldLease lease, bool forget, CancellationToken cancellationToken)
    {
        try
        {
            await lease.ReleaseAsync(forget, cancellationToken);
        }
        catch (Exception e) when (e is not ObjectDisposedException)
        {
            // It ends by itself.
        }
    }

    private async Task<bool> KeepAsync(NewTokens fresh, HeldLease lease, CancellationToken cancellationToken)
    {
        try
        {
            return lease.Keeps || await lease.TryKeepAsync(fresh.Replaces, fresh.Seal(vault), cancellationToken);
        }
        catch (Exception e) when (e is not ObjectDisposedException)
        {
            LogStillFails(log, fresh.Connection, e.GetType().Name);
            return false;
        }
    }

    /// <summary>Compare-and-set: whoever authorised or disconnected meanwhile wins, any other change is kept beside ours.</summary>
    /// <exception cref="KeyNotFoundException">When the connection is gone.</exception>
    private async Task<Connection> WriteAsync(NewTokens fresh, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await store.FindAsync(fresh.Connection, cancellationToken) is not { } connection)
            {
                Done(fresh);
                throw new KeyNotFoundException($"There is no connection {fresh.Connection} any more.");
            }

            if (!fresh.Fits(connection, () => vault.OpenOrEmpty(connection.Record)))
                return Done(fresh, connection);
            var credential = vault.Open(connection.Tenant, connection.Id, connection.Record.SealedCredential!) with { Tokens = fresh.Tokens };
            if (fresh.Fields.Any(f => connection.Record.Fields.GetValueOrDefault(f.Key) != f.Value))
                connection.FieldsChanged(new Dictionary<string, string>([.. connection.Record.Fields.Where(f => !fresh.Fields.ContainsKey(f.Key)), .. fresh.Fields]));
            connection.ChangedBy(Actor.System, fresh.RequestLine).Refreshed(vault.Seal(connection.Tenant, connection.Id, credential), fresh.Tokens, time.GetUtcNow());
            if (await store.TryUpdateAsync(connection, cancellationToken))
            {
                LogRefreshed(log, connection.Id, connection.Record.CredentialVersion);
                return Done(fresh, connection);
            }
        }
    }

    private Connection Done(NewTokens fresh, Connection connection)
    {
        Done(fresh);
        return connection;
    }

    private void Done(NewTokens fresh) => _unstored.TryRemove(KeyValuePair.Create(fresh.Connection, fresh));

    [LoggerMessage(Level = LogLevel.Information, Message = "Connection {Connection} was refreshed, credential version {Version}")]
    private static partial void LogRefreshed(ILogger logger, ConnectionId connection, long version);

    [LoggerMessage(Level = LogLevel.Error, Message = "A new token of connection {Connection} could not be stored ({Exception}); it is kept and tried again")]
    private static partial void LogWriteFailed(ILogger logger, ConnectionId connection, string exception);

    [LoggerMessage(Level = LogLevel.Debug, Message = "A new token of connection {Connection} can still not be stored ({Exception})")]
    private static partial void LogStillFails(ILogger logger, ConnectionId connection, string exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "A new token of connection {Connection} could not be written down anywhere; only this process has it, and goes on trying as long as it lives")]
    private static partial void LogOnlyHere(ILogger logger, ConnectionId connection);
}
