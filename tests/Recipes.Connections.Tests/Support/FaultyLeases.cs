namespace Recipes.Connections.Tests;

/// <summary>The real leases, in which nothing can be kept, or given back, on demand.</summary>
internal sealed class FaultyLeases(IRefreshLeases inner) : IRefreshLeases
{
    public bool Fails { get; set; }

    private int _takesToFail;

    /// <summary>So many of the next leases cannot be taken.</summary>
    public int TakesToFail
    {
        get => Volatile.Read(ref _takesToFail);
        set => Volatile.Write(ref _takesToFail, value);
    }

    public Task<RefreshLease?> TryTakeAsync(ConnectionId connection, Guid owner, TimeSpan life, CancellationToken cancellationToken) =>
        Interlocked.Decrement(ref _takesToFail) >= 0 ? throw new IOException("The disk is full.") : inner.TryTakeAsync(connection, owner, life, cancellationToken);

    public Task<LeaseStanding> FindStandingAsync(ConnectionId connection, CancellationToken cancellationToken) => inner.FindStandingAsync(connection, cancellationToken);

    public Task<bool> TryMarkSentAsync(ConnectionId connection, Guid owner, long credentialVersion, TimeSpan life, CancellationToken cancellationToken) =>
        inner.TryMarkSentAsync(connection, owner, credentialVersion, life, cancellationToken);

    public Task<bool> TryKeepAsync(ConnectionId connection, Guid owner, long credentialVersion, byte[] sealedCredential, CancellationToken cancellationToken) =>
        Fails ? throw new IOException("The disk is full.") : inner.TryKeepAsync(connection, owner, credentialVersion, sealedCredential, cancellationToken);

    public Task ReleaseAsync(ConnectionId connection, Guid owner, bool forget, CancellationToken cancellationToken) =>
        Fails ? throw new IOException("The disk is full.") : inner.ReleaseAsync(connection, owner, forget, cancellationToken);

    public Task<byte[]?> RemoveAsync(ConnectionId connection, CancellationToken cancellationToken) => inner.RemoveAsync(connection, cancellationToken);
}
