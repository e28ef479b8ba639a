namespace Recipes.Connections;

/// <summary>A key that the app issued, sent with every request.</summary>
public sealed record ApiKeyScheme : AuthScheme
{
    public required ApiKeyLocation Location { get; init; }

    /// <summary>Name of the header, query parameter or body member.</summary>
    public required FieldTemplate ParameterName { get; init; }

    /// <summary>What precedes the key, with its own space, for instance <c>"Token "</c>; headers only.</summary>
    public FieldTemplate? Prefix { get; init; }

    /// <summary>The secret field that holds the key.</summary>
    public string KeyField { get; init; } = "apiKey";

    /// <inheritdoc/>
    public override RequestAuthenticator CreateAuthenticator(SchemeInputs inputs)
    {
        var key = inputs.Credential.Secrets.GetValueOrDefault(KeyField)?.Reveal() ?? throw new FormatException($"The field '{KeyField}' has no value.");
        var name = ParameterName.Render(inputs.Fields);
        var prefix = Prefix?.Render(inputs.Fields) ?? "";
        return Location switch
        {
            ApiKeyLocation.Header => new ApiKeyHeaderAuthenticator(name, prefix + key),
            ApiKeyLocation.Query => new ApiKeyQueryAuthenticator(name, key),
            ApiKeyLocation.Body => new ApiKeyBodyAuthenticator(name, key),
            _ => throw new ArgumentOutOfRangeException(nameof(inputs), Location, null),
        };
    }
}
