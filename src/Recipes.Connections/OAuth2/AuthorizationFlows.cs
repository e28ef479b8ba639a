using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Recipes.Connections;

/// <summary>Takes a person to the provider for consent and turns the callback into a credential.</summary>
/// <remarks>Source: RFC 6749 §4.1, RFC 7636 (S256), RFC 9207, RFC 9700 §2.1 and §4.</remarks>
public sealed partial class AuthorizationFlows
{
    /// <summary>How long a person has to give consent.</summary>
    public static readonly TimeSpan LifeSpan = TimeSpan.FromMinutes(10);

    private readonly IConnectionStore _store;
    private readonly IAuthorizationFlowStore _flows;
    private readonly IConnectorProfiles _connectors;
    private readonly CredentialVault _vault;
    private readonly EgressGuard _guard;
    private readonly TokenEndpoint _endpoint;
    private readonly OAuth1Flows _oauth1;
    private readonly ClientHealth _clients;
    private readonly LiveConnections _live;
    private readonly TimeProvider _time;
    private readonly ILogger<AuthorizationFlows> _log;

    internal AuthorizationFlows(
        IConnectionStore store, IAuthorizationFlowStore flows, IConnectorProfiles connectors, CredentialVault vault, EgressGuard guard,
        TokenEndpoint endpoint, OAuth1Flows oauth1, ClientHealth clients, LiveConnections live, TimeProvider time, ILogger<AuthorizationFlows> log) =>
        (_store, _flows, _connectors, _vault, _guard, _endpoint, _oauth1, _clients, _live, _time, _log) = (store, flows, connectors, vault, guard, endpoint, oauth1, clients, live, time, log);

    /// <summary>Name of the cookie of the flow with that <c>state</c>: flows in several tabs do not disturb each other.</summary>
    public static string CookieName(string state) => $"recipes-flow-{Convert.ToHexStringLower(Hash(state).AsSpan(0, 8))}";

    /// <param name="redirectUri">The definition's own callback address, exactly as registered at the provider.</param>
    /// <exception cref="InvalidOperationException">When the connection's scheme takes no consent, or its definition lacks an OAuth client or connector.</exception>
    /// <exception cref="FormatException">When an endpoint is not allowed; the message says why.</exception>
    /// <exception cref="UnauthorizedAccessException">When the caller may not manage the connection.</exception>
    public async Task<StartedFlow> StartAsync(Caller caller, Connection connection, Uri redirectUri, CancellationToken cancellationToken)
    {
        if (!caller.MayManage(connection))
            throw new UnauthorizedAccessException($"There is no connection {connection.Id} that you may manage.");
        var definition = await _store.FindDefinitionAsync(connection.DefinitionId, cancellationToken) ?? throw new InvalidOperationException("The connection has no definition.");
        var connector = _connectors.Find(definition.Connector);
        if (connector?.FindScheme(definition.Scheme) is OAuth1Scheme oauth1)
        {
            return await _oauth1.StartAsync(caller, connection, definition, connector, oauth1, redirectUri, cancellationToken) switch
            {
                FlowStart.Started { Flow: var started } => started,
                FlowStart.Failed { Failure: var failure } => throw new InvalidOperationException(failure.Message),
                _ => throw new InvalidOperationException("Unknown start."),
            };
        }

        if (connector?.FindScheme(definition.Scheme) is not OAuth2Scheme scheme || definition.OAuthApp is null)
            throw new InvalidOperationException($"The connection definition '{definition.Key}' has no OAuth client to start a consent with.");
        var fields = FieldValues.Merge(connector, scheme, definition, connection.Record.Fields);
        var endpoint = new Uri(scheme.AuthorizationEndpoint!.Render(fields));
        if (_guard.Check(endpoint) is { } wrong)
            throw new FormatException($"The authorization endpoint {wrong}.");

        var (state, cookie, verifier) = (NewRandom(), NewRandom(), NewRandom());
        var scopes = definition.Scopes.Count > 0 ? definition.Scopes : scheme.Scopes;
        var expiresAt = _time.GetUtcNow() + LifeSpan;
        var flow = new AuthorizationFlow(
            Hash(state), Hash(cookie), connection.Tenant, caller.User, definition.Id, connection.Id,
            scheme.Pkce ? _vault.SealVerifier(connection.Tenant, connection.Id, verifier) : null,
            scheme.Issuer?.RenderOrNull(fields), redirectUri.AbsoluteUri, scopes, expiresAt);
        await _flows.PurgeAsync(_time.GetUtcNow(), cancellationToken);
        await _flows.AddAsync(flow, cancellationToken);

        List<KeyValuePair<string, string>> query =
        [
            new("response_type", "code"), new("client_id", definition.OAuthApp.ClientId), new("redirect_uri", flow.RedirectUri), new("state", state),
        ];
        if (scopes.Count > 0)
            query.Add(new("scope", string.Join(scheme.ScopeSeparator, scopes)));
        if (scheme.Pkce)
            query.AddRange([new("code_challenge", Base64Url(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)))), new("code_challenge_method", "S256")]);
        var scope = new CredentialScope(new SchemeInputs { Fields = fields, Credential = new Credential(), Client = new OAuthClient(definition.OAuthApp.ClientId, secret: null), BaseAddress = endpoint, Time = _time });
        foreach (var (name, template) in scheme.AuthorizationParameters)
        {
            if (template.RenderOrNull(scope) is { } value)
                query.Add(new(name, value));
        }

        var text = string.Join('&', query.Select(p => $"{Uri.EscapeDataString(p.Key)}={Uri.EscapeDataString(p.Value)}"));
        var address = new UriBuilder(endpoint) { Query = endpoint.Query.Length > 1 ? $"{endpoint.Query[1..]}&{text}" : text }.Uri;
        return new StartedFlow(address, CookieName(state), new Secret(cookie), expiresAt);
    }

    /// <param name="callbackSlug">Last segment of the address that was called.</param>
    /// <param name="cookie">Looks up a cookie of the browser that came back.</param>
    /// <param name="caller">Who is signed in there; null when nobody is.</param>
    public async Task<FlowOutcome> CompleteAsync(string callbackSlug, FlowCallback callback, Func<string, string?> cookie, Caller? caller, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(callback.State))
            return Reject("no-state", "The callback came without a state. Start again from the connection's page.");
        var stateHash = Hash(callback.State);
        if (await _flows.FindAsync(stateHash, cancellationToken) is not { } flow)
            return Reject("unknown-state", "This authorization is not known here, or was completed already. Start again from the connection's page.");
        if (cookie(CookieName(callback.State)) is not { } value || !CryptographicOperations.FixedTimeEquals(Hash(value), flow.CookieHash))
            return Reject("other-browser", "This authorization was started in another browser. Complete it there, or start again here.");
        // From here on it is our own browser: whatever is wrong, this flow has had its one chance.
        if (!await _flows.TryTakeAsync(stateHash, cancellationToken))
            return Reject("used", "This authorization was completed already. Start again from the connection's page.");
        if (flow.ExpiresAt <= _time.GetUtcNow())
            return Reject("expired", $"This authorization took longer than {LifeSpan.TotalMinutes:0} minutes. Start again from the connection's page.");
        if (caller is null || caller.User != flow.User || caller.Tenant != flow.Tenant)
            return Reject("other-user", "This authorization was started by another user. Sign in as that user, or start again.");
        var definition = await _store.FindDefinitionAsync(flow.DefinitionId, cancellationToken);
        if (definition is null || definition.CallbackSlug != callbackSlug)
            return Reject("other-definition", "This callback address belongs to another connection definition. Check the redirect address registered at the provider.");
        if (_connectors.Find(definition.Connector) is { } known && known.FindScheme(definition.Scheme) is OAuth1Scheme oauth1)
            return await _oauth1.CompleteAsync(caller, flow, definition, known, oauth1, callback);
        if (flow.Issuer is not null && !string.Equals(callback.Issuer, flow.Issuer, StringComparison.Ordinal))
            return Reject("issuer", callback.Issuer is null
                ? "The answer does not name its issuer, although this provider always does. Nothing was connected."
                : "The answer comes from another issuer than the one you were sent to. Nothing was connected.");

        if (callback.Error is not null)
            return new FlowOutcome.Failed(flow.ConnectionId, ProviderSaidNo(callback));
        return string.IsNullOrEmpty(callback.Code)
            ? Reject("no-code", "The callback came without a code. Start again from the connection's page.")
            : await ExchangeAsync(caller, flow, definition, callback.Code, cancellationToken);
    }

    private async Task<FlowOutcome> ExchangeAsync(Caller caller, AuthorizationFlow flow, ConnectionDefinition definition, string code, CancellationToken cancellationToken)
    {
        var connection = await _store.FindAsync(flow.ConnectionId, cancellationToken);
        if (connection is null || !caller.MayManage(connection) || _connectors.Find(definition.Connector) is not { } connector || connector.FindScheme(definition.Scheme) is not OAuth2Scheme scheme)
            return Reject("gone", "The connection or its connector was removed meanwhile, or you may no longer manage it.");
        var fields = FieldValues.Merge(connector, scheme, definition, connection.Record.Fields);
        var verifier = flow.SealedVerifier is null ? null : _vault.OpenVerifier(flow.Tenant, flow.ConnectionId, flow.SealedVerifier);
        // A code works once: whatever the browser does next, the answer is waited for and stored.
        var reply = await _endpoint.ExchangeCodeAsync(definition, connector, scheme, fields, code, verifier, flow.RedirectUri, CancellationToken.None);
        if (reply is TokenReply.Refused { Failure: var failure })
        {
            if (failure.Kind == FailureKind.ClientRejected)
                await _clients.SetAsync(definition.Id, failure);
            LogExchangeRefused(_log, flow.ConnectionId, failure.Kind, failure.ProviderCode);
            return new FlowOutcome.Failed(flow.ConnectionId, failure);
        }

        var tokens = ((TokenReply.Granted)reply).Tokens;
        tokens = tokens with { Scopes = tokens.Scopes ?? flow.Scopes };
        do
        {
            connection = await _store.FindAsync(flow.ConnectionId, CancellationToken.None) ?? throw new KeyNotFoundException($"There is no connection {flow.ConnectionId} any more.");
            // The secret fields were filled in before the consent.
            var sealedCredential = _vault.Seal(connection.Tenant, connection.Id, _vault.OpenOrEmpty(connection.Record) with { Tokens = tokens });
            connection.Authorized(sealedCredential, tokens, accountLabel: null, _time.GetUtcNow());
        }
        while (!await _store.TryUpdateAsync(connection, CancellationToken.None));

        _live.Changed(connection.Id);
        if (definition.ClientFailure is not null)
            await _clients.SetAsync(definition.Id, null);
        LogConnected(_log, connection.Id);
        return new FlowOutcome.Connected(connection.Id);
    }

    private Failure ProviderSaidNo(FlowCallback callback)
    {
        // These words come through the browser: kept short, and shown as the provider's only.
        var words = callback.ErrorDescription is { } text ? new string([.. text.Where(c => !char.IsControl(c)).Take(300)]) : null;
        var code = new string([.. callback.Error!.Where(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.').Take(60)]);
        return new Failure
        {
            Kind = code switch
            {
                "access_denied" => FailureKind.InsufficientPermissions,
                "unauthorized_client" or "invalid_client" => FailureKind.ClientRejected,
                "temporarily_unavailable" or "server_error" => FailureKind.Unavailable,
                "invalid_scope" or "invalid_request" or "unsupported_response_type" => FailureKind.Misconfigured,
                _ => FailureKind.Unknown,
            },
            Message = code == "access_denied" ? "The consent was refused. Nothing was connected." : $"The provider ended the authorization: {code}.",
            ProviderCode = code,
            ProviderWords = words,
            At = _time.GetUtcNow(),
        };
    }

    private FlowOutcome.Rejected Reject(string why, string reason)
    {
        LogRejected(_log, why);
        return new(reason);
    }

    private static string NewRandom() => Base64Url(RandomNumberGenerator.GetBytes(32));

    private static string Base64Url(ReadOnlySpan<byte> bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);

    internal static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));

    [LoggerMessage(Level = LogLevel.Information, Message = "Connection {Connection} was authorised")]
    private static partial void LogConnected(ILogger logger, ConnectionId connection);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The code for connection {Connection} was refused: {Kind} ({Code})")]
    private static partial void LogExchangeRefused(ILogger logger, ConnectionId connection, FailureKind kind, string? code);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A callback was rejected: {Why}")]
    private static partial void LogRejected(ILogger logger, string why);
}
