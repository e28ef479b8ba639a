namespace Recipes.Connections;

/// <summary>What an author sets up once, so that any number of accounts can be connected under it.</summary>
public sealed record ConnectionDefinition
{
    public required ConnectionDefinitionId Id { get; init; }
    public required TenantId Tenant { get; init; }
    public required StableKey Key { get; init; }
    public required string DisplayName { get; init; }

    /// <summary>Name of the connector, as in its file.</summary>
    public required string Connector { get; init; }

    /// <summary>Name of one of the connector's schemes.</summary>
    public required string Scheme { get; init; }

    /// <summary>Values of fields that the author fixes for every connection (never of a secret field).</summary>
    public IReadOnlyDictionary<string, string> Presets { get; init; } = new Dictionary<string, string>();

    /// <summary>Scopes asked for at authorization; empty means the scheme's own.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];

    /// <summary>The registered OAuth client; null for schemes that need none, and where a development app is used and cannot be.</summary>
    public OAuthApp? OAuthApp { get; init; }

    /// <summary>Whether it has no client of its own and works on the operator's <see cref="DevelopmentApp"/>: for building only, never in production, never for a customer.</summary>
    public bool UsesDevelopmentApp { get; init; }

    public RuntimeUserPolicy RuntimeUser { get; init; } = RuntimeUserPolicy.Off;

    /// <summary>What is wrong with the OAuth client itself (<see cref="FailureKind.ClientRejected"/>); null when nothing is known to be.</summary>
    public Failure? ClientFailure { get; init; }

    /// <summary>Whether somebody was told that its client is refused, and not yet that it is over: a new client has to be accepted first.</summary>
    public bool IsClientLossTold { get; init; }

    /// <summary>Whether it has to be seen that its client is accepted.</summary>
    public bool IsClientInDoubt => ClientFailure is not null || IsClientLossTold;

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Where the browser goes once a connection is authorised; null for a page of ours.</summary>
    public Uri? SuccessAddress { get; init; }

    /// <summary>Where the browser goes when an authorization came to nothing; null for a page of ours.</summary>
    public Uri? FailureAddress { get; init; }

    /// <summary>How often its connections are checked; null means as often as the connector says, or else the setting.</summary>
    public TimeSpan? CheckEvery { get; init; }

    /// <summary>Counts changes, for compare-and-set.</summary>
    public long Version { get; init; } = 1;

    /// <summary>Last segment of this definition's own redirect address, <c>/oauth/callback/{slug}</c>.</summary>
    /// <remarks>All that work on one development app share its address: that is the one registered at the provider. A key has no dot, a tenant's address one.</remarks>
    public string CallbackSlug => UsesDevelopmentApp ? DevelopmentApp.CallbackSlugOf(Connector, Scheme) : Tenant == TenantId.Default ? Key.Value : $"{Tenant}.{Key}";
}
