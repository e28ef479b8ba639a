namespace Recipes.Connections;

/// <summary>The opened secret material of one connection. Lives in memory only.</summary>
public sealed record Credential
{
    /// <summary>Values of the scheme's secret fields, by field name.</summary>
    public IReadOnlyDictionary<string, Secret> Secrets { get; init; } = new Dictionary<string, Secret>();

    /// <summary>Tokens, for OAuth 2.0.</summary>
    public OAuth2Tokens? Tokens { get; init; }

    /// <summary>Everything that must never show up in a text.</summary>
    public IEnumerable<Secret> All
    {
        get
        {
            foreach (var secret in Secrets.Values)
                yield return secret;
            if (Tokens is null)
                yield break;
            yield return Tokens.AccessToken;
            if (Tokens.RefreshToken is { } refresh)
                yield return refresh;
        }
    }
}

/// <summary>What a token endpoint gave.</summary>
/// <param name="ExpiresAt">When the access token dies; null when the provider did not say.</param>
/// <param name="LifeSpan">How long it lived when it was issued, for the refresh margin; null when unknown.</param>
/// <param name="Scopes">The scopes granted; null when the reply named none (then they are those asked for).</param>
/// <remarks>Source: RFC 6749 §5.1.</remarks>
public sealed record OAuth2Tokens(
    Secret AccessToken, Secret? RefreshToken, DateTimeOffset? ExpiresAt, TimeSpan? LifeSpan, IReadOnlyList<string>? Scopes);
