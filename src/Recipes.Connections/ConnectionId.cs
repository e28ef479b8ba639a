namespace Recipes.Connections;

/// <summary>Identity of a connection, a UUIDv7.</summary>
public readonly record struct ConnectionId(Guid Value)
{
    public override string ToString() => Value.ToString();
}
