using Recipes.Connections;

namespace Recipes.Node;

/// <summary>The real leases of a node that dies at one step, and a count of how they are used.</summary>
internal sealed class CrashingLeases(IRefreshLeases inner, CrashPoint crash) : IRefreshLeases
{
    private int _taken;
    private int _waits;
    private int _takenOver;

    public (int Taken, int Waits, int TakenOver) Counts => (_taken, _waits, _takenOver);

    public async Task<RefreshLease?> TryTakeAsync(ConnectionId connection, Guid owner, TimeSpan life, CancellationToken cancellationToken)
    {
        var lease = await inner.TryTakeAsync(connection, owner, life, cancellationToken);
        Interlocked.Increment(ref lease is null ? ref _waits : ref _taken);
        if (lease is { WasAbandoned: true })
            Interlocked.Increment(ref _takenOver);
        if (lease is not null)
            Crash.If(crash == CrashPoint.LeaseTaken);
        return lease;
    }

    public Task<LeaseStanding> FindStandingAsync(ConnectionId connection, CancellationToken cancellationToken) => inner.FindStandingAsync(connection, cancellationToken);

    public async Task<bool> TryMarkSentAsync(ConnectionId connection, Guid owner, long credentialVersion, TimeSpan life, CancellationToken cancellationToken)
    {
        var marked = await inner.TryMarkSentAsync(connection, owner, credentialVersion, life, cancellationToken);
        Crash.If(crash == CrashPoint.SentMarked);
        return marked;
    }

    public async Task<bool> TryKeepAsync(ConnectionId connection, Guid owner, long credentialVersion, byte[] sealedCredential, CancellationToken cancellationToken)
    {
        var kept = await inner.TryKeepAsync(connection, owner, credentialVersion, sealedCredential, cancellationToken);
        Crash.If(crash == CrashPoint.ReplyKept);
        return kept;
    }

    public Task ReleaseAsync(ConnectionId connection, Guid owner, bool forget, CancellationToken cancellationToken)
    {
        Crash.If(crash == CrashPoint.LeaseReleasing);
        return inner.ReleaseAsync(connection, owner, forget, cancellationToken);
    }

    public Task<byte[]?> RemoveAsync(ConnectionId connection, CancellationToken cancellationToken) => inner.RemoveAsync(connection, cancellationToken);
}
