namespace Recipes.Web;

/// <summary>A connection definition as its author asks for it.</summary>
public sealed record DefinitionRequest
{
    /// <summary>1 to 63 lower-case letters, digits and hyphens, a letter first. Recipes refer to it.</summary>
    public string? Key { get; init; }
    public string? DisplayName { get; init; }

    /// <summary>Name of a connector.</summary>
    public string? Connector { get; init; }

    /// <summary>Name of one of its schemes; may be left out where there is only one.</summary>
    public string? Scheme { get; init; }

    /// <summary>Values of fields that are fixed for every connection; never of a secret field.</summary>
    public Dictionary<string, string>? Presets { get; init; }

    /// <summary>Scopes to ask for; the scheme's own when left out.</summary>
    public IReadOnlyList<string>? Scopes { get; init; }

    /// <summary>The client id that the provider gave, for OAuth 2.0.</summary>
    public string? ClientId { get; init; }

    /// <summary>The client secret that the provider gave; it is never shown again.</summary>
    public Secret? ClientSecret { get; init; }

    /// <summary>Whether it has no client of its own and works on the operator's OAuth app for development: build-only, not in production and not for customers.</summary>
    public bool UseDevelopmentApp { get; init; }

    /// <summary>Whether a call swaps in the runtime user's own connection; off when left out.</summary>
    public RuntimeUserPolicy? RuntimeUser { get; init; }

    /// <summary>Where the browser goes once a connection is authorised, with ids and names of connection, recipe and installation in the query; a page of ours when left out.</summary>
    public string? SuccessAddress { get; init; }

    /// <summary>Where the browser goes when an authorization came to nothing; a page of ours when left out.</summary>
    public string? FailureAddress { get; init; }

    /// <summary>How often its connections are checked, in seconds: 60 to 7776000; as often as the connector says when left out.</summary>
    public long? CheckEvery { get; init; }

    internal NewConnectionDefinition ToNew() => new()
    {
        Key = Key ?? "",
        DisplayName = DisplayName,
        Connector = Connector ?? "",
        Scheme = Scheme,
        Presets = Presets ?? [],
        Scopes = Scopes ?? [],
        ClientId = ClientId,
        ClientSecret = ClientSecret,
        UsesDevelopmentApp = UseDevelopmentApp,
        RuntimeUser = RuntimeUser ?? RuntimeUserPolicy.Off,
        SuccessAddress = SuccessAddress,
        FailureAddress = FailureAddress,
        CheckEvery = IntervalOf(CheckEvery),
    };

    // What is no duration becomes one that is refused.
    internal static TimeSpan? IntervalOf(long? seconds) => seconds is { } s ? TimeSpan.FromSeconds(Math.Clamp(s, -1, int.MaxValue)) : null;
}
