using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Recipes.Connections;

/// <summary>Takes a person to the provider for consent and turns the callback into a credential.</summary>
/// <remarks>Source: RFC 6749 §4.1, RFC 7636 (S256), RFC 8707, RFC 9126, RFC 9207, RFC 9700 §2.1 and §4.</remarks>
public sealed partial class AuthorizationFlows
{
    /// <summary>How long a person has to give consent.</summary>
    public static readonly TimeSpan LifeSpan = TimeSpan.FromMinutes(10);

    /// <summary>How long one that is over is still known, so that who comes back late is told so, and led to where they were.</summary>
    internal static readonly TimeSpan KeptFor = TimeSpan.FromHours(1);

    private readonly IConnectionStore _store;
    private readonly IAuthorizationFlowStore _flows;
    private readonly ConsentAccounts _accounts;
    private readonly CredentialVault _vault;
    private readonly EgressGuard _guard;
    private readonly OAuth2Endpoints _endpoints;
    private readonly ProviderRequests _requests;
    private readonly TokenEndpoint _tokens;
    private readonly ConsentCompletion _completion;
    private readonly ConsentNotes _notes;
    private readonly OAuth1Flows _oauth1;
    private readonly IConnectorProfiles _connectors;
    private readonly ClientHealth _clients;
    private readonly TimeProvider _time;
    private readonly ILogger<AuthorizationFlows> _log;

    internal AuthorizationFlows(
        IConnectionStore store, IAuthorizationFlowStore flows, ConsentAccounts accounts, CredentialVault vault, EgressGuard guard, OAuth2Endpoints endpoints, ProviderRequests requests,
        TokenEndpoint tokens, ConsentCompletion completion, ConsentNotes notes, OAuth1Flows oauth1, IConnectorProfiles connectors, ClientHealth clients, TimeProvider time, ILogger<AuthorizationFlows> log) =>
        (_store, _flows, _accounts, _vault, _guard, _endpoints, _requests, _tokens, _completion, _notes, _oauth1, _connectors, _clients, _time, _log) =
        (store, flows, accounts, vault, guard, endpoints, requests, tokens, completion, notes, oauth1, connectors, clients, time, log);

    /// <summary>Name of the cookie of the flow with that <c>state</c>: flows in several tabs do not disturb each other.</summary>
    public static string CookieName(string state) => $"recipes-flow-{Convert.ToHexStringLower(Hash(state).AsSpan(0, 8))}";

    /// <param name="redirectUri">The definition's own callback address, exactly as registered at the provider.</param>
    /// <param name="scopes">The scopes chosen among <see cref="ScopeSelection.Offer"/>; null means the defaults.</param>
    /// <param name="back">What it is started for; null means nothing in particular.</param>
    /// <param name="acceptsOtherAccount">Whether the connection may become another account's.</param>
    /// <exception cref="InvalidOperationException">When the connection's scheme takes no consent, or its definition lacks an OAuth client or connector.</exception>
    /// <exception cref="FormatException">When an endpoint is not allowed, or a scope is not on offer; the message says why.</exception>
    /// <exception cref="UnauthorizedAccessException">When the caller may not manage the connection.</exception>
    public async Task<FlowStart> StartAsync(
        Caller caller, Connection connection, Uri redirectUri, IReadOnlyList<string>? scopes, CancellationToken cancellationToken, FlowReturn? back = null, bool acceptsOtherAccount = false)
    {
        if (!caller.MayManage(connection))
            throw new UnauthorizedAccessException($"There is no connection {connection.Id} that you may manage.");
        var start = await BeginAsync(caller, connection, redirectUri, scopes, back, acceptsOtherAccount, cancellationToken);
        if (start is FlowStart.Failed { Failure: var failure })
            await _notes.FailedAsync(connection.Id, Actor.Of(caller.User), failure);
        return start;
    }

    private async Task<FlowStart> BeginAsync(
        Caller caller, Connection connection, Uri redirectUri, IReadOnlyList<string>? scopes, FlowReturn? back, bool acceptsOtherAccount, CancellationToken cancellationToken)
    {
        if (await _store.FindDefinitionAsync(connection.DefinitionId, cancellationToken) is { } known && _connectors.Find(known.Connector) is { } app && app.FindScheme(known.Scheme) is OAuth1Scheme oauth1)
            return await _oauth1.StartAsync(caller, connection, known, app, oauth1, redirectUri, back ?? FlowReturn.None, acceptsOtherAccount, cancellationToken);
        var account = await _accounts.OfAsync(connection, OAuth2Grant.AuthorizationCode, cancellationToken);
        var (definition, scheme) = (account.Definition, account.Scheme);
        var asked = ScopeSelection.Choose(scheme, definition, scopes);
        ConsentEndpoints endpoints;
        try
        {
            endpoints = await _endpoints.ConsentAsync(scheme, account.Fields, cancellationToken);
        }
        catch (DiscoveryException e)
        {
            return new FlowStart.Failed(e.Failure);
        }

        var (state, cookie, verifier) = (NewRandom(), NewRandom(), scheme.Pkce && endpoints.TakesS256 ? NewRandom() : null);
        var address = redirectUri.AbsoluteUri;
        var parameters = AuthorizationRequest.Parameters(scheme, account.NewScope().Inputs with { Client = new OAuthClient(account.Client!.Id, secret: null) }, address, state, verifier, asked);
        if (endpoints.Pushed is { } push)
        {
            var (requestUri, failure) = await PushAsync(account, push, parameters, cancellationToken);
            if (failure is not null)
                return new FlowStart.Failed(failure);
            parameters = [new(scheme.ClientIdParameter, account.Client!.Id), new("request_uri", requestUri!)];
        }

        var expiresAt = _time.GetUtcNow() + LifeSpan;
        await _flows.PurgeAsync(_time.GetUtcNow() - KeptFor, cancellationToken);
        await _flows.AddAsync(
            new AuthorizationFlow(
                Hash(state), Hash(cookie), connection.Tenant, caller.User, definition.Id, connection.Id,
                verifier is null ? null : _vault.SealVerifier(connection.Tenant, connection.Id, verifier), endpoints.CallbackIssuer, address, asked, expiresAt)
            { Return = back ?? FlowReturn.None, AcceptsOtherAccount = acceptsOtherAccount },
            cancellationToken);
        return new FlowStart.Started(new(AuthorizationRequest.Address(endpoints.Authorization, parameters, scheme.AuthorizationFragment), CookieName(state), new Secret(cookie), expiresAt + KeptFor));
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
        // Before all else that is wrong with it: nothing of the flow is anybody else's to know.
        if (caller is null || caller.User != flow.User || caller.Tenant != flow.Tenant)
            return await RejectOtherUserAsync(flow);
        if (flow.ExpiresAt <= _time.GetUtcNow())
            return await RejectAsync(flow, "expired", $"This authorization took longer than {LifeSpan.TotalMinutes:0} minutes. Start again from the connection's page.");
        var definition = await _store.FindDefinitionAsync(flow.DefinitionId, cancellationToken);
        if (definition is null || definition.CallbackSlug != callbackSlug)
            return await RejectAsync(flow, "other-definition", "This callback address belongs to another connection definition. Check the redirect address registered at the provider.", FailureKind.Misconfigured);
        if (_connectors.Find(definition.Connector) is { } known && known.FindScheme(definition.Scheme) is OAuth1Scheme oauth1)
            return await ToldAsync(flow, await _oauth1.CompleteAsync(caller, flow, definition, known, oauth1, callback));
        var connection = await _store.FindAsync(flow.ConnectionId, cancellationToken);
        if (connection is null || !caller.MayManage(connection) || _accounts.Find(connection, definition) is not { } account)
            return await RejectAsync(flow, "gone", "The connection or its connector was removed meanwhile, or you may no longer manage it.");
        // One that names its issuer although it did not announce it is held to it as well.
        var issuer = flow.Issuer ?? (callback.Issuer is null ? null : account.Scheme.Discovery?.RenderOrNull(account.Fields));
        if (issuer is not null && !string.Equals(callback.Issuer, issuer, StringComparison.Ordinal))
            return await RejectAsync(flow, "issuer", callback.Issuer is null
                ? "The answer does not name its issuer, although this provider always does. Nothing was connected."
                : "The answer comes from another issuer than the one you were sent to. Nothing was connected.", FailureKind.Misconfigured);

        if (callback.Error is not null)
            return await ToldAsync(flow, new FlowOutcome.Failed(flow.ConnectionId, ProviderSaidNo(callback)));
        var code = account.Scheme.CodeParameter == "code" ? callback.Code : callback.Parameters.GetValueOrDefault(account.Scheme.CodeParameter);
        return string.IsNullOrEmpty(code)
            ? await RejectAsync(flow, "no-code", "The callback came without a code. Start again from the connection's page.")
            : await ToldAsync(flow, await ExchangeAsync(flow, connection, account, callback, code));
    }

    // What came to nothing is explained on the connection's log; what was connected has its entry already.
    private async Task<FlowOutcome> ToldAsync(AuthorizationFlow flow, FlowOutcome outcome)
    {
        var told = outcome switch
        {
            FlowOutcome.Failed failed => failed.Failure,
            FlowOutcome.OtherAccount other => other.Failure,
            FlowOutcome.Rejected rejected => rejected.Failure,
            _ => null,
        };
        if (told is not null)
            await _notes.FailedAsync(flow.ConnectionId, Actor.Of(flow.User), told);
        return outcome with { Return = flow.Return };
    }

    private async Task<FlowOutcome> ExchangeAsync(AuthorizationFlow flow, Connection connection, OAuth2Account account, FlowCallback callback, string code)
    {
        var (definition, connector, scheme) = (account.Definition, account.Connector, account.Scheme);
        // Before the code goes anywhere: the token endpoint may be made of what the callback names.
        var captures = scheme.Captures.Where(c => c.From == CaptureSource.Callback).ToArray();
        var captured = Captures.Take(captures, c => (true, callback.Parameters.GetValueOrDefault(c.Path))).Checked(captures, connector, scheme, _guard);
        if (captured.WhyIncomplete(connector, definition, "The callback") is { } missing)
        {
            LogRejected(_log, "capture");
            return new FlowOutcome.Failed(flow.ConnectionId, new Failure { Kind = FailureKind.Misconfigured, Message = $"{missing} Nothing was connected.", At = _time.GetUtcNow() });
        }

        account = account with { Fields = FieldValues.Merge(connector, scheme, definition, CapturedFields.Replace(connector, scheme, connection.Record.Fields, captured.Fields)) };
        var verifier = flow.SealedVerifier is null ? null : _vault.OpenVerifier(flow.Tenant, flow.ConnectionId, flow.SealedVerifier);
        // A code works once: whatever the browser does next, the answer is waited for and stored.
        var reply = await _tokens.ExchangeCodeAsync(account, code, verifier, flow.RedirectUri, CancellationToken.None);
        return await _completion.CompleteAsync(flow.ConnectionId, account, flow.Scopes, captured, reply, Actor.Of(flow.User), flow.AcceptsOtherAccount) switch
        {
            ConsentResult.Connected => new FlowOutcome.Connected(flow.ConnectionId),
            ConsentResult.OtherAccount other => new FlowOutcome.OtherAccount(flow.ConnectionId, other.Failure),
            ConsentResult.Failed failed => new FlowOutcome.Failed(flow.ConnectionId, failed.Failure),
            var unknown => throw new InvalidOperationException($"Unknown result {unknown.GetType().Name}."),
        };
    }

    private async Task<(string? RequestUri, Failure? Failure)> PushAsync(OAuth2Account account, Uri endpoint, List<KeyValuePair<string, string>> parameters, CancellationToken cancellationToken)
    {
        var what = $"The endpoint of {account.Connector.DisplayName} for authorization requests";
        var (answer, failure) = await _requests.PostAsync(account, endpoint, what, parameters, cancellationToken);
        if (failure is not null)
            return (null, await _clients.RefusedAsync(account, failure));
        return answer!.Value.TryGetProperty("request_uri", out var uri) && uri.ValueKind == JsonValueKind.String && uri.GetString() is { Length: > 0 and <= 2048 } text
            ? (text, null)
            : (null, new Failure { Kind = FailureKind.Unknown, Message = $"{what} answered without a request_uri.", At = _time.GetUtcNow() });
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

    /// <param name="flow">Taken, and found to be this browser's and this caller's.</param>
    private Task<FlowOutcome> RejectAsync(AuthorizationFlow flow, string why, string reason, FailureKind kind = FailureKind.Unknown) => ToldAsync(
        flow, Reject(why, reason) with { Connection = flow.ConnectionId, Failure = new Failure { Kind = kind, Message = reason, At = _time.GetUtcNow() } });

    // Its owner learns that it came to nothing, and it is put down to nobody: who started it was not there, and who was there did not start it.
    private async Task<FlowOutcome> RejectOtherUserAsync(AuthorizationFlow flow)
    {
        await _notes.FailedAsync(flow.ConnectionId, Actor.System, new Failure
        {
            Kind = FailureKind.Unknown,
            Message = "An authorization came back to a browser where the user who had started it was not signed in. Nothing was connected.",
            At = _time.GetUtcNow(),
        });
        return Reject("other-user", "This authorization was started by another user. Sign in as that user, and start it again from the connection's page.");
    }

    private static string NewRandom() => System.Buffers.Text.Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    internal static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));

    [LoggerMessage(Level = LogLevel.Warning, Message = "A callback was rejected: {Why}")]
    private static partial void LogRejected(ILogger logger, string why);
}
