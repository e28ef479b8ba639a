namespace Recipes.Connections;

/// <summary>Ties a field to another: it is asked for only while that one is, and has one of these values.</summary>
/// <param name="Field">Name of another plain field of the same connection.</param>
/// <param name="Is">The values; one of them is enough.</param>
public sealed record FieldCondition(string Field, IReadOnlyList<string> Is);
