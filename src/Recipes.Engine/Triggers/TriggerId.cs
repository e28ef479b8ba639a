namespace Recipes.Engine;

/// <summary>Identity of a recipe's trigger in one tenant, a UUIDv7. What it handed over is known by it, so a new one begins anew.</summary>
public readonly record struct TriggerId(Guid Value)
{
    public override string ToString() => Value.ToString();
}
