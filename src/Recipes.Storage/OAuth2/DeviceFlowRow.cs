using Recipes.Connections;

namespace Recipes.Storage;

internal sealed class DeviceFlowRow
{
    public Guid ConnectionId { get; init; }
    public Guid Id { get; init; }
    public required string Tenant { get; init; }
    public required string User { get; init; }
    public required byte[] SealedDeviceCode { get; init; }
    public required string UserCode { get; init; }
    public required string VerificationAddress { get; init; }
    public string? CompleteAddress { get; init; }
    public required string Scopes { get; init; }
    public double IntervalSeconds { get; init; }
    public DateTimeOffset NextPollAt { get; init; }
    public DateTimeOffset StartedAt { get; init; }
    public DateTimeOffset ExpiresAt { get; init; }
    public required string Status { get; init; }
    public string? Failure { get; init; }
    public string? Recipe { get; init; }
    public string? Installation { get; init; }
    public string? InstallationName { get; init; }
    public bool AcceptsOtherAccount { get; init; }

    public static DeviceFlowRow Of(DeviceFlow flow) => new()
    {
        ConnectionId = flow.ConnectionId.Value,
        Id = flow.Id,
        Tenant = flow.Tenant.Value,
        User = flow.User.Value,
        SealedDeviceCode = flow.SealedDeviceCode,
        UserCode = flow.UserCode,
        VerificationAddress = flow.VerificationAddress.OriginalString,
        CompleteAddress = flow.CompleteAddress?.OriginalString,
        Scopes = StoredJson.Write(flow.Scopes),
        IntervalSeconds = flow.Interval.TotalSeconds,
        NextPollAt = flow.NextPollAt,
        StartedAt = flow.StartedAt,
        ExpiresAt = flow.ExpiresAt,
        Status = flow.Status.ToString(),
        Failure = StoredJson.Write(flow.Failure),
        Recipe = flow.Return.Recipe,
        Installation = flow.Return.Installation,
        InstallationName = flow.Return.InstallationName,
        AcceptsOtherAccount = flow.AcceptsOtherAccount,
    };

    public DeviceFlow ToFlow() => new()
    {
        Id = Id,
        Tenant = TenantId.Parse(Tenant),
        User = UserId.Parse(User),
        ConnectionId = new(ConnectionId),
        SealedDeviceCode = SealedDeviceCode,
        UserCode = UserCode,
        VerificationAddress = new(VerificationAddress),
        CompleteAddress = CompleteAddress is null ? null : new(CompleteAddress),
        Scopes = StoredJson.ReadList(Scopes),
        Interval = TimeSpan.FromSeconds(IntervalSeconds),
        NextPollAt = NextPollAt,
        StartedAt = StartedAt,
        ExpiresAt = ExpiresAt,
        Status = Enum.Parse<DeviceFlowStatus>(Status),
        Failure = StoredJson.ReadFailure(Failure),
        Return = new(Recipe, Installation, InstallationName),
        AcceptsOtherAccount = AcceptsOtherAccount,
    };
}
