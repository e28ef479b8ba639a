namespace Recipes.Connections;

/// <summary>One authorised account under a definition. Changes only through what happened to it, and remembers that for its log until it is stored.</summary>
public sealed class Connection(ConnectionRecord record)
{
    private readonly List<LogEntry> _entries = [];
    private readonly List<Alert> _alerts = [];
    private Actor _by = Actor.System;
    private string? _requestLine;
    private Verdict _verdict;

    /// <summary>What is stored of it; the store compares <see cref="ConnectionRecord.Version"/> and counts it up.</summary>
    public ConnectionRecord Record { get; private set; } = record;

    /// <summary>What happened since it was read, for its log; stored with it.</summary>
    public IReadOnlyList<LogEntry> Entries => _entries;

    /// <summary>What somebody has to know of what happened since it was read; stored with it.</summary>
    public IReadOnlyList<Alert> Alerts => _alerts;

    /// <summary>How long it had been lost when it came to work again, since it was read; null when it did not.</summary>
    public TimeSpan? LostFor { get; private set; }

    /// <summary>Whether its next check is due at once, as after every new credential and other values; that of a suspect as soon as its pause is over.</summary>
    public bool ChecksNow { get; private set; }

    /// <summary>Whether the alert that it is lost is taken back with this change, unless somebody may have been told.</summary>
    public bool WithdrawsLoss { get; private set; }

    public ConnectionId Id => Record.Id;
    public TenantId Tenant => Record.Tenant;
    public ConnectionDefinitionId DefinitionId => Record.DefinitionId;
    public Owner Owner => Record.Owner;
    public ConnectionState State => Record.State;

    /// <summary>Whether a run may call through it.</summary>
    public bool IsUsable => State == ConnectionState.Connected;

    // What is dead stays dead, whatever else is refused.
    private bool IsAlive => State is ConnectionState.Connected or ConnectionState.Suspect;

    /// <summary>Colour for people: derived, so that it cannot disagree with state, failure and last success.</summary>
    public Health Health => State switch
    {
        ConnectionState.Disconnected => Health.Grey,
        // As in any outage: nothing is known against it.
        ConnectionState.Suspect when Record.Incident is not null => Record.LastSuccessAt is null ? Health.Yellow : Health.Green,
        ConnectionState.Suspect or ConnectionState.ReauthorizationRequired => Health.Red,
        _ when Record.Failure is { } failure && TurnsRed(failure.Kind) => Health.Red,
        ConnectionState.Connected when Record.LastSuccessAt is not null => Health.Green,
        _ => Health.Yellow,
    };

    /// <summary>What has to be done about it: derived, as its health is.</summary>
    public Attention Attention => State switch
    {
        ConnectionState.Disconnected => Attention.None,
        ConnectionState.Suspect => Record.Incident is null ? Attention.BeingChecked : Attention.ProviderIncident,
        ConnectionState.ReauthorizationRequired => Attention.Reauthorise,
        _ => Record.Failure?.Kind switch
        {
            FailureKind.ModifiedCredentials => Attention.Reauthorise,
            FailureKind.InsufficientPermissions => Attention.Permissions,
            FailureKind.Misconfigured => Attention.Address,
            _ when Record.GrantExpiresAt is { } ends && Record.ExpiryToldFor == ends => Attention.ExpiresSoon,
            _ when Record.Limitations.Count > 0 || ScopeSelection.Missing(Record).Count > 0 => Attention.Limited,
            FailureKind.RateLimited or FailureKind.Unavailable or FailureKind.Unknown => Attention.TriedAgain,
            // Of the definition's OAuth client the definition tells.
            _ => Attention.None,
        },
    };

    /// <summary>A new connection, not authorised yet.</summary>
    public static Connection Create(ConnectionDefinition definition, Owner owner, string displayName, IReadOnlyDictionary<string, string> fields, bool isDefault, DateTimeOffset at, Actor by = default)
    {
        var connection = new Connection(new()
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
        }).ChangedBy(by);
        connection.Note(ConnectionEvent.Created, at);
        return connection;
    }

    /// <summary>Says who or what is about to change it, and through which request, for its log.</summary>
    /// <param name="requestLine">Method and address without secrets; null where there was no request.</param>
    public Connection ChangedBy(Actor by, string? requestLine = null)
    {
        (_by, _requestLine) = (by, requestLine);
        return this;
    }

    /// <summary>A person (or a token import) gave a new credential: everything known against the old one is forgotten.</summary>
    /// <param name="requestedScopes">The scopes that were asked for; null where none were.</param>
    public void Authorized(byte[] sealedCredential, TokenSet? tokens, string? accountLabel, DateTimeOffset at, IReadOnlyList<string>? requestedScopes = null)
    {
        Move(ConnectionState.Connected, at, ConnectionEvent.Authorized, r => r with
        {
            SealedCredential = sealedCredential,
            CredentialVersion = r.CredentialVersion + 1,
            ExpiresAt = tokens?.ExpiresAt,
            GrantedScopes = tokens?.Scopes,
            RequestedScopes = requestedScopes,
            MissingScopes = null,
            AccountLabel = accountLabel ?? r.AccountLabel,
            Failure = null,
            FailureSince = null,
            LastSuccessAt = null,
            LastProbedAt = null,
            SuspectSince = null,
            RefusedBy = null,
            RefusedAt = null,
            Incident = null,
            GrantExpiresAt = null,
            ExpiryToldFor = null,
            Limitations = [],
        });
        ChecksNow = true;
    }

    /// <summary>Other values of the plain fields.</summary>
    /// <param name="at">Null where something else tells of it.</param>
    /// <param name="withSecrets">Whether secret ones change with them.</param>
    public void FieldsChanged(IReadOnlyDictionary<string, string> fields, DateTimeOffset? at = null, bool withSecrets = false)
    {
        if (at is { } known && (withSecrets || fields.Count != Record.Fields.Count || fields.Except(Record.Fields).Any()))
        {
            Change(known, ConnectionEvent.Changed, r => r with { Fields = fields });
            ChecksNow = true;
        }
        else
        {
            Record = Record with { Fields = fields };
        }
    }

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
        Record = Record with { ExpiresAt = null, GrantExpiresAt = null, GrantedScopes = null, RequestedScopes = null, MissingScopes = null, AccountLabel = null, AccountId = null };
    }

    /// <summary>Somebody said what kind of account it is.</summary>
    public void Described(AccountEnvironment environment, AccountKind kind, DateTimeOffset at)
    {
        if (Record.Environment != environment || Record.AccountKind != kind)
            Change(at, ConnectionEvent.Changed, r => r with { Environment = environment, AccountKind = kind });
    }

    /// <summary>A call after connecting told more of the account.</summary>
    public void Learnt(IReadOnlyDictionary<string, string> fields, string? accountLabel, DateTimeOffset at) =>
        Record = Record with { Fields = fields, AccountLabel = accountLabel ?? Record.AccountLabel, UpdatedAt = at };

    /// <summary>A person had it become another account's: what is known of the former one goes.</summary>
    public void BecameOtherAccounts(DateTimeOffset at) => Change(at, ConnectionEvent.Changed, r => r with { AccountLabel = null, AccountId = null }, detail: "It is another account's from now on.");

    /// <summary>Which account it is, by the id that the provider gave it.</summary>
    public void Identified(string accountId) => Record = Record with { AccountId = accountId };

    /// <summary>What its access is good for, as the provider says now.</summary>
    /// <param name="scopes">Null when the provider does not say; then what was known stays.</param>
    public void AccessTold(IReadOnlyList<string>? scopes, DateTimeOffset at)
    {
        if (scopes is not null && Differ(scopes, Record.GrantedScopes))
            Change(at, ConnectionEvent.Changed, r => r with { GrantedScopes = scopes, MissingScopes = null }, detail: Grants(scopes));
    }

    /// <summary>What is needed and was asked for was held against what it was granted.</summary>
    /// <param name="more">Further scopes that are needed: those that the definition came to name after its owner chose. Null means those that were missing before.</param>
    public void Compared(OAuth2Scheme scheme, ConnectionDefinition definition, IReadOnlyList<string>? more = null)
    {
        var missing = ScopeSelection.Missing(scheme, definition, Record, more ?? ScopeSelection.Missing(Record));
        if (!missing.SequenceEqual(ScopeSelection.Missing(Record)))
            Record = Record with { MissingScopes = missing };
    }

    /// <summary>When its access ends for good, as far as that can be known; null when it does not.</summary>
    public void GrantEnds(DateTimeOffset? at) => Record = Record with { GrantExpiresAt = at };

    /// <summary>Its access ends soon: told once for each end.</summary>
    public void ExpiresSoon(DateTimeOffset at)
    {
        if (Record.GrantExpiresAt is not { } ends || Record.ExpiryToldFor == ends)
            return;
        Change(at, ConnectionEvent.ExpiringSoon, r => r with { ExpiryToldFor = ends }, detail: $"Access ends at {ends:u}.");
        Alert(AlertKind.ExpiringSoon, at, null);
    }

    /// <summary>It is used from now on where its owner has several under the definition; the store ends what was the default.</summary>
    public void MadeDefault(DateTimeOffset at) => Change(at, ConnectionEvent.Changed, r => r with { IsDefault = true }, detail: "It is the default from now on.");

    /// <summary>The provider rotated the tokens without a person. It clears no verdict: a dead grant stays dead.</summary>
    /// <exception cref="InvalidOperationException">When there is no credential to rotate.</exception>
    public void Refreshed(byte[] sealedCredential, TokenSet tokens, DateTimeOffset at)
    {
        if (State is ConnectionState.Pending or ConnectionState.Disconnected)
            throw new InvalidOperationException($"Connection {Id} is {State} and has no credential to rotate.");
        var told = tokens.Scopes is { } scopes && Differ(scopes, Record.GrantedScopes) ? Grants(scopes) : null;
        Change(at, ConnectionEvent.Refreshed, r => r with
        {
            SealedCredential = sealedCredential,
            CredentialVersion = r.CredentialVersion + 1,
            ExpiresAt = tokens.ExpiresAt,
            GrantedScopes = tokens.Scopes ?? r.GrantedScopes,
            MissingScopes = told is null ? r.MissingScopes : null,
        }, detail: told);
    }

    /// <summary>A run used it and it worked: a success always heals. One that comes in after the verdict was sent before it, and changes nothing.</summary>
    /// <param name="action">The action that succeeded; its limitation is lifted.</param>
    public void Succeeded(string action, DateTimeOffset at)
    {
        if (State is not (ConnectionState.Connected or ConnectionState.Suspect))
            return;
        var tells = Record.Failure is not null || Record.LastSuccessAt is not { } last || IsAnotherHour(last, at);
        Move(ConnectionState.Connected, at, tells ? ConnectionEvent.Used : null, r => r with
        {
            Failure = null,
            FailureSince = null,
            LastSuccessAt = at,
            SuspectSince = null,
            RefusedBy = null,
            RefusedAt = null,
            Incident = null,
            Limitations = r.Limitations.Count == 0 ? r.Limitations : [.. r.Limitations.Where(l => l.Action != action)],
        });
    }

    /// <summary>A probe went through: it heals, but is no use by a run.</summary>
    /// <param name="needsConsent">Whether the scheme takes consent: a dead grant never comes back by itself, a password put right does.</param>
    /// <param name="accountId">The account's own id, where the probe tells it: kept where none is known.</param>
    public void ProbePassed(string? accountLabel, DateTimeOffset at, bool needsConsent = true, string? accountId = null)
    {
        if (State is ConnectionState.Connected or ConnectionState.Suspect || (State == ConnectionState.ReauthorizationRequired && !needsConsent))
            Move(ConnectionState.Connected, at, ConnectionEvent.Probed, r => r with { Failure = null, FailureSince = null, LastProbedAt = at, SuspectSince = null, RefusedBy = null, RefusedAt = null, Incident = null, AccountLabel = accountLabel ?? r.AccountLabel, AccountId = r.AccountId ?? accountId });
    }

    /// <summary>The probe of a suspect told nothing of its credential: it is left alone for another pause.</summary>
    public void LeftInDoubt(Failure failure)
    {
        Failed(failure, ConnectionEvent.Probed);
        if (State == ConnectionState.Suspect)
            Record = Record with { SuspectSince = failure.At, UpdatedAt = failure.At };
    }

    /// <summary>The account may not even do what the probe asks. Its credential was accepted for that, so whatever was held against it is cleared.</summary>
    /// <param name="needsConsent">As for <see cref="ProbePassed"/>.</param>
    public void ProbeForbidden(Failure failure, bool needsConsent = true)
    {
        if (State == ConnectionState.Suspect || (State == ConnectionState.ReauthorizationRequired && !needsConsent))
            Move(ConnectionState.Connected, failure.At, ConnectionEvent.Probed, r => WithFailure(r, failure) with { SuspectSince = null, RefusedBy = null, RefusedAt = null, Incident = null }, failure);
        else
            Failed(failure, ConnectionEvent.Probed);
    }

    /// <summary>The app refused a credential that could not be refreshed: no further call until a probe decides.</summary>
    /// <param name="on">The request that was refused.</param>
    public void Refused(Failure failure, ConnectionEvent on = ConnectionEvent.Used, Verdict verdict = default)
    {
        Note(on, failure.At, failure);
        if (verdict.HeldBy is { } incident && IsAlive)
            Hold(incident, failure.At, r => Weighed(WithFailure(r, failure), failure, verdict));
        else
            Move(ConnectionState.Suspect, failure.At, ConnectionEvent.Suspected, r => Weighed(WithFailure(r, failure), failure, verdict) with { SuspectSince = failure.At }, failure);
        ChecksNow = true;
    }

    /// <summary>It was refused just before its provider turned out to be in trouble: what was concluded from that is undone.</summary>
    public void TakenBack(Guid incident, DateTimeOffset at)
    {
        if (State is not (ConnectionState.Suspect or ConnectionState.ReauthorizationRequired))
            throw new InvalidOperationException($"Connection {Id} is {State}: there is nothing to take back.");
        WithdrawsLoss = Record.LostSince is not null;
        Hold(incident, at, r => r);
        ChecksNow = true;
    }

    /// <summary>The store takes back the alert that it is lost: nobody was told, and nobody has to be when it works again.</summary>
    public void LossWithdrawn() => Record = Record with { LostSince = null };

    /// <summary>The credential is dead beyond doubt: an <c>invalid_grant</c> confirmed, or a probe that confirmed a suspicion.</summary>
    /// <param name="on">The request that showed it; null when none did.</param>
    public void GrantLost(Failure failure, ConnectionEvent? on = null, Verdict verdict = default)
    {
        if (on is { } request)
            Note(request, failure.At, failure);
        _verdict = verdict;
        if (verdict.HeldBy is { } incident && IsAlive)
        {
            Hold(incident, failure.At, r => Weighed(WithFailure(r, failure), failure, verdict));
            ChecksNow = true;
        }
        else
        {
            Move(ConnectionState.ReauthorizationRequired, failure.At, null, r => Weighed(WithFailure(r, failure), failure, verdict) with { SuspectSince = null, Incident = null }, failure);
        }
    }

    /// <summary>A failure that leaves the state alone. One that tells nothing of the connection never hides one that does.</summary>
    /// <param name="on">The request that failed.</param>
    public void Failed(Failure failure, ConnectionEvent on = ConnectionEvent.Used)
    {
        // An outage that goes on is told once an hour; a scheduled check always.
        var tells = on != ConnectionEvent.Used || Record.Failure is not { } last || last.Kind != failure.Kind || IsAnotherHour(last.At, failure.At);
        var hides = Record.Failure is null || TurnsRed(failure.Kind) || !TurnsRed(Record.Failure.Kind);
        Change(failure.At, tells ? on : null, r => hides ? WithFailure(r, failure) : r, failure);
    }

    /// <summary>One action is not permitted to this account; the connection stays as it is.</summary>
    public void Limited(string action, Failure failure)
    {
        if (!Record.Limitations.Any(l => l.Action == action))
            Change(failure.At, ConnectionEvent.Used, r => r with { Limitations = [.. r.Limitations, new(action, failure.At)] }, failure);
    }

    /// <summary>A person disconnected it: the credential is gone, identity and bindings stay.</summary>
    public void Disconnected(DateTimeOffset at) =>
        Move(ConnectionState.Disconnected, at, ConnectionEvent.Disconnected, r => r with
        {
            SealedCredential = null,
            CredentialVersion = r.CredentialVersion + 1,
            ExpiresAt = null,
            GrantExpiresAt = null,
            ExpiryToldFor = null,
            GrantedScopes = null,
            RequestedScopes = null,
            MissingScopes = null,
            Failure = null,
            FailureSince = null,
            LostSince = null,
            SuspectSince = null,
            RefusedBy = null,
            RefusedAt = null,
            Incident = null,
            Limitations = [],
        });

    /// <summary>The store has written this state, and with it what happened.</summary>
    public void Stored(long version)
    {
        Record = Record with { Version = version };
        _entries.Clear();
        _alerts.Clear();
        LostFor = null;
        ChecksNow = false;
        WithdrawsLoss = false;
        _verdict = default;
    }

    /// <summary>Whether a failure of that kind makes a connection red.</summary>
    public static bool TurnsRed(FailureKind kind) => kind is FailureKind.ModifiedCredentials or FailureKind.InsufficientPermissions or FailureKind.Misconfigured;

    private static bool IsAnotherHour(DateTimeOffset one, DateTimeOffset other) => one.UtcTicks / TimeSpan.TicksPerHour != other.UtcTicks / TimeSpan.TicksPerHour;

    private static bool Differ(IReadOnlyList<string> scopes, IReadOnlyList<string>? known) => known is null || !scopes.Order().SequenceEqual(known.Order());

    private static string Grants(IReadOnlyList<string> scopes) => $"The provider grants: {(scopes.Count == 0 ? "nothing" : string.Join(' ', scopes))}.";

    private static ConnectionRecord WithFailure(ConnectionRecord record, Failure failure) =>
        record with { Failure = failure, FailureSince = record.Failure?.Kind == failure.Kind ? record.FailureSince ?? record.Failure.At : failure.At };

    private static ConnectionRecord Weighed(ConnectionRecord record, Failure failure, Verdict verdict) =>
        record with { RefusedBy = verdict.RefusedBy, RefusedAt = verdict.RefusedBy is null ? null : failure.At };

    private void Hold(Guid incident, DateTimeOffset at, Func<ConnectionRecord, ConnectionRecord> change)
    {
        var isNew = Record.Incident != incident;
        Change(at, null, r => change(r) with { State = ConnectionState.Suspect, SuspectSince = at, Incident = incident });
        if (isNew)
            Note(ConnectionEvent.Held, at, detail: "The provider refuses many accounts at once. Nothing is held against this one until that is over; then it is checked.");
    }

    private void Move(ConnectionState to, DateTimeOffset at, ConnectionEvent? told, Func<ConnectionRecord, ConnectionRecord> change, Failure? failure = null)
    {
        if (!ConnectionStates.Allows(State, to))
            throw new InvalidOperationException($"Connection {Id} cannot go from {State} to {to}.");
        Change(at, told, r => change(r) with { State = to }, failure);
    }

    private void Change(DateTimeOffset at, ConnectionEvent? told, Func<ConnectionRecord, ConnectionRecord> change, Failure? failure = null, string? detail = null)
    {
        var (before, state, wasHeld) = (Health, State, Record.Incident is not null);
        // Of one that was held somebody was told before, if at all.
        var dies = (State == ConnectionState.Suspect && !wasHeld) || Record.Failure?.Kind != FailureKind.ModifiedCredentials;
        Record = change(Record) with { UpdatedAt = at };
        if (Health != before)
            Record = Record with { HealthSince = at };
        if (told is { } @event)
            Note(@event, at, failure, detail);
        if ((before == Health.Red || wasHeld) && Health is Health.Green or Health.Yellow && State == ConnectionState.Connected)
            Note(ConnectionEvent.Healed, at);
        TellWhatIsLost(at, dies && state != State && State == ConnectionState.ReauthorizationRequired);
    }

    /// <param name="diesAsWell">Whether it has just come to need a new credential: whoever was told of another cause does not know.</param>
    private void TellWhatIsLost(DateTimeOffset at, bool diesAsWell)
    {
        // A suspect whose address is wrong cannot be cleared by any check.
        var isLost = State == ConnectionState.ReauthorizationRequired || (State == ConnectionState.Connected && Health == Health.Red)
            || (State == ConnectionState.Suspect && Record.Failure?.Kind == FailureKind.Misconfigured);
        if (isLost && (Record.LostSince is null || diesAsWell))
        {
            Record = Record with { LostSince = Record.LostSince ?? at };
            Note(ConnectionEvent.Lost, at, Record.Failure);
            if (!_verdict.IsTold)
                Alert(AlertKind.Lost, at, Record.Failure, _verdict.TellFrom);
        }
        else if (State == ConnectionState.Connected && !isLost && Record.LostSince is { } since)
        {
            LostFor = at - since;
            Record = Record with { LostSince = null };
            Alert(AlertKind.Recovered, at, null);
        }
    }

    private void Note(ConnectionEvent @event, DateTimeOffset at, Failure? failure = null, string? detail = null) => _entries.Add(new()
    {
        Connection = Id,
        Tenant = Tenant,
        At = at,
        Event = @event,
        By = _by,
        Failure = failure,
        Detail = detail,
        RequestLine = @event is ConnectionEvent.Used or ConnectionEvent.Probed or ConnectionEvent.Refreshed ? _requestLine : null,
        Health = Health,
    });

    private void Alert(AlertKind kind, DateTimeOffset at, Failure? failure, DateTimeOffset? tellFrom = null) => _alerts.Add(new()
    {
        Id = Guid.CreateVersion7(at),
        Tenant = Tenant,
        Definition = DefinitionId,
        Connection = Id,
        Kind = kind,
        At = at,
        Failure = failure,
        TellFrom = tellFrom,
        ExpiresAt = kind == AlertKind.ExpiringSoon ? Record.GrantExpiresAt : null,
    });
}
