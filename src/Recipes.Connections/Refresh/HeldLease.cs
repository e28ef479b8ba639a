namespace Recipes.Connections;

/// <summary>This process's turn to refresh one connection. How much of it is left is told by the clock that never jumps.</summary>
internal sealed class HeldLease(IRefreshLeases leases, ConnectionId connection, Guid owner, RefreshLease found, TimeSpan life, TimeSpan margin, long takenAt, TimeProvider time)
{
    private const int MostMarks = 3;

    private long _from = takenAt;
    private long? _sentVersion;
    private long? _keptVersion;
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
            (_from, _sentVersion) = (from, credentialVersion);
            // The whole machine may have stood still meanwhile.
            if (TimeToSend > life - margin)
                return true;
        }

        return false;
    }

    public async Task<bool> TryKeepAsync(long credentialVersion, byte[] sealedCredential, CancellationToken cancellationToken)
    {
        Keeps = await leases.TryKeepAsync(connection, owner, credentialVersion, sealedCredential, cancellationToken);
        _keptVersion = Keeps ? credentialVersion : _keptVersion;
        return Keeps;
    }

    /// <param name="forget">Whether what was written down is done with.</param>
    public async Task ReleaseAsync(bool forget, CancellationToken cancellationToken)
    {
        if (_isGivenBack)
        {
            // What was left for others is done with: taken back for that, unless somebody has it now, or had it since and left something of their own.
            if (!forget || await leases.FindStandingAsync(connection, cancellationToken) != LeaseStanding.Free || await leases.TryTakeAsync(connection, owner, life, cancellationToken) is not { } left)
                return;
            forget = (left.SentVersion ?? _sentVersion) == _sentVersion && (left.KeptVersion ?? _keptVersion) == _keptVersion;
        }

        await leases.ReleaseAsync(connection, owner, forget, cancellationToken);
        _isGivenBack = !forget;
    }
}
