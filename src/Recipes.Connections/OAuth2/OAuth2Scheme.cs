using System.Net.Http.Headers;

namespace Recipes.Connections;

/// <summary>OAuth 2.0: one grant, with every deviation that its provider needs.</summary>
/// <remarks>Source: RFC 6749, RFC 6750 §2.1, RFC 7521/7523, RFC 7636, RFC 8414, RFC 8628, RFC 8693, RFC 8705, RFC 8707, RFC 9126, RFC 9207, RFC 9449.</remarks>
public sealed record OAuth2Scheme : AuthScheme
{
    public OAuth2Grant Grant { get; init; }

    /// <summary>Needed by the authorization code grant unless <see cref="Discovery"/> finds it.</summary>
    public FieldTemplate? AuthorizationEndpoint { get; init; }

    /// <summary>Null only where <see cref="Discovery"/> finds it.</summary>
    public FieldTemplate? TokenEndpoint { get; init; }

    /// <summary>Where tokens are refreshed, when that is another address.</summary>
    public FieldTemplate? RefreshEndpoint { get; init; }

    /// <summary>RFC 7009; null when the provider has none. Absent too where an optional field it reads has no value.</summary>
    public FieldTemplate? RevocationEndpoint { get; init; }

    /// <summary>RFC 7662; null when the provider has none.</summary>
    public FieldTemplate? IntrospectionEndpoint { get; init; }

    /// <summary>Whether a connection is tested by asking the provider what it knows of its token, in place of a request to the app.</summary>
    public bool ProbesByIntrospection { get; init; }

    /// <summary>RFC 8628, for the device code grant.</summary>
    public FieldTemplate? DeviceAuthorizationEndpoint { get; init; }

    /// <summary>RFC 9126; where given, authorization requests are pushed there.</summary>
    public FieldTemplate? PushedAuthorizationEndpoint { get; init; }

    /// <summary>The issuer whose published metadata names the endpoints not given here; null means that none is looked for.</summary>
    /// <remarks>Source: RFC 8414 §3, OpenID Connect Discovery §4.</remarks>
    public FieldTemplate? Discovery { get; init; }

    /// <summary>The issuer that must come back in <c>iss</c>; null when the provider sends none. With <see cref="Discovery"/> that one, where the metadata promises it.</summary>
    public FieldTemplate? Issuer { get; init; }

    public ClientAuthentication ClientAuthentication { get; init; } = ClientAuthentication.Basic;

    /// <summary>Field with the client id, where each account brings its own client; null means the definition's.</summary>
    public string? ClientIdField { get; init; }

    /// <summary>Secret field with the client secret (or private key), as <see cref="ClientIdField"/>.</summary>
    public string? ClientSecretField { get; init; }

    /// <summary>Fields of the password grant.</summary>
    public string UsernameField { get; init; } = "username";
    public string PasswordField { get; init; } = "password";

    /// <summary>How assertions that authenticate the client are made (private_key_jwt, client_secret_jwt).</summary>
    public AssertionRules ClientAssertion { get; init; } = new();

    /// <summary>The assertion that the JWT bearer grant sends.</summary>
    public AssertionRules? Assertion { get; init; }

    /// <summary>The token that the token exchange grant exchanges.</summary>
    public TokenExchangeRules? TokenExchange { get; init; }

    /// <summary>What the provider offers. Those that are <see cref="ScopeChoice.Default"/> are asked for when the definition names none.</summary>
    public IReadOnlyList<ScopeChoice> ScopeChoices { get; init; } = [];

    /// <summary>Asked for when the definition names none.</summary>
    public IReadOnlyList<string> Scopes => [.. ScopeChoices.Where(s => s.Default || s.Required).Select(s => s.Name)];
    public string ScopeSeparator { get; init; } = " ";

    /// <summary>Name of the parameter that carries the scopes.</summary>
    public string ScopeParameter { get; init; } = "scope";

    /// <summary>Name of the parameter that carries the client id in the authorization and token requests.</summary>
    public string ClientIdParameter { get; init; } = "client_id";

    /// <summary>Name of the parameter that carries the client secret in the body of token requests.</summary>
    public string ClientSecretParameter { get; init; } = "client_secret";

    /// <summary>PKCE with S256; off only where the provider breaks on it.</summary>
    public bool Pkce { get; init; } = true;

    /// <summary>Whether the client proves possession of a key of its own with each token (RFC 9449).</summary>
    public bool DPoP { get; init; }

    /// <summary>Resources that the token is for (RFC 8707).</summary>
    public IReadOnlyList<FieldTemplate> Resources { get; init; } = [];

    /// <summary>Further parameters of the authorization request; an empty one is left out.</summary>
    public IReadOnlyList<KeyValuePair<string, CredentialTemplate>> AuthorizationParameters { get; init; } = [];

    /// <summary>Put behind the authorization address as its fragment; null when there is none.</summary>
    public string? AuthorizationFragment { get; init; }

    /// <summary>Name of the code in the callback, and in the token request after it.</summary>
    public string CodeParameter { get; init; } = "code";

    public TokenRequestRules TokenRequest { get; init; } = new();

    /// <summary>As <see cref="TokenRequest"/>, for refreshing.</summary>
    public TokenRequestRules RefreshRequest { get; init; } = new();

    public TokenResponseRules TokenResponse { get; init; } = new();

    /// <summary>How long an access token lives when the reply does not say; null means until it is refused.</summary>
    public TimeSpan? AccessTokenLifetime { get; init; }

    /// <summary>How long the provider goes on accepting a refresh token that it has replaced, should its reply get lost; null when it does not, or does not say.</summary>
    public TimeSpan? RefreshGrace { get; init; }

    public IReadOnlyList<Capture> Captures { get; init; } = [];

    /// <inheritdoc/>
    public override IEnumerable<Capture> AllCaptures => base.AllCaptures.Concat(Captures);

    /// <inheritdoc/>
    public override bool NeedsConsent => Grant is OAuth2Grant.AuthorizationCode or OAuth2Grant.DeviceCode;

    /// <inheritdoc/>
    public override bool AcquiresTokens => !NeedsConsent;

    /// <inheritdoc/>
    /// <remarks>A service account signs its own assertions and needs no client beside, unless a way of client authentication is given.</remarks>
    public override bool NeedsClient => ClientIdField is null && !(Grant == OAuth2Grant.JwtBearer && ClientAuthentication == ClientAuthentication.None);

    /// <inheritdoc/>
    public override bool CanRenew(Credential credential) => AcquiresTokens || credential.Tokens?.RefreshToken is not null;

    /// <inheritdoc/>
    public override IEnumerable<SchemeAddress> Addresses
    {
        get
        {
            if (Grant == OAuth2Grant.AuthorizationCode && AuthorizationEndpoint is { } authorization)
                yield return new("authorization endpoint", authorization);
            if (TokenEndpoint is { } token)
                yield return new("token endpoint", token, TakesClientSecret: true);
            if (RefreshEndpoint is { } refresh)
                yield return new("refresh endpoint", refresh, TakesClientSecret: true);
            if (RevocationEndpoint is { } revocation)
                yield return new("revocation endpoint", revocation, TakesClientSecret: true, IsOptional: true);
            if (IntrospectionEndpoint is { } introspection)
                yield return new("introspection endpoint", introspection, TakesClientSecret: true, IsOptional: true);
            if (DeviceAuthorizationEndpoint is { } device)
                yield return new("device authorization endpoint", device, TakesClientSecret: true);
            if (PushedAuthorizationEndpoint is { } pushed)
                yield return new("pushed authorization endpoint", pushed, TakesClientSecret: true, IsOptional: true);
            // Whoever names the issuer names where the client secret goes.
            if (Discovery is { } discovery)
                yield return new("issuer", discovery, TakesClientSecret: true, IsOptional: TokenEndpoint is not null);
        }
    }

    /// <inheritdoc/>
    public override RequestAuthenticator CreateAuthenticator(SchemeInputs inputs)
    {
        var token = inputs.Credential.Tokens?.AccessToken.Reveal() ?? throw new FormatException("The connection has no access token.");
        // The provider may have issued a plain one although a proof was sent.
        if (inputs.Credential.Tokens is { TokenType: { } type } tokens && type.Equals(DPoPProof.Name, StringComparison.OrdinalIgnoreCase))
            return new DPoPAuthenticator(DPoPTokenRequests.KeyOf(tokens), token, inputs.Time);
        return Apply?.Reads("tokens") == true ? NothingAuthenticator.Instance : new HeaderAuthenticator(new AuthenticationHeaderValue("Bearer", token));
    }
}
