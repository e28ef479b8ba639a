namespace Recipes.Connections;

/// <summary>What a provider says of the access token that a connection uses.</summary>
/// <param name="Active">Whether the provider takes it.</param>
/// <param name="Scopes">What it permits; null when the provider did not say.</param>
/// <param name="MissingScopes">Scopes that the definition asks for and that it does not permit; empty when the provider did not say.</param>
/// <param name="ExpiresAt">When it dies; null when the provider did not say.</param>
/// <param name="Username">Who gave it, for people; null when the provider did not say.</param>
/// <remarks>Source: RFC 7662 §2.2.</remarks>
public sealed record TokenStanding(bool Active, IReadOnlyList<string>? Scopes, IReadOnlyList<string> MissingScopes, DateTimeOffset? ExpiresAt, string? Username);
