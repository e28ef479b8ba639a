namespace Recipes.Storage;

/// <summary>One key of the key ring, or a revocation, as Data Protection writes it.</summary>
internal sealed class KeyRow
{
    public required string Name { get; init; }
    public required string Xml { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
}
