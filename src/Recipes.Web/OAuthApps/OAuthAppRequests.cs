namespace Recipes.Web;

/// <summary>An OAuth app for development as an operator asks for it.</summary>
public sealed record OAuthAppRequest
{
    /// <summary>Name of a connector.</summary>
    public string? Connector { get; init; }

    /// <summary>Name of one of its schemes; may be left out where only one takes a client.</summary>
    public string? Scheme { get; init; }

    /// <summary>The client id that the provider gave.</summary>
    public string? ClientId { get; init; }

    /// <summary>The client secret that the provider gave; it is never shown again.</summary>
    public Secret? ClientSecret { get; init; }

    /// <summary>Values of the fields that decide where the secret goes. They stay as long as the app does.</summary>
    public Dictionary<string, string>? Presets { get; init; }

    internal NewDevelopmentApp ToNew() => new() { Connector = Connector ?? "", Scheme = Scheme, ClientId = ClientId, ClientSecret = ClientSecret, Presets = Presets ?? [] };
}

/// <summary>What is to change of an OAuth app for development. What is left out stays as it is.</summary>
public sealed record OAuthAppChangeRequest
{
    private readonly bool _removesClientSecret;

    public string? ClientId { get; init; }

    /// <summary>Another client secret; null takes the present one away.</summary>
    public Secret? ClientSecret
    {
        get;
        init
        {
            field = value;
            // Told apart from a member that is not there.
            _removesClientSecret = value is null;
        }
    }

    internal DevelopmentAppChange ToChange() => new() { ClientId = ClientId, ClientSecret = ClientSecret, RemovesClientSecret = _removesClientSecret };
}

/// <summary>An OAuth app for development: build-only, not in production and not for customers.</summary>
/// <param name="Presets">Values of the fields that decide where the secret goes; definitions that work on it have these.</param>
/// <param name="CallbackAddress">The redirect address to register at the provider, for all definitions that work on it.</param>
public sealed record OAuthAppReply(
    Guid Id, string Connector, string Scheme, string ClientId, bool HasClientSecret, IReadOnlyDictionary<string, string> Presets, Uri CallbackAddress, bool BuildOnly, DateTimeOffset CreatedAt)
{
    internal static OAuthAppReply Of(DevelopmentApp app, PublicAddress address) => new(
        app.Id.Value, app.Connector, app.Scheme, app.ClientId, app.SealedClientSecret is not null, app.Presets, address.CallbackOf(app), true, app.CreatedAt);
}
