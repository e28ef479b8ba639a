namespace Recipes.Storage;

/// <summary>What a trigger of PostgreSQL announces: a connection with its definition and owner, a definition with tenant and key, or a key of the key ring.</summary>
internal sealed record Announcement
{
    public Guid? Connection { get; init; }
    public Guid? Definition { get; init; }
    public string? OwnerKind { get; init; }

    /// <summary>Empty for the organisation.</summary>
    public string? OwnerId { get; init; }
    public string? Tenant { get; init; }
    public string? Key { get; init; }
    public bool Keys { get; init; }
}
