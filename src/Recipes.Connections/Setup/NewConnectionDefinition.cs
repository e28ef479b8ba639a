namespace Recipes.Connections;

/// <summary>A connection definition as its author asks for it, unchecked.</summary>
public sealed record NewConnectionDefinition
{
    public required string Key { get; init; }
    public string? DisplayName { get; init; }
    public required string Connector { get; init; }

    /// <summary>May be left out where the connector has only one.</summary>
    public string? Scheme { get; init; }
    public IReadOnlyDictionary<string, string> Presets { get; init; } = new Dictionary<string, string>();
    public IReadOnlyList<string> Scopes { get; init; } = [];
    public string? ClientId { get; init; }
    public Secret? ClientSecret { get; init; }

    /// <summary>Whether it has no client of its own and works on the operator's development app.</summary>
    public bool UsesDevelopmentApp { get; init; }
    public RuntimeUserPolicy RuntimeUser { get; init; }

    /// <summary>Where the browser goes once a connection is authorised: https, or http on this machine. Null or empty for a page of ours.</summary>
    public string? SuccessAddress { get; init; }

    /// <summary>Where the browser goes when an authorization came to nothing. Null or empty for a page of ours.</summary>
    public string? FailureAddress { get; init; }

    /// <summary>How often its connections are checked, 1 minute to 90 days; null or zero means as often as the connector says.</summary>
    public TimeSpan? CheckEvery { get; init; }
}
