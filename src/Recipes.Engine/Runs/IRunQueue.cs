using Recipes.Connections;

namespace Recipes.Engine;

/// <summary>Runs that nobody runs, shared by all nodes. A claim is a lease: it is renewed while its node lives, and then anybody's.</summary>
public interface IRunQueue
{
    /// <summary>How long a claim is good without being renewed.</summary>
    TimeSpan Lease { get; }

    /// <summary>Claims what may go on: left by a node that is gone, due, or held for a connection that has healed. In order; tenants take turns; limits of recipes and connections are kept over all nodes.</summary>
    /// <param name="most">At most so many of the first two kinds together.</param>
    /// <param name="mostHealed">At most so many of the third kind for a connector, less those it has under way: by connector.</param>
    /// <param name="inHand">Claims whose runs this node is at: they are not left, even where they could not be renewed in time.</param>
    Task<IReadOnlyList<ClaimedRun>> ClaimAsync(int most, Func<string, int> mostHealed, IReadOnlyCollection<Guid> inHand, CancellationToken cancellationToken);

    /// <summary>Claims one run, if it is due and the limits allow it.</summary>
    Task<ClaimedRun?> ClaimAsync(RunId run, CancellationToken cancellationToken);

    /// <summary>Renews claims.</summary>
    Task RenewAsync(IReadOnlyCollection<Guid> claims, CancellationToken cancellationToken);

    /// <summary>Runs of a tenant that wait for room.</summary>
    Task<int> CountWaitingAsync(TenantId tenant, CancellationToken cancellationToken);

    /// <summary>Ends a run that nobody runs as cancelled, and asks whoever runs it to stop.</summary>
    /// <returns>Null when there is none that has not ended; otherwise whether it is over already.</returns>
    Task<bool?> CancelAsync(TenantId tenant, RunId run, string canceller, CancellationToken cancellationToken);

    /// <summary>Who has cancelled a run whose claim is still good; null when nobody has.</summary>
    Task<string?> FindCancellerAsync(RunId run, Guid claim, CancellationToken cancellationToken);

    /// <summary>Makes a held or waiting run due now.</summary>
    /// <returns>False when it is neither.</returns>
    Task<bool> ResumeAsync(TenantId tenant, RunId run, CancellationToken cancellationToken);

    /// <summary>Claims a run that has failed or is flagged, to have its last step done again; until its next step is stored it counts as ended.</summary>
    /// <returns>Null when it has not failed, or nothing of it was kept.</returns>
    Task<ClaimedRun?> ReopenAsync(TenantId tenant, RunId run, CancellationToken cancellationToken);

    /// <summary>Removes a run that has ended, with all that is kept of it.</summary>
    /// <returns>False when there is none, or its last step is being done again.</returns>
    Task<bool> RemoveAsync(TenantId tenant, RunId run, CancellationToken cancellationToken);

    /// <summary>Held runs of a tenant, oldest first.</summary>
    /// <param name="connection">Only those held for this one; null means any.</param>
    Task<IReadOnlyList<RunId>> HeldAsync(TenantId tenant, ConnectionId? connection, int most, CancellationToken cancellationToken);
}
