namespace Recipes.Connections;

/// <summary>Who may refresh a connection now: one holder over all nodes. Whoever takes over from a holder that died learns how far that one got.</summary>
/// <remarks>Leases are judged by one clock: that of the database where several machines share one.</remarks>
public interface IRefreshLeases
{
    /// <summary>Takes the lease for <paramref name="life"/>, unless another holds it.</summary>
    /// <param name="owner">Random, known to nobody else.</param>
    /// <returns>What a former holder left; null when another holds the lease.</returns>
    Task<RefreshLease?> TryTakeAsync(ConnectionId connection, Guid owner, TimeSpan life, CancellationToken cancellationToken);

    /// <summary>How the lease stands now, for those who wait for its holder.</summary>
    Task<LeaseStanding> FindStandingAsync(ConnectionId connection, CancellationToken cancellationToken);

    /// <summary>Writes down, before it is sent, that the refresh token of a credential is on its way: should its answer be lost, whoever comes next knows. From then the lease lasts for <paramref name="life"/> anew.</summary>
    /// <param name="credentialVersion">The version of the credential whose token is spent. The time of an earlier mark for the same version stays.</param>
    /// <returns>False when the lease is over, or no longer <paramref name="owner"/>'s: then nothing may be sent.</returns>
    Task<bool> TryMarkSentAsync(ConnectionId connection, Guid owner, long credentialVersion, TimeSpan life, CancellationToken cancellationToken);

    /// <summary>Keeps new tokens, sealed, until they are stored on the connection itself.</summary>
    /// <returns>False when the lease is no longer <paramref name="owner"/>'s.</returns>
    Task<bool> TryKeepAsync(ConnectionId connection, Guid owner, long credentialVersion, byte[] sealedCredential, CancellationToken cancellationToken);

    /// <summary>Gives the lease back, if it is still <paramref name="owner"/>'s.</summary>
    /// <param name="forget">Whether what was written down is done with; otherwise it stays for whoever takes the lease next.</param>
    Task ReleaseAsync(ConnectionId connection, Guid owner, bool forget, CancellationToken cancellationToken);

    /// <summary>Ends it for a connection whose credential is gone: whoever holds it may send, and keep, nothing any more.</summary>
    /// <returns>New tokens that were kept in it, sealed; null when there were none.</returns>
    Task<byte[]?> RemoveAsync(ConnectionId connection, CancellationToken cancellationToken);
}

/// <summary>What a former holder left.</summary>
/// <param name="SentVersion">The credential version whose refresh token was sent and whose answer was not stored; null when none was.</param>
/// <param name="SentAt">When it was sent first.</param>
/// <param name="KeptVersion">The credential version that <paramref name="SealedCredential"/> replaces; null when nothing is kept.</param>
/// <param name="SealedCredential">New tokens that could not be stored on the connection.</param>
/// <param name="WasAbandoned">Whether that holder never gave the lease back: it died, or is cut off from the database and may still have an answer.</param>
public sealed record RefreshLease(long? SentVersion, DateTimeOffset? SentAt, long? KeptVersion, byte[]? SealedCredential, bool WasAbandoned);

/// <summary>How a lease stands.</summary>
public enum LeaseStanding
{
    /// <summary>Nobody holds it: whoever did has given it back.</summary>
    Free,
    Held,
    /// <summary>Its holder did not give it back in time.</summary>
    Abandoned,
}
