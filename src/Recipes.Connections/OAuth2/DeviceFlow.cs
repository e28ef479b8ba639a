namespace Recipes.Connections;

/// <summary>How a device authorization stands.</summary>
public enum DeviceFlowStatus
{
    /// <summary>Nobody has entered the code yet.</summary>
    Pending,
    Connected,
    /// <summary>Refused, expired or gone wrong; <see cref="DeviceFlow.Failure"/> says why.</summary>
    Failed,
    /// <summary>Another account consented than the one that the connection belongs to; nothing was changed, and <see cref="DeviceFlow.Failure"/> says so.</summary>
    OtherAccount,
}

/// <summary>One authorization on another device. A connection has one at most; all tabs and nodes that look at it share it.</summary>
/// <remarks>Source: RFC 8628 §3.2.</remarks>
public sealed record DeviceFlow
{
    /// <summary>Another start has another id.</summary>
    public required Guid Id { get; init; }
    public required TenantId Tenant { get; init; }

    /// <summary>Who started it.</summary>
    public required UserId User { get; init; }
    public required ConnectionId ConnectionId { get; init; }
    public required byte[] SealedDeviceCode { get; init; }

    /// <summary>What the person types in, as the provider wrote it.</summary>
    public required string UserCode { get; init; }

    /// <summary>Where the person types it in; http or https.</summary>
    public required Uri VerificationAddress { get; init; }

    /// <summary>The same with the code in it; null when the provider gave none.</summary>
    public Uri? CompleteAddress { get; init; }

    /// <summary>The scopes asked for.</summary>
    public required IReadOnlyList<string> Scopes { get; init; }

    /// <summary>The least time between two questions to the provider.</summary>
    public required TimeSpan Interval { get; init; }
    public required DateTimeOffset NextPollAt { get; init; }
    public required DateTimeOffset StartedAt { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>What it was started for, for the way back.</summary>
    public FlowReturn Return { get; init; } = FlowReturn.None;

    /// <summary>Whether the person said that it may become another account's connection.</summary>
    public bool AcceptsOtherAccount { get; init; }
    public DeviceFlowStatus Status { get; init; }
    public Failure? Failure { get; init; }
}

/// <summary>Where device authorizations wait.</summary>
public interface IDeviceFlowStore
{
    /// <summary>Stores a flow in place of the one that its connection had, and forgets those that expired a day ago.</summary>
    Task ReplaceAsync(DeviceFlow flow, CancellationToken cancellationToken);

    Task<DeviceFlow?> FindAsync(ConnectionId connection, CancellationToken cancellationToken);

    /// <summary>The pending ones whose next question is due, the longest due first.</summary>
    Task<IReadOnlyList<ConnectionId>> ListDueAsync(DateTimeOffset now, int most, CancellationToken cancellationToken);

    /// <summary>Takes the right to ask the provider: of any number of takers who saw the same flow exactly one gets true.</summary>
    /// <param name="seen">The flow as it was read.</param>
    /// <param name="until">When somebody else may ask if the taker is never heard of again.</param>
    Task<bool> TryClaimAsync(DeviceFlow seen, DateTimeOffset until, CancellationToken cancellationToken);

    /// <summary>Says when the next question is due.</summary>
    Task ScheduleAsync(Guid id, DateTimeOffset nextPollAt, TimeSpan interval, CancellationToken cancellationToken);

    /// <summary>Ends a flow that is pending; one that was connected after all may have been given up before.</summary>
    Task EndAsync(Guid id, DeviceFlowStatus status, Failure? failure, CancellationToken cancellationToken);
}
