using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;

namespace Recipes.Connections;

/// <summary>Takes a person to an OAuth 1.0 provider for consent and turns the callback into a credential.</summary>
/// <remarks>
/// Source: RFC 5849 §2. There is no state parameter: the request token is known to this host, the provider and the browser only, so a flow is found by
/// its hash; the cookie binds it to the browser. The request token's secret waits sealed, in the place of the PKCE verifier.
/// </remarks>
internal sealed partial class OAuth1Flows(
    IConnectionStore store, IAuthorizationFlowStore flows, AccountIdentities identities, OtherAccounts others, CredentialVault vault, EgressGuard guard, OAuth1Endpoint endpoint, ClientHealth clients, LiveConnections live, FollowUps followUps,
    TimeProvider time, ILogger<OAuth1Flows> log)
{
    /// <exception cref="FormatException">When the authorization endpoint is not allowed.</exception>
    public async Task<FlowStart> StartAsync(
        Caller caller, Connection connection, ConnectionDefinition definition, ConnectorProfile connector, OAuth1Scheme scheme, Uri redirectUri, FlowReturn back, bool acceptsOtherAccount,
        CancellationToken cancellationToken)
    {
        if (!scheme.NeedsConsent)
            throw new InvalidOperationException($"The connection definition '{definition.Key}' takes no consent.");
        var account = OAuth1Account.Of(connection, definition, connector, scheme, vault);
        if (!BaseUri.TryParse(scheme.AuthorizationEndpoint!.Render(account.Fields), out var authorization))
            throw new FormatException("The authorization endpoint is no absolute address.");
        if (guard.Check(authorization) is { } wrong)
            throw new FormatException($"The authorization endpoint {wrong}.");

        var reply = await endpoint.RequestTokenAsync(account, redirectUri.AbsoluteUri, cancellationToken);
        if (reply is OAuth1Reply.Refused { Failure: var failure })
        {
            failure = await clients.RefusedAsync(account, failure);
            LogRefused(log, connection.Id, failure.Kind, failure.ProviderCode);
            return new FlowStart.Failed(failure);
        }

        var (token, secret, _) = (OAuth1Reply.Granted)reply;
        var cookie = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        var flow = new AuthorizationFlow(
            AuthorizationFlows.Hash(token.Reveal()), AuthorizationFlows.Hash(cookie), connection.Tenant, caller.User, definition.Id, connection.Id,
            secret is null ? null : vault.SealVerifier(connection.Tenant, connection.Id, secret.Reveal()),
            Issuer: null, redirectUri.AbsoluteUri, Scopes: [], time.GetUtcNow() + AuthorizationFlows.LifeSpan)
        { Return = back, AcceptsOtherAccount = acceptsOtherAccount };
        await flows.PurgeAsync(time.GetUtcNow() - AuthorizationFlows.KeptFor, cancellationToken);
        // A provider may give the same request token again while it was not used.
        if (await flows.FindAsync(flow.StateHash, cancellationToken) is { } same && ((same.ConnectionId == flow.ConnectionId && same.User == flow.User) || same.ExpiresAt <= time.GetUtcNow()))
            await flows.TryTakeAsync(flow.StateHash, cancellationToken);
        await flows.AddAsync(flow, cancellationToken);
        return new FlowStart.Started(new StartedFlow(AddressOf(account, authorization, token), AuthorizationFlows.CookieName(token.Reveal()), new Secret(cookie), flow.ExpiresAt + AuthorizationFlows.KeptFor));
    }

    /// <param name="flow">Taken, and found to be this browser's and this caller's.</param>
    public async Task<FlowOutcome> CompleteAsync(Caller caller, AuthorizationFlow flow, ConnectionDefinition definition, ConnectorProfile connector, OAuth1Scheme scheme, FlowCallback callback)
    {
        if (WhyDenied(callback) is { } denial)
            return new FlowOutcome.Failed(flow.ConnectionId, denial);
        if (callback.Parameters.GetValueOrDefault("oauth_verifier") is not { Length: > 0 } verifier || callback.State is not { } token)
            return Reject(flow, "The callback came without a verifier. Start again from the connection's page.");
        if (await store.FindAsync(flow.ConnectionId, CancellationToken.None) is not { } connection || !caller.MayManage(connection))
            return Reject(flow, "The connection was removed meanwhile, or you may no longer manage it.");

        var account = OAuth1Account.Of(connection, definition, connector, scheme, vault);
        var secret = flow.SealedVerifier is null ? null : new Secret(vault.OpenVerifier(flow.Tenant, flow.ConnectionId, flow.SealedVerifier));
        // A verifier works once: whatever the browser does next, the answer is waited for and stored.
        var reply = await endpoint.ExchangeAsync(account, new Secret(token), secret, new Secret(verifier), CancellationToken.None);
        if (reply is OAuth1Reply.Refused { Failure: var failure })
        {
            failure = await clients.RefusedAsync(account, failure);
            LogRefused(log, flow.ConnectionId, failure.Kind, failure.ProviderCode);
            return new FlowOutcome.Failed(flow.ConnectionId, failure);
        }

        var granted = (OAuth1Reply.Granted)reply;
        var captured = granted.Body.Capture(scheme.Captures, callback.Parameters).Checked(scheme.Captures, connector, scheme, guard);
        if (captured.WhyIncomplete(connector, definition, "The provider's answer") is { } missing)
            return new FlowOutcome.Failed(flow.ConnectionId, new Failure { Kind = FailureKind.Misconfigured, Message = missing, At = time.GetUtcNow() });
        if (await StoreAsync(account, flow, granted.ToTokens(captured.Secrets, time.GetUtcNow()), captured, Actor.Of(caller.User)) is { } other)
            return other;
        await clients.AcceptedAsync(account);
        LogConnected(log, flow.ConnectionId);
        if (account.Scheme.AfterConnect.Count > 0)
            await followUps.RunAsync(flow.ConnectionId, CancellationToken.None);
        return new FlowOutcome.Connected(flow.ConnectionId);
    }

    private FlowOutcome.Rejected Reject(AuthorizationFlow flow, string reason) =>
        new(reason) { Connection = flow.ConnectionId, Failure = new Failure { Kind = FailureKind.Unknown, Message = reason, At = time.GetUtcNow() } };

    /// <returns>Null when it is connected.</returns>
    private async Task<FlowOutcome.OtherAccount?> StoreAsync(OAuth1Account account, AuthorizationFlow flow, TokenSet tokens, CapturedValues captured, Actor by)
    {
        var id = flow.ConnectionId;
        string? accountId = null;
        var isIdentified = false;
        ConnectionRecord? former;
        Connection connection;
        do
        {
            connection = await store.FindAsync(id, CancellationToken.None) ?? throw new KeyNotFoundException($"There is no connection {id} any more.");
            connection.ChangedBy(by).FieldsChanged(CapturedFields.Replace(account.Connector, account.Scheme, connection.Record.Fields, captured.Fields));
            var held = connection.Record;
            // As it is now: a secret may have been put right while the provider answered.
            connection.Authorized(vault.Seal(connection.Tenant, id, vault.OpenOrEmpty(connection.Record) with { Tokens = tokens }), tokens, accountLabel: null, time.GetUtcNow());
            if (!isIdentified)
                (accountId, isIdentified) = (await identities.FindAsync(connection), true);
            former = AccountIdentities.Differ(held.AccountId, accountId) ? held : null;
            if (former is not null && !flow.AcceptsOtherAccount)
                return new FlowOutcome.OtherAccount(id, await others.RefuseAsync(account.Connector, connection, held, accountId!, by));
            if (former is not null)
                connection.BecameOtherAccounts(time.GetUtcNow());
            if (accountId is not null)
                connection.Identified(accountId);
        }
        while (!await store.TryUpdateAsync(connection, CancellationToken.None));

        live.Changed(id);
        if (former is not null)
            await others.LetGoAsync(former, connection, by);
        return null;
    }

    private Uri AddressOf(OAuth1Account account, Uri endpoint, Secret token)
    {
        var client = OAuthClients.Of(account.Definition, account.Scheme, account.Fields, account.Credential, vault);
        // A browser shows these: of the client only its public key is there to be read.
        var scope = new CredentialScope(new SchemeInputs
        {
            Fields = account.Fields,
            Credential = new Credential(),
            Client = client is null ? null : new OAuthClient(client.Id, secret: null),
            BaseAddress = endpoint,
            Time = time,
        });
        List<KeyValuePair<string, string>> query = [new("oauth_token", token.Reveal())];
        foreach (var (name, template) in account.Scheme.AuthorizationParameters)
        {
            if (template.RenderOrNull(scope) is { } value)
                query.Add(new(name, value));
        }

        var text = string.Join('&', query.Select(p => $"{Uri.EscapeDataString(p.Key)}={Uri.EscapeDataString(p.Value)}"));
        return new UriBuilder(endpoint) { Query = endpoint.Query.Length > 1 ? $"{endpoint.Query[1..]}&{text}" : text }.Uri;
    }

    /// <summary>The failure when the person or the provider said no. There is no standard for it: <c>denied</c> has the token, <c>oauth_problem</c> a code.</summary>
    private Failure? WhyDenied(FlowCallback callback)
    {
        var problem = callback.Parameters.GetValueOrDefault("oauth_problem") ?? callback.Parameters.GetValueOrDefault("error");
        if (!callback.Parameters.ContainsKey("denied") && problem is null)
            return null;
        // These words come through the browser: kept short, and shown as the provider's only.
        var code = problem is null ? "denied" : new string([.. problem.Where(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.').Take(60)]);
        var refused = code is "denied" or "user_refused" or "permission_denied" or "access_denied";
        return new Failure
        {
            Kind = refused ? FailureKind.InsufficientPermissions : FailureKind.Unknown,
            Message = refused ? "The consent was refused. Nothing was connected." : $"The provider ended the authorization: {code}.",
            ProviderCode = code,
            At = time.GetUtcNow(),
        };
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Connection {Connection} was authorised")]
    private static partial void LogConnected(ILogger logger, ConnectionId connection);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A token for connection {Connection} was refused: {Kind} ({Code})")]
    private static partial void LogRefused(ILogger logger, ConnectionId connection, FailureKind kind, string? code);
}
