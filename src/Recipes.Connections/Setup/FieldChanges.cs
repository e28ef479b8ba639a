namespace Recipes.Connections;

/// <summary>What is to change of a connection's values, unchecked. What is neither given nor cleared stays as it is.</summary>
/// <param name="Fields">New values by field name, secret ones among them.</param>
/// <param name="Cleared">Names of plain fields that have no value of their own any more.</param>
public sealed record FieldChanges(IReadOnlyDictionary<string, Secret> Fields, IReadOnlyCollection<string> Cleared)
{
    public FieldChanges(IReadOnlyDictionary<string, Secret> fields)
        : this(fields, [])
    {
    }
}
