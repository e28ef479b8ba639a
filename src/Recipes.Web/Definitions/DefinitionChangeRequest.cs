namespace Recipes.Web;

/// <summary>What is to change of a connection definition. What is left out stays as it is.</summary>
public sealed record DefinitionChangeRequest
{
    private readonly bool _removesClientSecret;

    public string? DisplayName { get; init; }

    /// <summary>Another client id that the provider gave; the secret stays unless one is given too.</summary>
    public string? ClientId { get; init; }

    /// <summary>Another client secret that the provider gave; it is never shown again. Null takes the present one away: a public client has none.</summary>
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

    /// <summary>Whether it works on the operator's OAuth app for development. All its connections have to be authorised again when that changes.</summary>
    public bool? UseDevelopmentApp { get; init; }

    /// <summary>All scopes to ask for from now on; an empty list means the scheme's own.</summary>
    public IReadOnlyList<string>? Scopes { get; init; }

    /// <summary>All presets from now on. Those that addresses are made of can only change while no connection holds a credential.</summary>
    public Dictionary<string, string>? Presets { get; init; }

    /// <summary>Whether a call swaps in the runtime user's own connection.</summary>
    public RuntimeUserPolicy? RuntimeUser { get; init; }

    /// <summary>Where the browser goes once a connection is authorised; an empty text takes it away.</summary>
    public string? SuccessAddress { get; init; }

    /// <summary>Where the browser goes when an authorization came to nothing; an empty text takes it away.</summary>
    public string? FailureAddress { get; init; }

    /// <summary>How often its connections are checked, in seconds; 0 means as often as the connector says.</summary>
    public long? CheckEvery { get; init; }

    internal DefinitionChange ToChange() => new()
    {
        DisplayName = DisplayName,
        ClientId = ClientId,
        ClientSecret = ClientSecret,
        RemovesClientSecret = _removesClientSecret,
        UsesDevelopmentApp = UseDevelopmentApp,
        Scopes = Scopes,
        Presets = Presets,
        RuntimeUser = RuntimeUser,
        SuccessAddress = SuccessAddress,
        FailureAddress = FailureAddress,
        CheckEvery = DefinitionRequest.IntervalOf(CheckEvery),
    };
}
