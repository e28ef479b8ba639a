namespace Recipes.Connections;

/// <summary>What a number or text that tells a token's life means.</summary>
public enum ExpiryUnit
{
    Seconds,
    Milliseconds,
    Minutes,
    /// <summary>Not a life but a moment: seconds since 1970.</summary>
    UnixTime,
    /// <summary>A moment: milliseconds since 1970.</summary>
    UnixMilliseconds,
    /// <summary>A moment, ISO 8601 or as HTTP writes it.</summary>
    Date,
}

/// <summary>Where a provider's token reply differs from the textbook. Paths are dotted; several are tried in turn.</summary>
/// <remarks>Source: RFC 6749 §5.1 for the names used otherwise.</remarks>
public sealed record TokenResponseRules
{
    public IReadOnlyList<string> AccessToken { get; init; } = ["access_token"];
    public IReadOnlyList<string> RefreshToken { get; init; } = ["refresh_token"];
    public IReadOnlyList<string> ExpiresIn { get; init; } = ["expires_in"];

    /// <summary>How long the refresh token lives, in the same unit. Source: no RFC; <c>refresh_token_expires_in</c> and <c>refresh_expires_in</c> are what providers write.</summary>
    public IReadOnlyList<string> RefreshExpiresIn { get; init; } = ["refresh_token_expires_in", "refresh_expires_in"];
    public ExpiryUnit ExpiryUnit { get; init; }
    public IReadOnlyList<string> Scope { get; init; } = ["scope"];
    public IReadOnlyList<string> TokenType { get; init; } = ["token_type"];

    /// <summary>What a reply without a token means, where the usual codes do not tell; the first rule that applies decides.</summary>
    public IReadOnlyList<ErrorRule> Errors { get; init; } = [];
}
