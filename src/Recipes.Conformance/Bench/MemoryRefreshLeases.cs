using System.Collections.Concurrent;

namespace Recipes.Conformance;

/// <summary>Refresh leases for the length of one check: there is one node, and none dies.</summary>
internal sealed class MemoryRefreshLeases(TimeProvider time) : IRefreshLeases
{
    private readonly ConcurrentDictionary<ConnectionId, (Guid Owner, RefreshLease Left)> _leases = new();

    public Task<RefreshLease?> TryTakeAsync(ConnectionId connection, Guid owner, TimeSpan life, CancellationToken cancellationToken)
    {
        var nothing = new RefreshLease(null, null, null, null, WasAbandoned: false);
        var now = _leases.AddOrUpdate(connection, _ => (owner, nothing), (_, before) => before.Owner == Guid.Empty ? (owner, before.Left) : before);
        return Task.FromResult(now.Owner == owner ? now.Left : null);
    }

    public Task<LeaseStanding> FindStandingAsync(ConnectionId connection, CancellationToken cancellationToken) =>
        Task.FromResult(_leases.TryGetValue(connection, out var lease) && lease.Owner != Guid.Empty ? LeaseStanding.Held : LeaseStanding.Free);

    public Task<bool> TryMarkSentAsync(ConnectionId connection, Guid owner, long credentialVersion, TimeSpan life, CancellationToken cancellationToken) =>
        Task.FromResult(TryChange(connection, owner, left => left with { SentVersion = credentialVersion, SentAt = left.SentVersion == credentialVersion ? left.SentAt : time.GetUtcNow() }));

    public Task<bool> TryKeepAsync(ConnectionId connection, Guid owner, long credentialVersion, byte[] sealedCredential, CancellationToken cancellationToken) =>
        Task.FromResult(TryChange(connection, owner, left => left with { KeptVersion = credentialVersion, SealedCredential = sealedCredential }));

    public Task ReleaseAsync(ConnectionId connection, Guid owner, bool forget, CancellationToken cancellationToken)
    {
        if (_leases.TryGetValue(connection, out var lease) && lease.Owner == owner)
            _ = forget ? _leases.TryRemove(connection, out _) : _leases.TryUpdate(connection, (Guid.Empty, lease.Left), lease);
        return Task.CompletedTask;
    }

    public Task<byte[]?> RemoveAsync(ConnectionId connection, CancellationToken cancellationToken) =>
        Task.FromResult(_leases.TryRemove(connection, out var lease) ? lease.Left.SealedCredential : null);

    private bool TryChange(ConnectionId connection, Guid owner, Func<RefreshLease, RefreshLease> change) =>
        _leases.TryGetValue(connection, out var lease) && lease.Owner == owner && _leases.TryUpdate(connection, (owner, change(lease.Left)), lease);
}
