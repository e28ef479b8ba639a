namespace Recipes.Connections;

/// <summary>Which connections are to be checked when. Every node takes from the same schedule; a connection is with one node at a time.</summary>
public interface ICheckSchedule
{
    /// <summary>
    /// Takes connections whose time has come, longest due first: connected and lost ones, and suspects since before <paramref name="suspectBefore"/>; none that an open incident holds.
    /// Nobody else gets them until <paramref name="until"/>, unless they are completed before.
    /// </summary>
    Task<IReadOnlyList<CheckClaim>> ClaimAsync(DateTimeOffset now, DateTimeOffset suspectBefore, DateTimeOffset until, int most, CancellationToken cancellationToken);

    /// <summary>
    /// They were looked at, or could not be: the next time comes, whatever came of this one. A time that was set meanwhile, by a new credential or a suspicion, stays;
    /// a claim that was over and is somebody else's by now is left alone.
    /// </summary>
    Task CompleteAsync(IReadOnlyCollection<CompletedCheck> checks, CancellationToken cancellationToken);

    /// <summary>From when on each of these is to be checked; those that there are not are left out.</summary>
    Task<IReadOnlyDictionary<ConnectionId, DateTimeOffset>> ListAsync(IReadOnlyCollection<ConnectionId> ids, CancellationToken cancellationToken);
}

/// <summary>A connection that is to be checked now.</summary>
/// <param name="At">When it was taken.</param>
/// <param name="Until">How long nobody else gets it.</param>
public sealed record CheckClaim(ConnectionId Connection, DateTimeOffset At, DateTimeOffset Until);

/// <summary>A check that is done with.</summary>
public sealed record CompletedCheck(CheckClaim Claim, DateTimeOffset NextAt);
