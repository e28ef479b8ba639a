namespace Recipes.Connections;

/// <summary>This process's turn to refresh one connection. How much of it is left is told by the clock that never jumps.</summary>
internal sealed class HeldLease(IRefreshLeases leases, ConnectionId connection, Guid owner, RefreshLease found, TimeSpan life, TimeSpan margin, long takenAt, TimeProvider time)
{
    private const int MostMarks = 3;

    private long _from = takenAt;
    private bool _isGivenBack;

    public RefreshLease Found => found;

    /// <summary>Whether new tokens are kept in it.</summary>
    public bool Keeps { get; private set; }

    /// <summary>How long a request may take so that its reply can still be stored under the lease.</summary>
    public TimeSpan TimeToSend => life - (margin / 2) - time.GetElapsedTime(_from);

    /// <summary>When the refresh token of this credential version was sent without an answer that was kept; null when it was not.</summary>
    public DateTimeOffset? LostAt(long credentialVersion) => found.SentVersion == credentialVersion ? found.SentAt : null;

    /// <returns>False when nothing may be sent any more.</returns>
    public async Task<bool> TryMarkSentAsync(long credentialVersion)
    {
        for (var i = 0; i < MostMarks; i++)
        {
            // From before the question: the database counts from some moment after it.
            var from = time.GetTimestamp();
            if (!await leases.TryMarkSentAsync(connection, owner, credentialVersion, life, CancellationToken.None))
                return false;
            _from = from;
            // The whole machine may have stood still meanwhile.
            if (TimeToSend > life - margin)
                return true;
        }

        return false;
    }

    public async Task<bool> TryKeepAsync(long credentialVersion, byte[] sealedCredential, CancellationToken cancellationToken) =>
        Keeps = await leases.TryKeepAsync(connection, owner, credentialVersion, sealedCredential, cancellationToken);

    /// <param name="forget">Whether what was written down is done with.</param>
    public async Task ReleaseAsync(bool forget, CancellationToken cancellationToken)
    {
        // What was left for others is done with: taken back for that, unless somebody has it now, who sees to it.
        if (_isGivenBack && (!forget || await leases.TryTakeAsync(connection, owner, life, cancellationToken) is null))
            return;
        await leases.ReleaseAsync(connection, owner, forget, cancellationToken);
        _isGivenBack = !forget;
    }
}
