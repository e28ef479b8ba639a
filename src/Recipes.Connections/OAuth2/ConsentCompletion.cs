using Microsoft.Extensions.Logging;

namespace Recipes.Connections;

/// <summary>Turns what the token endpoint answered after consent into the credential of a connection.</summary>
internal sealed partial class ConsentCompletion(
    IConnectionStore store, ConsentAccounts accounts, AccountIdentities identities, OtherAccounts others, CredentialVault vault, EgressGuard guard, ClientHealth clients, LiveConnections live, FollowUps followUps, Revocation revocation, TimeProvider time, ILogger<ConsentCompletion> log)
{
    /// <param name="asked">The scopes that were asked for.</param>
    /// <param name="before">Values captured on the way, before there was a token.</param>
    /// <param name="by">Who gave consent.</param>
    /// <param name="since">When the consent was begun, where the connection may be disconnected without ending it: one that was is not brought back, and the tokens are given back. Null means that it cannot.</param>
    /// <param name="acceptsOtherAccount">Whether the connection may become another account's.</param>
    public async Task<ConsentResult> CompleteAsync(ConnectionId id, OAuth2Account account, IReadOnlyList<string> asked, CapturedValues before, TokenReply reply, Actor by, bool acceptsOtherAccount = false, DateTimeOffset? since = null)
    {
        var definition = account.Definition;
        if (reply is not TokenReply.Granted granted)
        {
            var failure = await clients.RefusedAsync(account, ((TokenReply.Refused)reply).Failure);
            LogRefused(log, id, failure.Kind, failure.ProviderCode);
            return new ConsentResult.Failed(failure);
        }

        var (connector, scheme) = (account.Connector, account.Scheme);
        // The ID token is only decoded: it came from the token endpoint itself, for which TLS vouches.
        var captured = granted.Document is { } document
            ? Captures.FromTokenReply(scheme.Captures, document).Checked(scheme.Captures, connector, scheme, guard)
            : new CapturedValues(granted.Fields, new Dictionary<string, Secret>(), []).Checked(scheme.Captures, connector, scheme, guard);
        if (captured.WhyIncomplete(connector, definition, "The token reply") is { } missing)
        {
            LogRefused(log, id, FailureKind.Misconfigured, null);
            return Failed(FailureKind.Misconfigured, $"{missing} Nothing was connected.");
        }

        var tokens = granted.Tokens with
        {
            Scopes = granted.Tokens.Scopes ?? asked,
            Values = granted.Tokens.Values.Where(v => !before.Secrets.ContainsKey(v.Key)).Concat(before.Secrets).ToDictionary(),
        };
        var fields = CapturedFields.Add(before.Fields, captured.Fields);
        string? accountId = null;
        var isIdentified = false;
        ConnectionRecord? former;
        Connection connection;
        do
        {
            connection = await store.FindAsync(id, CancellationToken.None) ?? throw new KeyNotFoundException($"There is no connection {id} any more.");
            if (since is { } begun && connection.State == ConnectionState.Disconnected && connection.Record.UpdatedAt > begun)
            {
                var unwanted = connection.Record with { SealedCredential = vault.Seal(connection.Tenant, id, new Credential { Tokens = tokens }) };
                await revocation.RevokeAsync(unwanted, null, connection, by, CancellationToken.None);
                return Failed(FailureKind.Unknown, "The connection was disconnected meanwhile.");
            }

            var credential = new Credential { Secrets = accounts.Open(connection)?.Secrets ?? new Dictionary<string, Secret>(), Tokens = tokens };
            // Another account may have come in: nothing that was learnt of the former one stays.
            connection.ChangedBy(by).FieldsChanged(CapturedFields.Replace(connector, scheme, connection.Record.Fields, fields));
            var held = connection.Record;
            connection.Authorized(vault.Seal(connection.Tenant, id, credential), tokens, accountLabel: null, time.GetUtcNow(), asked);
            connection.Compared(scheme, definition);
            if (!isIdentified)
                (accountId, isIdentified) = (await identities.FindAsync(connection, account.Client?.Id, granted.Document), true);
            former = AccountIdentities.Differ(held.AccountId, accountId) ? held : null;
            if (former is not null && !acceptsOtherAccount)
                return new ConsentResult.OtherAccount(await others.RefuseAsync(connector, connection, held, accountId!, by));
            if (former is not null)
                connection.BecameOtherAccounts(time.GetUtcNow());
            if (accountId is not null)
                connection.Identified(accountId);
        }
        while (!await store.TryUpdateAsync(connection, CancellationToken.None));

        live.Changed(id);
        await clients.AcceptedAsync(account);
        LogConnected(log, id);
        if (former is not null)
            await others.LetGoAsync(former, connection, by);
        if (scheme.AfterConnect.Count > 0)
            await followUps.RunAsync(id, CancellationToken.None);
        return new ConsentResult.Connected();
    }

    private ConsentResult.Failed Failed(FailureKind kind, string message) => new(new Failure { Kind = kind, Message = message, At = time.GetUtcNow() });

    [LoggerMessage(Level = LogLevel.Information, Message = "Connection {Connection} was authorised")]
    private static partial void LogConnected(ILogger logger, ConnectionId connection);

    [LoggerMessage(Level = LogLevel.Warning, Message = "What consent brought for connection {Connection} was refused: {Kind} ({Code})")]
    private static partial void LogRefused(ILogger logger, ConnectionId connection, FailureKind kind, string? code);
}
