namespace Recipes.Connections;

/// <summary>What a refusal means in the words of a scheme's own protocol.</summary>
/// <param name="Code">The protocol's code, for instance <c>token_rejected</c>.</param>
/// <param name="Advice">A sentence on what to do; null where the kind says enough.</param>
internal sealed record SchemeProblem(FailureKind Kind, string? Code, string? Advice = null);
