namespace Recipes.Connections;

/// <summary>What a provider issued: by a token endpoint, an OAuth 1.0 exchange or a login.</summary>
/// <param name="AccessToken">What requests are authenticated with.</param>
/// <param name="ExpiresAt">When the access token dies; null when the provider did not say.</param>
/// <param name="LifeSpan">How long it lived when it was issued, for the refresh margin; null when unknown.</param>
/// <param name="Scopes">The scopes granted; null when the reply named none (then they are those asked for).</param>
/// <remarks>Source: RFC 6749 §5.1; RFC 5849 §2.3.</remarks>
public sealed record TokenSet(
    Secret AccessToken, Secret? RefreshToken, DateTimeOffset? ExpiresAt, TimeSpan? LifeSpan, IReadOnlyList<string>? Scopes)
{
    /// <summary>Name of the token secret of OAuth 1.0 among <see cref="Values"/>.</summary>
    public const string TokenSecret = "tokenSecret";

    /// <summary>Further secret values that came with it, by name: a token secret, a session id, the key that a token is bound to.</summary>
    public IReadOnlyDictionary<string, Secret> Values { get; init; } = new Dictionary<string, Secret>();

    /// <summary>How the token is to be used, as the provider said: <c>Bearer</c>, <c>DPoP</c>; null when it said nothing.</summary>
    public string? TokenType { get; init; }

    /// <summary>When the provider issued it; null when nobody knows.</summary>
    public DateTimeOffset? IssuedAt { get; init; }

    /// <summary>When the refresh token dies, as the provider says; null when it does not or nobody said.</summary>
    public DateTimeOffset? RefreshExpiresAt { get; init; }

    /// <summary>Whether a refresh puts <see cref="RefreshExpiresAt"/> off, so that it comes only to a token that nobody uses; null as long as none has shown it.</summary>
    public bool? RefreshProlongs { get; init; }

    /// <summary>Hash of the whole effective request that it was acquired with; another one means that it is not the token asked for now. Null where a person gave consent.</summary>
    public string? RequestHash { get; init; }

    /// <summary>The refresh token that these replaced. Kept only where the provider goes on accepting it for a while, should a reply get lost (<see cref="OAuth2Scheme.RefreshGrace"/>).</summary>
    public ReplacedToken? Replaced { get; init; }
}

/// <summary>A refresh token that was replaced by another.</summary>
public sealed record ReplacedToken(Secret RefreshToken, DateTimeOffset At);
