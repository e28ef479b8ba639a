namespace Recipes.Connections;

/// <summary>One value to choose.</summary>
/// <param name="Value">What is stored and what templates read.</param>
/// <param name="Label">What people read.</param>
public sealed record FieldChoice(string Value, string Label);
