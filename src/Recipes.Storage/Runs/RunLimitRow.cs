namespace Recipes.Storage;

/// <summary>Something of which only so many runs may be under way at once, this one among them.</summary>
internal sealed class RunLimitRow
{
    public Guid RunId { get; init; }
    public required string Key { get; init; }
    public int Most { get; init; }
    public required string Tenant { get; init; }
}
