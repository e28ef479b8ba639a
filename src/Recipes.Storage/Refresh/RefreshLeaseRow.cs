namespace Recipes.Storage;

internal sealed class RefreshLeaseRow
{
    public Guid ConnectionId { get; init; }
    public Guid Owner { get; init; }
    public DateTimeOffset ExpiresAt { get; init; }
    public long? SentVersion { get; init; }
    public DateTimeOffset? SentAt { get; init; }
    public long? KeptVersion { get; init; }
    public byte[]? SealedCredential { get; init; }
}
