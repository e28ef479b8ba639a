namespace Recipes.Connections;

/// <summary>A key that the app issued, sent with every request.</summary>
public sealed record ApiKeyScheme : AuthScheme
{
    public required ApiKeyLocation Location { get; init; }

    /// <summary>Name of the header, query parameter or body member; null for a key in the path.</summary>
    public FieldTemplate? ParameterName { get; init; }

    /// <summary>What precedes the key, with its own space, for instance <c>"Token "</c>, or <c>bot</c> in a path; headers and paths only.</summary>
    public FieldTemplate? Prefix { get; init; }

    /// <summary>The secret field that holds the key.</summary>
    public string KeyField { get; init; } = "apiKey";

    /// <inheritdoc/>
    public override RequestAuthenticator CreateAuthenticator(SchemeInputs inputs)
    {
        if (!inputs.Credential.Secrets.ContainsKey(KeyField))
            throw new FormatException($"The field '{KeyField}' has no value.");
        var key = CredentialTemplate.OfSecret(Prefix?.Render(inputs.Fields) ?? "", KeyField);
        List<KeyValuePair<string, CredentialTemplate>> named = [new(ParameterName?.Render(inputs.Fields) ?? "", key)];
        return new ApplyAuthenticator(Location switch
        {
            ApiKeyLocation.Header => new() { Headers = named },
            ApiKeyLocation.Query => new() { Query = named },
            ApiKeyLocation.Body => new() { Body = named },
            ApiKeyLocation.Path => new() { Path = key },
            _ => throw new ArgumentOutOfRangeException(nameof(inputs), Location, null),
        }, inputs, first: null);
    }
}
