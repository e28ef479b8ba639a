namespace Recipes.Connections;

/// <summary>What is to change of a connection definition, unchecked. Null leaves as it is.</summary>
public sealed record DefinitionChange
{
    public string? DisplayName { get; init; }
    public string? ClientId { get; init; }
    public Secret? ClientSecret { get; init; }

    /// <summary>Whether the client secret is taken away: a public client has none.</summary>
    public bool RemovesClientSecret { get; init; }

    /// <summary>Whether it works on the operator's development app from now on. A client of its own, given here, says no.</summary>
    public bool? UsesDevelopmentApp { get; init; }

    /// <summary>All scopes from now on; none means the scheme's own.</summary>
    public IReadOnlyList<string>? Scopes { get; init; }

    /// <summary>All presets from now on: one that is not among them is no longer fixed.</summary>
    public IReadOnlyDictionary<string, string>? Presets { get; init; }
    public RuntimeUserPolicy? RuntimeUser { get; init; }

    /// <summary>An empty one takes the present one away.</summary>
    public string? SuccessAddress { get; init; }

    /// <inheritdoc cref="SuccessAddress"/>
    public string? FailureAddress { get; init; }

    /// <summary>Zero means as often as the connector says.</summary>
    public TimeSpan? CheckEvery { get; init; }
}
