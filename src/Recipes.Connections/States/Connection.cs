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
}

/// <summary>One authorised account under a definition. Changes only through what happened to it.</summary>
public sealed class Connection(ConnectionRecord record)
{
    /// <summary>What is stored of it; the store compares <see cref="ConnectionRecord.Version"/> and counts it up.</summary>
    public ConnectionRecord Record { get; private set; } = record;

    public ConnectionId Id => Record.Id;
    public TenantId Tenant => Record.Tenant;
    public ConnectionDefinitionId DefinitionId => Record.DefinitionId;
    public Owner Owner => Record.Owner;
    public ConnectionState State => Record.State;

    /// <summary>Whether a run may call through it.</summary>
    public bool IsUsable => State == ConnectionState.Connected;

    /// <summary>Colour for people: derived, so that it cannot disagree with state, failure and last success.</summary>
    public Health Health => State switch
    {
        ConnectionState.Disconnected => Health.Grey,
        ConnectionState.Suspect or ConnectionState.ReauthorizationRequired => Health.Red,
        _ when Record.Failure is { } failure && TurnsRed(failure.Kind) => Health.Red,
        ConnectionState.Connected when Record.LastSuccessAt is not null => Health.Green,
        _ => Health.Yellow,
    };

    /// <summary>A new connection, not authorised yet.</summary>
    public static Connection Create(ConnectionDefinition definition, Owner owner, string displayName, IReadOnlyDictionary<string, string> fields, bool isDefault, DateTimeOffset at) => new(new()
    {
        Id = new(Guid.CreateVersion7(at)),
        Tenant = definition.Tenant,
        DefinitionId = definition.Id,
        Owner = owner,
        DisplayName = displayName,
        IsDefault = isDefault,
        State = ConnectionState.Pending,
        Fields = fields,
        CreatedAt = at,
        UpdatedAt = at,
    });

    /// <summary>A person (or a token import) gave a new credential: everything known against the old one is forgotten.</summary>
    /// <param name="requestedScopes">The scopes that were asked for; null where none were.</param>
    public void Authorized(byte[] sealedCredential, TokenSet? tokens, string? accountLabel, DateTimeOffset at, IReadOnlyList<string>? requestedScopes = null) =>
        Move(ConnectionState.Connected, at, r => r with
        {
            SealedCredential = sealedCredential,
            CredentialVersion = r.CredentialVersion + 1,
            ExpiresAt = tokens?.ExpiresAt,
            GrantedScopes = tokens?.Scopes,
            RequestedScopes = requestedScopes,
            AccountLabel = accountLabel ?? r.AccountLabel,
            Failure = null,
            LastSuccessAt = null,
            LastProbedAt = null,
            SuspectSince = null,
            Limitations = [],
        });

    /// <summary>Other values of the plain fields.</summary>
    public void FieldsChanged(IReadOnlyDictionary<string, string> fields, DateTimeOffset? at = null) => Record = Record with { Fields = fields, UpdatedAt = at ?? Record.UpdatedAt };

    /// <summary>Other values of the secret fields, in a credential whose tokens stay as they are; it is authorised as much as before.</summary>
    /// <param name="sealedCredential">Null when nothing secret is left.</param>
    public void SecretsChanged(byte[]? sealedCredential, DateTimeOffset at) =>
        Record = Record with { SealedCredential = sealedCredential, CredentialVersion = Record.CredentialVersion + 1, UpdatedAt = at };

    /// <summary>Its tokens do not fit any more (another address, another client) and are let go: a person has to consent again.</summary>
    /// <param name="sealedCredential">What is left of the credential; null when nothing is.</param>
    public void GrantGivenUp(byte[]? sealedCredential, Failure failure)
    {
        if (State is ConnectionState.Connected or ConnectionState.Suspect)
            GrantLost(failure);
        SecretsChanged(sealedCredential, failure.At);
        Record = Record with { ExpiresAt = null, GrantedScopes = null, RequestedScopes = null, AccountLabel = null };
    }

    /// <summary>A call after connecting told more of the account.</summary>
    public void Learnt(IReadOnlyDictionary<string, string> fields, string? accountLabel, DateTimeOffset at) =>
        Record = Record with { Fields = fields, AccountLabel = accountLabel ?? Record.AccountLabel, UpdatedAt = at };

    /// <summary>It is used from now on where its owner has several under the definition; the store ends what was the default.</summary>
    public void MadeDefault(DateTimeOffset at) => Record = Record with { IsDefault = true, UpdatedAt = at };

    /// <summary>The provider rotated the tokens without a person. It clears no verdict: a dead grant stays dead.</summary>
    /// <exception cref="InvalidOperationException">When there is no credential to rotate.</exception>
    public void Refreshed(byte[] sealedCredential, TokenSet tokens, DateTimeOffset at)
    {
        if (State is ConnectionState.Pending or ConnectionState.Disconnected)
            throw new InvalidOperationException($"Connection {Id} is {State} and has no credential to rotate.");
        Record = Record with
        {
            SealedCredential = sealedCredential,
            CredentialVersion = Record.CredentialVersion + 1,
            ExpiresAt = tokens.ExpiresAt,
            GrantedScopes = tokens.Scopes ?? Record.GrantedScopes,
            UpdatedAt = at,
        };
    }

    /// <summary>A run used it and it worked: a success always heals. One that comes in after the verdict was sent before it, and changes nothing.</summary>
    /// <param name="action">The action that succeeded; its limitation is lifted.</param>
    public void Succeeded(string action, DateTimeOffset at)
    {
        if (State is not (ConnectionState.Connected or ConnectionState.Suspect))
            return;
        Move(ConnectionState.Connected, at, r => r with
        {
            Failure = null,
            LastSuccessAt = at,
            SuspectSince = null,
            Limitations = r.Limitations.Count == 0 ? r.Limitations : [.. r.Limitations.Where(l => l.Action != action)],
        });
    }

    /// <summary>A probe went through: it heals, but is no use by a run.</summary>
    /// <param name="needsConsent">Whether the scheme takes consent: a dead grant never comes back by itself, a password put right does.</param>
    public void ProbePassed(string? accountLabel, DateTimeOffset at, bool needsConsent = true)
    {
        if (State is ConnectionState.Connected or ConnectionState.Suspect || (State == ConnectionState.ReauthorizationRequired && !needsConsent))
            Move(ConnectionState.Connected, at, r => r with { Failure = null, LastProbedAt = at, SuspectSince = null, AccountLabel = accountLabel ?? r.AccountLabel });
    }

    /// <summary>The probe of a suspect told nothing of its credential: it is left alone for another pause.</summary>
    public void LeftInDoubt(Failure failure)
    {
        Failed(failure);
        if (State == ConnectionState.Suspect)
            Record = Record with { SuspectSince = failure.At, UpdatedAt = failure.At };
    }

    /// <summary>The app refused a credential that could not be refreshed: no further call until a probe decides.</summary>
    public void Refused(Failure failure) =>
        Move(ConnectionState.Suspect, failure.At, r => r with { Failure = failure, SuspectSince = failure.At });

    /// <summary>The credential is dead beyond doubt: an <c>invalid_grant</c> confirmed, or a probe that confirmed a suspicion.</summary>
    public void GrantLost(Failure failure) =>
        Move(ConnectionState.ReauthorizationRequired, failure.At, r => r with { Failure = failure, SuspectSince = null });

    /// <summary>A failure that leaves the state alone. One that tells nothing of the connection never hides one that does.</summary>
    public void Failed(Failure failure)
    {
        if (Record.Failure is null || TurnsRed(failure.Kind) || !TurnsRed(Record.Failure.Kind))
            Record = Record with { Failure = failure, UpdatedAt = failure.At };
    }

    /// <summary>One action is not permitted to this account; the connection stays as it is.</summary>
    public void Limited(string action, DateTimeOffset at)
    {
        if (!Record.Limitations.Any(l => l.Action == action))
            Record = Record with { Limitations = [.. Record.Limitations, new(action, at)], UpdatedAt = at };
    }

    /// <summary>A person disconnected it: the credential is gone, identity and bindings stay.</summary>
    public void Disconnected(DateTimeOffset at) =>
        Move(ConnectionState.Disconnected, at, r => r with
        {
            SealedCredential = null,
            CredentialVersion = r.CredentialVersion + 1,
            ExpiresAt = null,
            GrantedScopes = null,
            RequestedScopes = null,
            Failure = null,
            SuspectSince = null,
            Limitations = [],
        });

    /// <summary>The store has written this state.</summary>
    public void Stored(long version) => Record = Record with { Version = version };

    private static bool TurnsRed(FailureKind kind) => kind is FailureKind.ModifiedCredentials or FailureKind.InsufficientPermissions or FailureKind.Misconfigured;

    private void Move(ConnectionState to, DateTimeOffset at, Func<ConnectionRecord, ConnectionRecord> change)
    {
        if (!ConnectionStates.Allows(State, to))
            throw new InvalidOperationException($"Connection {Id} cannot go from {State} to {to}.");
        Record = change(Record) with { State = to, UpdatedAt = at };
    }
}
