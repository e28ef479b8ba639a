namespace Recipes.Web;

/// <summary>What is to change of a connection definition. What is left out stays as it is.</summary>
public sealed record DefinitionChangeRequest
{
    public string? DisplayName { get; init; }

    /// <summary>Another client id that the provider gave; the secret stays unless one is given too.</summary>
    public string? ClientId { get; init; }

    /// <summary>Another client secret that the provider gave; it is never shown again.</summary>
    public Secret? ClientSecret { get; init; }

    /// <summary>All scopes to ask for from now on; an empty list means the scheme's own.</summary>
    public IReadOnlyList<string>? Scopes { get; init; }

    /// <summary>All presets from now on. Those that addresses are made of can only change while no connection holds a credential.</summary>
    public Dictionary<string, string>? Presets { get; init; }

    /// <summary>Whether a call swaps in the runtime user's own connection.</summary>
    public RuntimeUserPolicy? RuntimeUser { get; init; }

    internal DefinitionChange ToChange() => new()
    {
        DisplayName = DisplayName,
        ClientId = ClientId,
        ClientSecret = ClientSecret,
        Scopes = Scopes,
        Presets = Presets,
        RuntimeUser = RuntimeUser,
    };
}
