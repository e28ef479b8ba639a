namespace Recipes.Connections;

/// <summary>How a connector authenticates, as its file declares it. Immutable; shared by all its connections.</summary>
public abstract record AuthScheme
{
    /// <summary>Name within the connector: <c>oauth2</c>, <c>basic</c>, …</summary>
    public required string Name { get; init; }
    public required string DisplayName { get; init; }

    /// <summary>Which account or app setting this way needs, for the person who chooses.</summary>
    public string? Help { get; init; }

    /// <summary>What the app calls its client, where <see cref="NeedsClient"/>.</summary>
    public ClientLabels ClientLabels { get; init; } = new();

    /// <summary>What has to be filled in, by the author (as presets) or by whoever connects.</summary>
    public IReadOnlyList<Field> Fields { get; init; } = [];

    /// <summary>Tests connections of this scheme in place of the connector's own probe; null when that one serves.</summary>
    public Probe? Probe { get; init; }

    /// <summary>What else than the scheme's own way puts on requests; null when nothing does. A template here may replace the scheme's own header.</summary>
    public ApplyRules? Apply { get; init; }

    /// <summary>Fields whose secret values make up the client certificate that every request is sent with; null when there is none.</summary>
    /// <remarks>Source: RFC 8446 §4.4.2; RFC 8705 for OAuth.</remarks>
    public ClientCertificateFields? ClientCertificate { get; init; }

    /// <summary>Tells the app that the credential is no longer wanted, when the connection is disconnected; null when it has no such call (OAuth 2.0 may have one of its own, RFC 7009).</summary>
    public LoginCall? Revoke { get; init; }

    /// <summary>Calls made once a credential is there, for instance to learn which account it is.</summary>
    public IReadOnlyList<FollowUp> AfterConnect { get; init; } = [];

    /// <summary>Everything that the flow fills in, wherever it comes from.</summary>
    public virtual IEnumerable<Capture> AllCaptures => AfterConnect.SelectMany(f => f.Captures);

    /// <summary>Whether connecting takes a person's consent at the provider.</summary>
    public virtual bool NeedsConsent => false;

    /// <summary>Whether it gets its tokens itself, without a person, from what the connection holds.</summary>
    public virtual bool AcquiresTokens => false;

    /// <summary>Whether the definition holds a client registered at the provider: <c>client_id</c>, or a consumer key.</summary>
    public virtual bool NeedsClient => false;

    /// <summary>Whether the definition's client secret itself goes along with every request.</summary>
    public virtual bool SendsClientSecret => NeedsClient && Apply?.ReadsClientSecret == true;

    /// <summary>Whether new tokens can be had without a person.</summary>
    public virtual bool CanRenew(Credential credential) => false;

    /// <summary>The provider's addresses that the scheme itself uses.</summary>
    public virtual IEnumerable<SchemeAddress> Addresses => [];

    /// <summary>Looks at what was filled in while there is no token yet, as far as that can be done without asking the provider.</summary>
    /// <exception cref="FormatException">When it cannot be used; the message says why and holds no secret.</exception>
    public virtual void CheckCredential(SchemeInputs inputs)
    {
    }

    /// <summary>Makes what authenticates requests, once per credential; it holds everything rendered already.</summary>
    /// <exception cref="FormatException">When the fields or the credential lack something the scheme needs.</exception>
    public abstract RequestAuthenticator CreateAuthenticator(SchemeInputs inputs);

    /// <summary>What an answer that is no success means in the scheme's own protocol; null where the general table serves.</summary>
    internal virtual SchemeProblem? ReadProblem(HttpResponseMessage response, string? body, DateTimeOffset now) => null;
}
