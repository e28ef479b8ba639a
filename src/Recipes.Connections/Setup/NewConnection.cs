namespace Recipes.Connections;

/// <summary>A connection as somebody asks for it, unchecked.</summary>
public sealed record NewConnection
{
    public required string DefinitionKey { get; init; }
    public required Owner Owner { get; init; }
    public string? DisplayName { get; init; }

    /// <summary>Values by field name, secret ones among them.</summary>
    public IReadOnlyDictionary<string, Secret> Fields { get; init; } = new Dictionary<string, Secret>();

    /// <summary>Tokens that were got elsewhere; null where the scheme's own way is gone.</summary>
    public ImportedTokens? Tokens { get; init; }
    public bool IsDefault { get; init; }
    public AccountEnvironment Environment { get; init; }
    public AccountKind AccountKind { get; init; }
}
