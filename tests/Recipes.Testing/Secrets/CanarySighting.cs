namespace Recipes.Testing;

/// <summary>A canary where it must not be. It does not hold the secret, so it can be printed.</summary>
/// <param name="Label">Which secret.</param>
/// <param name="How">raw, percent-encoded, base64 or hexadecimal.</param>
/// <param name="Place">A file, or what the caller named.</param>
public sealed record CanarySighting(string Label, string How, string Place);
