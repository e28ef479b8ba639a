namespace Recipes.Connections;

/// <summary>A development app as an operator asks for it, unchecked.</summary>
public sealed record NewDevelopmentApp
{
    public required string Connector { get; init; }

    /// <summary>May be left out where only one of the connector's schemes takes a client.</summary>
    public string? Scheme { get; init; }
    public string? ClientId { get; init; }
    public Secret? ClientSecret { get; init; }
    public IReadOnlyDictionary<string, string> Presets { get; init; } = new Dictionary<string, string>();
}

/// <summary>What is to change of a development app, unchecked. Null leaves as it is.</summary>
public sealed record DevelopmentAppChange
{
    public string? ClientId { get; init; }
    public Secret? ClientSecret { get; init; }

    /// <summary>Whether the secret is taken away: a public client has none.</summary>
    public bool RemovesClientSecret { get; init; }
}
