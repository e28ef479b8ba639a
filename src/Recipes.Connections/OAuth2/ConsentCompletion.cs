using Microsoft.Extensions.Logging;

namespace Recipes.Connections;

/// <summary>Turns what the token endpoint answered after consent into the credential of a connection.</summary>
internal sealed partial class ConsentCompletion(
    IConnectionStore store, ConsentAccounts accounts, CredentialVault vault, EgressGuard guard, ClientHealth clients, LiveConnections live, FollowUps followUps, Revocation revocation, TimeProvider time, ILogger<ConsentCompletion> log)
{
    /// <param name="asked">The scopes that were asked for.</param>
    /// <param name="before">Values captured on the way, before there was a token.</param>
    /// <param name="by">Who gave consent.</param>
    /// <param name="since">When the consent was begun, where the connection may be disconnected without ending it: one that was is not brought back, and the tokens are given back. Null means that it cannot.</param>
    /// <returns>Why nothing was connected; null when it is.</returns>
    public async Task<Failure?> CompleteAsync(ConnectionId id, OAuth2Account account, IReadOnlyList<string> asked, CapturedValues before, TokenReply reply, Actor by, DateTimeOffset? since = null)
    {
        var definition = account.Definition;
        if (reply is not TokenReply.Granted granted)
        {
            var failure = ((TokenReply.Refused)reply).Failure;
            if (failure.Kind == FailureKind.ClientRejected)
                await clients.SetAsync(definition.Id, failure);
            LogRefused(log, id, failure.Kind, failure.ProviderCode);
            return failure;
        }

        var (connector, scheme) = (account.Connector, account.Scheme);
        // The ID token is only decoded: it came from the token endpoint itself, for which TLS vouches.
        var captured = granted.Document is { } document
            ? Captures.FromTokenReply(scheme.Captures, document).Checked(scheme.Captures, connector, scheme, guard)
            : new CapturedValues(granted.Fields, new Dictionary<string, Secret>(), []).Checked(scheme.Captures, connector, scheme, guard);
        if (captured.WhyIncomplete(connector, definition, "The token reply") is { } missing)
        {
            LogRefused(log, id, FailureKind.Misconfigured, null);
            return new Failure { Kind = FailureKind.Misconfigured, Message = $"{missing} Nothing was connected.", At = time.GetUtcNow() };
        }

        var tokens = granted.Tokens with
        {
            Scopes = granted.Tokens.Scopes ?? asked,
            Values = granted.Tokens.Values.Where(v => !before.Secrets.ContainsKey(v.Key)).Concat(before.Secrets).ToDictionary(),
        };
        var fields = CapturedFields.Add(before.Fields, captured.Fields);
        Connection connection;
        do
        {
            connection = await store.FindAsync(id, CancellationToken.None) ?? throw new KeyNotFoundException($"There is no connection {id} any more.");
            if (since is { } begun && connection.State == ConnectionState.Disconnected && connection.Record.UpdatedAt > begun)
            {
                await revocation.RevokeAsync(connection.Record, tokens, CancellationToken.None);
                return new Failure { Kind = FailureKind.Unknown, Message = "The connection was disconnected meanwhile.", At = time.GetUtcNow() };
            }

            var credential = new Credential { Secrets = accounts.Open(connection)?.Secrets ?? new Dictionary<string, Secret>(), Tokens = tokens };
            // Another account may have come in: nothing that was learnt of the former one stays.
            connection.ChangedBy(by).FieldsChanged(CapturedFields.Replace(connector, scheme, connection.Record.Fields, fields));
            connection.Authorized(vault.Seal(connection.Tenant, id, credential), tokens, accountLabel: null, time.GetUtcNow(), asked);
        }
        while (!await store.TryUpdateAsync(connection, CancellationToken.None));

        live.Changed(id);
        if (definition.ClientFailure is not null)
            await clients.SetAsync(definition.Id, null);
        LogConnected(log, id);
        if (scheme.AfterConnect.Count > 0)
            await followUps.RunAsync(id, CancellationToken.None);
        return null;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Connection {Connection} was authorised")]
    private static partial void LogConnected(ILogger logger, ConnectionId connection);

    [LoggerMessage(Level = LogLevel.Warning, Message = "What consent brought for connection {Connection} was refused: {Kind} ({Code})")]
    private static partial void LogRefused(ILogger logger, ConnectionId connection, FailureKind kind, string? code);
}
