namespace Recipes.Connections;

/// <summary>Identity of a connection definition, a UUIDv7.</summary>
public readonly record struct ConnectionDefinitionId(Guid Value)
{
    public override string ToString() => Value.ToString();
}
