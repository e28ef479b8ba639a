using Microsoft.Extensions.Logging;

namespace Recipes.Connections;

/// <summary>What becomes of the grants when another account comes in than the one that a connection belongs to: the one that is not wanted here is given back.</summary>
internal sealed partial class OtherAccounts(IConnectionStore store, Revocation revocation, TimeProvider time, ILogger<OtherAccounts> log)
{
    /// <summary>Does not take the other account.</summary>
    /// <param name="candidate">The connection as it would be with its credential; it is not stored.</param>
    /// <param name="held">The connection as it stays.</param>
    /// <param name="accountId">The other account's.</param>
    /// <returns>Why nothing was changed.</returns>
    public async Task<Failure> RefuseAsync(ConnectorProfile connector, Connection candidate, ConnectionRecord held, string accountId, Actor by)
    {
        await GiveBackAsync(candidate.Record, accountId, new Connection(held), by, "The grant of the account that was not taken.");
        LogRefused(log, held.Id);
        return AccountIdentities.OtherAccount(connector, held, time.GetUtcNow());
    }

    /// <summary>Gives back what the former account granted, once the other one has taken its place.</summary>
    public async Task LetGoAsync(ConnectionRecord former, Connection now, Actor by)
    {
        if (former is { SealedCredential: not null, AccountId: { } accountId })
            await GiveBackAsync(former, accountId, now, by, "The grant of the former account.");
    }

    // Some providers end all grants of an account at once: one that has a connection of its own here is left alone.
    private async Task GiveBackAsync(ConnectionRecord unwanted, string accountId, Connection now, Actor by, string detail)
    {
        var siblings = await store.ListAsync(unwanted.Tenant, new ConnectionFilter(unwanted.DefinitionId), CancellationToken.None);
        if (!siblings.Any(s => s.Id != unwanted.Id && s.State is not (ConnectionState.Pending or ConnectionState.Disconnected) && !AccountIdentities.Differ(s.Record.AccountId ?? accountId, accountId)))
            await revocation.RevokeAsync(unwanted, null, now, by, CancellationToken.None, detail);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Another account came in than the one that connection {Connection} belongs to; nothing was changed")]
    private static partial void LogRefused(ILogger logger, ConnectionId connection);
}
