namespace Recipes.Connections;

/// <summary>Tokens that somebody got elsewhere and brings along, unchecked.</summary>
public sealed record ImportedTokens
{
    public Secret? AccessToken { get; init; }

    /// <summary>OAuth 2.0 only. Without one the connection ends with its access token.</summary>
    public Secret? RefreshToken { get; init; }

    /// <summary>OAuth 1.0 only.</summary>
    public Secret? TokenSecret { get; init; }

    /// <summary>When the access token dies; null when it does not, or <see cref="ExpiresIn"/> says it.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>How long the access token lives from now on, in seconds.</summary>
    public long? ExpiresIn { get; init; }

    /// <summary>The scopes granted; null when not known.</summary>
    public IReadOnlyList<string>? Scopes { get; init; }

    /// <summary>Further secret values that the scheme captures beside the token, by name.</summary>
    public IReadOnlyDictionary<string, Secret> Values { get; init; } = new Dictionary<string, Secret>();
}
