namespace Recipes.Connections;

/// <summary>An address of the provider that a scheme uses.</summary>
/// <param name="What">In words: <c>token endpoint</c>.</param>
/// <param name="TakesClientSecret">Whether the definition's client secret is sent there.</param>
/// <param name="IsOptional">Whether it is absent where a field it reads has no value.</param>
public sealed record SchemeAddress(string What, FieldTemplate Template, bool TakesClientSecret = false, bool IsOptional = false);
