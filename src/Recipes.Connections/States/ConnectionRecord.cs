namespace Recipes.Connections;

/// <summary>An action that this connection's account may not do: the connection itself is fine.</summary>
public sealed record Limitation(string Action, DateTimeOffset Since);

/// <summary>The plain data of a connection, as it is stored. Its credential is sealed.</summary>
public sealed record ConnectionRecord
{
    public required ConnectionId Id { get; init; }
    public required TenantId Tenant { get; init; }
    public required ConnectionDefinitionId DefinitionId { get; init; }
    public required Owner Owner { get; init; }
    public required string DisplayName { get; init; }
    public bool IsDefault { get; init; }
    public required ConnectionState State { get; init; }

    /// <summary>Values of plain fields; secret ones are in the credential.</summary>
    public IReadOnlyDictionary<string, string> Fields { get; init; } = new Dictionary<string, string>();
    public byte[]? SealedCredential { get; init; }

    /// <summary>Counts credentials: another number means another credential.</summary>
    public long CredentialVersion { get; init; }

    /// <summary>Counts changes of any kind, for compare-and-set.</summary>
    public long Version { get; init; } = 1;

    /// <summary>The account at the provider, for people; null when unknown.</summary>
    public string? AccountLabel { get; init; }
    public IReadOnlyList<string>? GrantedScopes { get; init; }

    /// <summary>The scopes asked for when it was authorised last; null where none were.</summary>
    public IReadOnlyList<string>? RequestedScopes { get; init; }

    /// <summary>The scopes that were asked for or that its definition needs, and that were not granted, as they were compared last; null when that was not done since the grant changed.</summary>
    public IReadOnlyList<string>? MissingScopes { get; init; }

    /// <summary>When the access token dies; null when it does not or nobody said.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>The last failure that no success has cleared since.</summary>
    public Failure? Failure { get; init; }

    /// <summary>When a run last used it with success; null when none did since it was authorised.</summary>
    public DateTimeOffset? LastSuccessAt { get; init; }

    /// <summary>When a probe last passed.</summary>
    public DateTimeOffset? LastProbedAt { get; init; }
    public DateTimeOffset? SuspectSince { get; init; }
    public IReadOnlyList<Limitation> Limitations { get; init; } = [];
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>The account's own id at the provider, which no renaming changes; null when unknown.</summary>
    public string? AccountId { get; init; }

    /// <summary>Since when the health has its colour; null means since it was created.</summary>
    public DateTimeOffset? HealthSince { get; init; }

    /// <summary>When the first of the failures like <see cref="Failure"/> came; null when there is none.</summary>
    public DateTimeOffset? FailureSince { get; init; }

    /// <summary>Since when it is broken until somebody does something, as alerts tell it: a suspicion is not enough, and does not end it either. Null while it is not.</summary>
    public DateTimeOffset? LostSince { get; init; }

    /// <summary>When its access ends for good, so that a person has to authorise it again; null when it does not or nobody said.</summary>
    public DateTimeOffset? GrantExpiresAt { get; init; }

    /// <summary>The end of access that has been told of as near; null when none was.</summary>
    public DateTimeOffset? ExpiryToldFor { get; init; }

    /// <summary>What kind of space of the app the account is in.</summary>
    public AccountEnvironment Environment { get; init; }

    /// <summary>Whose account it is.</summary>
    public AccountKind AccountKind { get; init; }

    /// <summary>Who refused its credential, that had been accepted before; null when nobody did.</summary>
    public Provider? RefusedBy { get; init; }

    /// <summary>When that was, the last time.</summary>
    public DateTimeOffset? RefusedAt { get; init; }

    /// <summary>The incident that keeps a refusal from being a verdict: a suspect with one is asked nothing until it is closed. Null when there is none.</summary>
    public Guid? Incident { get; init; }
}
