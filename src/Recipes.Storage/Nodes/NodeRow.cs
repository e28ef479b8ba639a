namespace Recipes.Storage;

/// <summary>A running host process. Both times are the database's.</summary>
internal sealed class NodeRow
{
    public Guid Id { get; init; }
    public DateTimeOffset StartedAt { get; init; }
    public DateTimeOffset SeenAt { get; init; }
}
