namespace Recipes.Connections;

/// <summary>Where an app says when its rate limit ends, for answers without <c>Retry-After</c>.</summary>
/// <param name="Header">Response header; null where <paramref name="BodyPath"/> says it.</param>
/// <param name="BodyPath">Path into a JSON body; null where <paramref name="Header"/> says it.</param>
/// <param name="Unit">A length of time from now, or a moment.</param>
public sealed record RateLimitRule(string? Header, IReadOnlyList<string>? BodyPath, ExpiryUnit Unit);
