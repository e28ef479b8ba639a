namespace Recipes.Connections;

/// <summary>A scope that a provider offers.</summary>
/// <param name="Name">As the provider writes it.</param>
/// <param name="Description">What it permits, for people; null when nobody said.</param>
/// <param name="Default">Whether it is asked for when the definition names no scopes.</param>
/// <param name="Required">Whether it is always asked for.</param>
/// <param name="Includes">Further scopes that it contains, as the provider says; null or empty when there are none.</param>
public sealed record ScopeChoice(string Name, string? Description = null, bool Default = true, bool Required = false, IReadOnlyList<string>? Includes = null);
