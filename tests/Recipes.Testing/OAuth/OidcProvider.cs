using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Recipes.Testing;

/// <summary>A real OAuth 2.0 authorization server (oidc-provider on Node) with two resources beside it, on loopback, in memory.</summary>
/// <remarks>
/// Always there: the clients basic/basic-secret, post/post-secret, public (no secret) and cc/cc-secret (client credentials only); they have
/// no useful redirect address until <see cref="SetRedirectUrisAsync"/>. Any login and any password are accepted; the login becomes the
/// subject. PKCE S256 is required, refresh tokens rotate, and using a rotated one again revokes the whole grant.
/// Scopes: openid, offline_access, profile, email, api:read, api:write.
/// </remarks>
public sealed partial class OidcProvider : IAsyncDisposable
{
    private readonly ServerProcess _process;
    private readonly HttpClient _control;

    private OidcProvider(ServerProcess process, Uri issuer, Uri control)
    {
        _process = process;
        _control = new HttpClient { BaseAddress = control };
        Issuer = issuer;
    }

    /// <summary>The issuer. Its exact text is <see cref="IssuerText"/>: a <see cref="Uri"/> prints a slash at the end.</summary>
    public Uri Issuer { get; }

    /// <summary>The issuer as it stands in the metadata and in <c>iss</c>, without a slash at the end.</summary>
    public string IssuerText => Issuer.GetLeftPart(UriPartial.Authority);

    public Uri AuthorizationEndpoint => new(Issuer, "/auth");

    public Uri TokenEndpoint => new(Issuer, "/token");

    /// <summary>Source: RFC 7009.</summary>
    public Uri RevocationEndpoint => new(Issuer, "/token/revocation");

    /// <summary>Source: RFC 7662.</summary>
    public Uri IntrospectionEndpoint => new(Issuer, "/token/introspection");

    /// <summary>Source: RFC 8628.</summary>
    public Uri DeviceAuthorizationEndpoint => new(Issuer, "/device/auth");

    /// <summary>Source: RFC 9126.</summary>
    public Uri PushedAuthorizationEndpoint => new(Issuer, "/request");

    /// <summary>A resource that needs the scope api:read; answers <c>{"ok":true,"sub":…,"client":…}</c> or as RFC 6750 §3 says.</summary>
    public Uri ApiRead => new(Issuer, "/api/read");

    /// <summary>A resource that needs the scope api:write.</summary>
    public Uri ApiWrite => new(Issuer, "/api/write");

    /// <summary>The process that serves, to look at its output.</summary>
    public ServerProcess Process => _process;

    /// <summary>Starts a server of its own on a free port.</summary>
    /// <exception cref="InvalidOperationException">When it does not come up; the message holds its last output.</exception>
    public static async Task<OidcProvider> StartAsync(CancellationToken cancellationToken = default)
    {
        var process = ServerProcess.Start(Programs.Get("node"), ["server.mjs"], RepositoryRoot.Combine("tests", "counterparties", "oidc"));
        try
        {
            var ready = await process.LineAsync(ReadyLine(), cancellationToken);
            return new OidcProvider(process, new Uri(ready.Groups["issuer"].Value), new Uri(ready.Groups["control"].Value));
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>Registers a client for authorization code and refresh, or puts another in its place.</summary>
    /// <param name="authMethod">client_secret_basic, client_secret_post or none.</param>
    public Task AddClientAsync(string id, string? secret, string authMethod, params string[] redirectUris) => OrderAsync("addClient", new
    {
        client_id = id,
        client_secret = secret,
        token_endpoint_auth_method = authMethod,
        redirect_uris = redirectUris,
        grant_types = (string[])["authorization_code", "refresh_token"],
        application_type = secret is null ? "native" : "web",
    });

    /// <summary>Registers a client for device codes and refresh.</summary>
    public Task AddDeviceClientAsync(string id, string secret) => OrderAsync("addClient", new
    {
        client_id = id,
        client_secret = secret,
        token_endpoint_auth_method = "client_secret_basic",
        redirect_uris = (string[])[],
        response_types = (string[])[],
        grant_types = (string[])["urn:ietf:params:oauth:grant-type:device_code", "refresh_token"],
    });

    /// <summary>Changes members of the published metadata; null leaves one out. An empty set ends it.</summary>
    public Task SetMetadataAsync(Dictionary<string, object?> members) => OrderAsync("knobs", new { metadata = members });

    /// <summary>Parameters that each callback carries besides; an empty set ends it.</summary>
    public Task SetCallbackAsync(Dictionary<string, string> parameters) => OrderAsync("knobs", new { callback = parameters });

    /// <summary>Registers a client that may use client credentials only.</summary>
    public Task AddClientCredentialsClientAsync(string id, string secret, string authMethod = "client_secret_basic") => OrderAsync("addClient", new
    {
        client_id = id,
        client_secret = secret,
        token_endpoint_auth_method = authMethod,
        redirect_uris = (string[])[],
        response_types = (string[])[],
        grant_types = (string[])["client_credentials"],
    });

    /// <summary>Where the provider may send the browser back to for this client.</summary>
    public Task SetRedirectUrisAsync(string id, params string[] redirectUris) => OrderAsync("changeClient", new { client_id = id, redirect_uris = redirectUris });

    /// <summary>Gives a client another secret; the old one is then answered with 401 invalid_client.</summary>
    public Task SetClientSecretAsync(string id, string secret) => OrderAsync("changeClient", new { client_id = id, client_secret = secret });

    /// <summary>Lets a client's secret expire; it is then answered with 400 invalid_client.</summary>
    public Task ExpireClientSecretAsync(string id) => OrderAsync("changeClient", new { client_id = id, client_secret_expires_at = 1 });

    /// <summary>Takes a grant type from a client or gives it back; a missing one is answered with 400 unauthorized_client.</summary>
    public Task SetGrantTypesAsync(string id, params string[] grantTypes) => OrderAsync("changeClient", new { client_id = id, grant_types = grantTypes });

    /// <summary>Removes a client; it is then answered with 401 invalid_client.</summary>
    public Task DropClientAsync(string id) => OrderAsync("dropClient", new { client_id = id });

    /// <summary>How long tokens issued from now on live, in whole seconds; null leaves it as it is (first 1 hour, 1 day).</summary>
    public Task SetLifetimesAsync(TimeSpan? accessToken = null, TimeSpan? refreshToken = null)
    {
        var knobs = new Dictionary<string, object>();
        if (accessToken is { } access)
        {
            knobs["AccessToken"] = knobs["ClientCredentials"] = (int)access.TotalSeconds;
        }

        if (refreshToken is { } refresh)
        {
            knobs["RefreshToken"] = (int)refresh.TotalSeconds;
        }

        return OrderAsync("knobs", knobs);
    }

    /// <summary>Whether a refresh brings a new refresh token and uses up the old one; first it does.</summary>
    public Task SetRotationAsync(bool rotate) => OrderAsync("knobs", new { rotate });

    /// <summary>These accounts are deleted, any other exists; refreshing for a deleted one is answered with invalid_grant.</summary>
    public Task SetAccountsGoneAsync(params string[] accounts) => OrderAsync("knobs", new { accountsGone = accounts });

    /// <summary>Lets requests fail from now on as told, until <see cref="HealAsync"/>.</summary>
    public Task FailAsync(OidcFault fault) => OrderAsync("knobs", new { fail = fault });

    /// <summary>Ends a fault and a latency.</summary>
    public Task HealAsync() => OrderAsync("knobs", new { fail = (OidcFault?)null, latencyMs = 0 });

    /// <summary>Every answer takes at least so long, from now on.</summary>
    public Task SetLatencyAsync(TimeSpan latency) => OrderAsync("knobs", new { latencyMs = (int)latency.TotalMilliseconds });

    /// <summary>What the authorization response says about its issuer.</summary>
    public Task SetIssAsync(IssParameter iss) => OrderAsync("knobs", new { iss = iss.ToString().ToLowerInvariant() });

    /// <summary>Whether the metadata announces that authorization responses carry <c>iss</c> (RFC 9207 §3).</summary>
    public Task SetIssAnnouncedAsync(bool announced) => OrderAsync("knobs", new { announceIss = announced });

    /// <summary>Whether proofs of possession (RFC 9449) need a nonce of the provider; first they do not.</summary>
    public Task SetDPoPNonceAsync(bool required) => OrderAsync("knobs", new { dpopNonce = required });

    /// <summary>The user disconnects the app at the provider: the whole grant that this refresh or access token belongs to is gone.</summary>
    public Task RevokeGrantAsync(string token) => OrderAsync("revokeGrant", new { token });

    /// <summary>The consent is narrowed: tokens issued from now on lack this scope, those issued before keep it.</summary>
    public Task RejectScopeAsync(string token, string scope) => OrderAsync("rejectScope", new { token, scope });

    /// <summary>Stops listening: connections are refused. Tokens and grants are kept.</summary>
    public Task DownAsync() => OrderAsync("down", new { });

    /// <summary>Listens again on the same port.</summary>
    public Task UpAsync() => OrderAsync("up", new { });

    /// <summary>What was asked of the server since it started or since <see cref="ResetCountersAsync"/>.</summary>
    public async Task<OidcCounters> CountersAsync(CancellationToken cancellationToken = default) =>
        await _control.GetFromJsonAsync<OidcCounters>("/counters", JsonSerializerOptions.Web, cancellationToken)
        ?? throw new InvalidOperationException("The provider gave no counters.");

    public Task ResetCountersAsync() => OrderAsync("resetCounters", new { });

    public async ValueTask DisposeAsync()
    {
        _control.Dispose();
        await _process.DisposeAsync();
    }

    private async Task OrderAsync(string order, object body)
    {
        using var answer = await _control.PostAsJsonAsync($"/{order}", body, JsonSerializerOptions.Web);
        if (!answer.IsSuccessStatusCode)
        {
            throw new InvalidOperationException($"The provider refused the order {order}: {await answer.Content.ReadAsStringAsync()}");
        }
    }

    [GeneratedRegex("^READY (?<issuer>\\S+) (?<control>\\S+)$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ReadyLine();
}
