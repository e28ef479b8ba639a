namespace Recipes.Connections;

/// <summary>OAuth 1.0a: every request is signed with the consumer's and the token's secret.</summary>
/// <remarks>Source: RFC 5849; OAuth Request Body Hash 1.0; xAuth as Twitter and others describe it.</remarks>
public sealed record OAuth1Scheme : AuthScheme
{
    public OAuth1Flow Flow { get; init; }
    public OAuth1SignatureMethod SignatureMethod { get; init; }
    public OAuth1ParameterLocation ParametersIn { get; init; }

    /// <summary>Where a request token is asked for; only for <see cref="OAuth1Flow.ThreeLegged"/>.</summary>
    public FieldTemplate? RequestTokenEndpoint { get; init; }

    /// <summary>Where the browser is sent; only for <see cref="OAuth1Flow.ThreeLegged"/>.</summary>
    public FieldTemplate? AuthorizationEndpoint { get; init; }

    /// <summary>Where the access token is fetched, for <see cref="OAuth1Flow.ThreeLegged"/> and <see cref="OAuth1Flow.XAuth"/>.</summary>
    public FieldTemplate? AccessTokenEndpoint { get; init; }

    /// <summary>Sent in the header of every request; null, or without a value in a field it reads, means none.</summary>
    public FieldTemplate? Realm { get; init; }

    /// <summary>Whether a hash of bodies that are no forms is signed.</summary>
    public bool BodyHash { get; init; }

    /// <summary>Field with the consumer key, where each account brings its own consumer; null means the definition's client id.</summary>
    public string? ConsumerKeyField { get; init; }

    /// <summary>Secret field with the consumer secret, or the private key for RSA, as <see cref="ConsumerKeyField"/>.</summary>
    public string? ConsumerSecretField { get; init; }

    /// <summary>Secret fields of <see cref="OAuth1Flow.Token"/>.</summary>
    public string TokenField { get; init; } = "token";
    public string TokenSecretField { get; init; } = "tokenSecret";

    /// <summary>Fields of <see cref="OAuth1Flow.XAuth"/>.</summary>
    public string UsernameField { get; init; } = "username";
    public string PasswordField { get; init; } = "password";

    /// <summary>Further parameters of the three requests; an empty one is left out.</summary>
    public IReadOnlyList<KeyValuePair<string, CredentialTemplate>> RequestTokenParameters { get; init; } = [];
    public IReadOnlyList<KeyValuePair<string, CredentialTemplate>> AuthorizationParameters { get; init; } = [];
    public IReadOnlyList<KeyValuePair<string, CredentialTemplate>> AccessTokenParameters { get; init; } = [];

    public IReadOnlyList<Capture> Captures { get; init; } = [];

    /// <inheritdoc/>
    public override IEnumerable<Capture> AllCaptures => base.AllCaptures.Concat(Captures);

    /// <inheritdoc/>
    public override bool NeedsConsent => Flow == OAuth1Flow.ThreeLegged;

    /// <inheritdoc/>
    public override bool AcquiresTokens => Flow == OAuth1Flow.XAuth;

    /// <inheritdoc/>
    public override bool NeedsClient => ConsumerKeyField is null;

    /// <inheritdoc/>
    public override bool SendsClientSecret => base.SendsClientSecret || (NeedsClient && SignatureMethod == OAuth1SignatureMethod.PlainText);

    /// <summary>Whether the consumer secret is a private key.</summary>
    public bool UsesPrivateKey => SignatureMethod is OAuth1SignatureMethod.RsaSha1 or OAuth1SignatureMethod.RsaSha256 or OAuth1SignatureMethod.RsaSha512;

    /// <inheritdoc/>
    public override bool CanRenew(Credential credential) => AcquiresTokens;

    /// <inheritdoc/>
    public override IEnumerable<SchemeAddress> Addresses
    {
        get
        {
            if (RequestTokenEndpoint is { } request)
                yield return new("request token endpoint", request, TakesClientSecret: true);
            if (AuthorizationEndpoint is { } authorization)
                yield return new("authorization endpoint", authorization);
            if (AccessTokenEndpoint is { } access)
                yield return new("access token endpoint", access, TakesClientSecret: true);
        }
    }

    /// <inheritdoc/>
    public override RequestAuthenticator CreateAuthenticator(SchemeInputs inputs)
    {
        var consumer = inputs.Client ?? throw new FormatException("The connection has no consumer key.");
        var (token, secret) = Flow switch
        {
            OAuth1Flow.TwoLegged => (null, null),
            OAuth1Flow.Token => (new Secret(inputs.Needed(TokenField)), inputs.Value(TokenSecretField) is { Length: > 0 } filledIn ? new Secret(filledIn) : null),
            _ => (inputs.Credential.Tokens?.AccessToken ?? throw new FormatException("The connection has no access token."), inputs.Credential.Tokens.Values.GetValueOrDefault(TokenSet.TokenSecret)),
        };
        return new OAuth1Authenticator(new OAuth1RequestSigner(this, consumer, token, secret, Realm?.RenderOrNull(inputs.Fields), inputs.Time));
    }

    /// <summary>What is wrong with a consumer secret, in words that do not hold it; null when nothing is.</summary>
    internal string? WhyNoSecret(Secret secret)
    {
        try
        {
            _ = OAuth1Signer.Create(SignatureMethod, secret, null);
            return null;
        }
        catch (FormatException e)
        {
            return e.Message;
        }
    }

    internal override SchemeProblem? ReadProblem(HttpResponseMessage response, string? body, DateTimeOffset now) => OAuth1Problems.Read(this, response, body, now);
}
