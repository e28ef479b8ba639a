using Microsoft.Extensions.Options;

namespace Recipes.Connections;

/// <summary>Takes turns with other nodes: whoever does not get the lease waits for what its holder makes of it, and never refreshes without it.</summary>
internal sealed class RefreshTurns(IRefreshLeases leases, IConnectionStore store, SnapshotLoader loader, EgressGuard guard, IOptions<RefreshOptions> options, TimeProvider time)
{
    private static readonly TimeSpan s_firstPause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromMilliseconds(250);

    private TimeSpan Margin => options.Value.LeaseMargin;

    // A request may be preceded by another, for the provider's metadata.
    private TimeSpan Life => (2 * guard.Timeout) + Margin;

    /// <summary>How long whoever may still have an answer gets to store it, once the lease was taken away.</summary>
    public TimeSpan LateReplyWindow => Margin / 4 < TimeSpan.FromSeconds(5) ? Margin / 4 : TimeSpan.FromSeconds(5);

    /// <param name="seen">The connection as it was when a refresh was found to be due.</param>
    /// <param name="settled">What another node's change of it settles; null when a refresh is still due.</param>
    /// <returns>The lease, or what the other node's refresh came to.</returns>
    public async Task<(HeldLease? Lease, RefreshResult Result)> TakeAsync(ConnectionSnapshot seen, Func<ConnectionSnapshot, RefreshResult?> settled)
    {
        var id = seen.Record.Id;
        var owner = Guid.NewGuid();
        var start = time.GetTimestamp();
        for (var hasWaited = false; ; hasWaited = true)
        {
            var asked = time.GetTimestamp();
            if (await leases.TryTakeAsync(id, owner, Life, CancellationToken.None) is { } found)
            {
                if (hasWaited)
                    ConnectionTelemetry.LeaseWaited(time.GetElapsedTime(start), LeaseWaitOutcome.Taken);
                return (new HeldLease(leases, id, owner, found, Life, Margin, asked, time), default);
            }

            if (await WaitAsync(seen, settled, start) is { } result)
            {
                ConnectionTelemetry.LeaseWaited(time.GetElapsedTime(start), result.Fresh is null ? LeaseWaitOutcome.CameToNothing : LeaseWaitOutcome.Served);
                return (null, result);
            }
        }
    }

    /// <returns>Null when the holder is gone without having given the lease back.</returns>
    private async Task<RefreshResult?> WaitAsync(ConnectionSnapshot seen, Func<ConnectionSnapshot, RefreshResult?> settled, long start)
    {
        var latest = seen;
        for (var pause = s_firstPause; ; pause = pause * 2 < s_longestPause ? pause * 2 : s_longestPause)
        {
            await Task.Delay(pause, time);
            // The lease first: what its holder stored was stored before it was given back.
            var standing = await leases.FindStandingAsync(seen.Record.Id, CancellationToken.None);
            if (await store.FindVersionAsync(seen.Record.Id, CancellationToken.None) != latest.Record.Version)
            {
                latest = await loader.LoadAsync(seen.Record.Id, CancellationToken.None) ?? throw new KeyNotFoundException($"There is no connection {seen.Record.Id} any more.");
                if (settled(latest) is { } result)
                    return result;
            }

            if (standing == LeaseStanding.Abandoned)
                return null;
            if (standing == LeaseStanding.Free)
                return new(null, WhatOthersMet(seen, latest) ?? Unavailable("Another node has just tried to refresh the connection, and it came to nothing. Try again."));
            if (time.GetElapsedTime(start) > guard.Timeout + Margin)
                return new(null, Unavailable("Another node is refreshing the connection and has not come to an end yet. Try again."));
        }
    }

    private static Failure? WhatOthersMet(ConnectionSnapshot before, ConnectionSnapshot after) =>
        after.Record.Failure is { } failure && failure != before.Record.Failure ? failure : after.Definition.ClientFailure;

    private Failure Unavailable(string message) => new() { Kind = FailureKind.Unavailable, Message = message, At = time.GetUtcNow(), IsOurs = true };
}
