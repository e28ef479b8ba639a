namespace Recipes.Connections;

/// <summary>All that a scheme may make an authenticator from.</summary>
public sealed record SchemeInputs
{
    /// <summary>Plain fields: presets, the connection's own, defaults.</summary>
    public required IReadOnlyDictionary<string, string> Fields { get; init; }
    public required Credential Credential { get; init; }

    /// <summary>The client registered at the provider; null when there is none.</summary>
    public OAuthClient? Client { get; init; }

    /// <summary>Where the connection's requests go, ending with a slash.</summary>
    public required Uri BaseAddress { get; init; }
    public required TimeProvider Time { get; init; }

    /// <summary>A field's value, secret or plain; null when it has none.</summary>
    public string? Value(string field) =>
        Credential.Secrets.TryGetValue(field, out var secret) ? secret.Reveal() : Fields.GetValueOrDefault(field);

    /// <exception cref="FormatException">When the field has no value.</exception>
    public string Needed(string field) => Value(field) ?? throw new FormatException($"The field '{field}' has no value.");
}
