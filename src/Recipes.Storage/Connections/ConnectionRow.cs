using Recipes.Connections;

namespace Recipes.Storage;

internal sealed class ConnectionRow
{
    public Guid Id { get; init; }
    public required string Tenant { get; init; }
    public Guid DefinitionId { get; init; }
    public required string OwnerKind { get; init; }

    /// <summary>Empty for the organisation, never null: a unique index takes two nulls for different values.</summary>
    public required string OwnerId { get; init; }
    public required string DisplayName { get; init; }
    public bool IsDefault { get; init; }
    public required string State { get; init; }
    public required string Fields { get; init; }
    public byte[]? SealedCredential { get; init; }
    public long CredentialVersion { get; init; }
    public long Version { get; init; }
    public string? AccountLabel { get; init; }
    public string? GrantedScopes { get; init; }
    public string? RequestedScopes { get; init; }
    public string? MissingScopes { get; init; }
    public DateTimeOffset? ExpiresAt { get; init; }
    public string? Failure { get; init; }
    public DateTimeOffset? LastSuccessAt { get; init; }
    public DateTimeOffset? LastProbedAt { get; init; }
    public DateTimeOffset? SuspectSince { get; init; }
    public required string Limitations { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Follows from the others; stored, so that lists can be narrowed by it.</summary>
    public required string Health { get; init; }

    /// <inheritdoc cref="Health"/>
    public required string Attention { get; init; }
    public DateTimeOffset? HealthSince { get; init; }
    public DateTimeOffset? FailureSince { get; init; }
    public DateTimeOffset? LostSince { get; init; }
    public string? AccountId { get; init; }
    public DateTimeOffset? GrantExpiresAt { get; init; }
    public DateTimeOffset? ExpiryToldFor { get; init; }
    public required string Environment { get; init; }
    public required string AccountKind { get; init; }

    public string? RefusedBy { get; init; }
    public DateTimeOffset? RefusedAt { get; init; }
    public Guid? IncidentId { get; init; }

    /// <summary>When it is to be checked next. Not part of the record: looking at a connection is no change of it.</summary>
    public DateTimeOffset CheckAt { get; init; }

    /// <summary>Until when some node has it in hand for a check; null when none has.</summary>
    public DateTimeOffset? ClaimedUntil { get; init; }

    public static string IdOf(Owner owner) => owner.Id ?? "";

    public static ConnectionRow Of(Connection connection) => Of(connection.Record, connection.Health, connection.Attention);

    private static ConnectionRow Of(ConnectionRecord record, Health health, Attention attention) => new()
    {
        Id = record.Id.Value,
        Tenant = record.Tenant.Value,
        DefinitionId = record.DefinitionId.Value,
        OwnerKind = record.Owner.Kind.ToString(),
        OwnerId = IdOf(record.Owner),
        DisplayName = record.DisplayName,
        IsDefault = record.IsDefault,
        State = record.State.ToString(),
        Fields = StoredJson.Write(record.Fields),
        SealedCredential = record.SealedCredential,
        CredentialVersion = record.CredentialVersion,
        Version = record.Version,
        AccountLabel = record.AccountLabel,
        GrantedScopes = record.GrantedScopes is null ? null : StoredJson.Write(record.GrantedScopes),
        RequestedScopes = record.RequestedScopes is null ? null : StoredJson.Write(record.RequestedScopes),
        MissingScopes = record.MissingScopes is null ? null : StoredJson.Write(record.MissingScopes),
        ExpiresAt = record.ExpiresAt,
        Failure = StoredJson.Write(record.Failure),
        LastSuccessAt = record.LastSuccessAt,
        LastProbedAt = record.LastProbedAt,
        SuspectSince = record.SuspectSince,
        Limitations = StoredJson.Write(record.Limitations),
        CreatedAt = record.CreatedAt,
        UpdatedAt = record.UpdatedAt,
        Health = health.ToString(),
        Attention = attention.ToString(),
        HealthSince = record.HealthSince,
        FailureSince = record.FailureSince,
        LostSince = record.LostSince,
        AccountId = record.AccountId,
        GrantExpiresAt = record.GrantExpiresAt,
        ExpiryToldFor = record.ExpiryToldFor,
        Environment = record.Environment.ToString(),
        AccountKind = record.AccountKind.ToString(),
        RefusedBy = record.RefusedBy?.ToString(),
        RefusedAt = record.RefusedAt,
        IncidentId = record.Incident,
        CheckAt = record.UpdatedAt,
    };

    public Connection ToConnection() => new(new()
    {
        Id = new(Id),
        Tenant = TenantId.Parse(Tenant),
        DefinitionId = new(DefinitionId),
        Owner = new(Enum.Parse<OwnerKind>(OwnerKind), OwnerId.Length == 0 ? null : OwnerId),
        DisplayName = DisplayName,
        IsDefault = IsDefault,
        State = Enum.Parse<ConnectionState>(State),
        Fields = StoredJson.ReadMap(Fields),
        SealedCredential = SealedCredential,
        CredentialVersion = CredentialVersion,
        Version = Version,
        AccountLabel = AccountLabel,
        GrantedScopes = GrantedScopes is null ? null : StoredJson.ReadList(GrantedScopes),
        RequestedScopes = RequestedScopes is null ? null : StoredJson.ReadList(RequestedScopes),
        MissingScopes = MissingScopes is null ? null : StoredJson.ReadList(MissingScopes),
        ExpiresAt = ExpiresAt,
        Failure = StoredJson.ReadFailure(Failure),
        LastSuccessAt = LastSuccessAt,
        LastProbedAt = LastProbedAt,
        SuspectSince = SuspectSince,
        Limitations = StoredJson.ReadLimitations(Limitations),
        CreatedAt = CreatedAt,
        UpdatedAt = UpdatedAt,
        HealthSince = HealthSince,
        FailureSince = FailureSince,
        LostSince = LostSince,
        AccountId = AccountId,
        GrantExpiresAt = GrantExpiresAt,
        ExpiryToldFor = ExpiryToldFor,
        Environment = Enum.Parse<AccountEnvironment>(Environment),
        AccountKind = Enum.Parse<AccountKind>(AccountKind),
        RefusedBy = RefusedBy is null ? null : Provider.Parse(RefusedBy),
        RefusedAt = RefusedAt,
        Incident = IncidentId,
    });
}
