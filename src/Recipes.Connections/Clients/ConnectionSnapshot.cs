namespace Recipes.Connections;

/// <summary>A connection as it was read last: everything a request needs, opened and rendered once. Immutable; lives in memory only.</summary>
internal sealed record ConnectionSnapshot
{
    private Redactor? _redactor;

    public required ConnectionRecord Record { get; init; }
    public required ConnectionDefinition Definition { get; init; }
    public required ConnectorProfile Connector { get; init; }
    public required AuthScheme Scheme { get; init; }

    /// <summary>Presets and the connection's own plain fields.</summary>
    public required IReadOnlyDictionary<string, string> Fields { get; init; }
    public required Uri BaseAddress { get; init; }

    /// <summary>Why the egress guard lets nothing through to <see cref="BaseAddress"/>; null when it does.</summary>
    public string? AddressFault { get; init; }
    public Credential? Credential { get; init; }

    /// <summary>For requests to the provider's own endpoints; null where the scheme is not OAuth 2.0 or nothing can be made of it.</summary>
    public OAuth2Account? OAuth2Account { get; init; }

    /// <summary>Whether definition or fields changed since the token at hand was asked for: it is not the one that would be asked for now.</summary>
    public bool HasOutdatedToken { get; init; }

    /// <summary>Null when there is no credential that can be applied; <see cref="Fault"/> says why.</summary>
    public RequestAuthenticator? Authenticator { get; init; }

    /// <summary>Sends its requests; a client certificate has connections of its own.</summary>
    public required HttpMessageInvoker Invoker { get; init; }

    /// <summary>When the account's client certificate ends; null when it has none.</summary>
    public DateTimeOffset? CertificateEndsAt { get; init; }

    /// <summary>Why no request can be made although the state would allow it.</summary>
    public string? Fault { get; init; }

    /// <summary>When the access token has to be renewed ahead of its end; null when it need not.</summary>
    public DateTimeOffset? RefreshAt { get; init; }

    /// <summary>When access ends for good, so that a person has to do something; null when it does not or nobody said.</summary>
    /// <remarks>In whole seconds: it is compared with what was stored, and databases keep times in units of their own.</remarks>
    public DateTimeOffset? AccessEndsAt => CertificateEndsAt is { } certificate && !(TokensEndAt <= certificate) ? Second(certificate) : Second(TokensEndAt);

    /// <summary>Whether nothing but a person puts <see cref="AccessEndsAt"/> off: what a refresh does to it may not have been seen yet.</summary>
    public bool IsEndCertain => AccessEndsAt == Second(CertificateEndsAt) || !CanRenew || Credential?.Tokens?.RefreshProlongs == false;

    private static DateTimeOffset? Second(DateTimeOffset? at) => at is { } known ? known.AddTicks(-(known.Ticks % TimeSpan.TicksPerSecond)) : null;

    private DateTimeOffset? TokensEndAt => Credential?.Tokens is not { } tokens ? null
        : !CanRenew ? tokens.ExpiresAt
        // What needs no person gets another token when the refresh token is over, and one that each refresh prolongs ends only if nobody uses it.
        : Scheme.NeedsConsent && tokens.RefreshProlongs != true ? tokens.RefreshExpiresAt
        : null;

    /// <summary>Whether new tokens can be had without a person.</summary>
    public bool CanRenew => Credential is { } credential && Scheme.CanRenew(credential);

    /// <summary>Whether there is a request that shows nothing but whether it works.</summary>
    public bool HasProbe => Connector.ProbeOf(Scheme) is not null || Scheme is OAuth2Scheme { ProbesByIntrospection: true };

    /// <summary>Whether it has to get a token before it can send anything.</summary>
    public bool NeedsToken => Credential is { } credential && Scheme.AcquiresTokens && (credential.Tokens is null || HasOutdatedToken);

    public Redactor Redactor => _redactor ??= new Redactor([.. Credential?.All ?? [], .. Authenticator?.Secrets ?? []]);

    /// <summary>This with the authenticator of <paramref name="before"/>, and what that learnt from the app (a challenge, a nonce), where credential, fields and declaration are the same.</summary>
    public ConnectionSnapshot Continuing(ConnectionSnapshot before) =>
        Record.CredentialVersion == before.Record.CredentialVersion && Definition.Version == before.Definition.Version && ReferenceEquals(Scheme, before.Scheme) && Fault is null && before.Fault is null
            // A call after connecting fills in fields without a new credential.
            && Fields.Count == before.Fields.Count && !Fields.Except(before.Fields).Any()
            ? this with { Authenticator = before.Authenticator, Invoker = before.Invoker }
            : this;

    /// <summary>Why a request may not be sent now; null when it may.</summary>
    public Failure? WhyUnusable(RequestPurpose purpose, DateTimeOffset now) => WhyNotNow(purpose, now) ?? WhyNever(now);

    /// <summary>Why the state it is in allows no request for a purpose; null when it does.</summary>
    internal Failure? WhyNotNow(RequestPurpose purpose, DateTimeOffset now)
    {
        var allowed = Record.State switch
        {
            ConnectionState.Connected => true,
            ConnectionState.Suspect => purpose == RequestPurpose.Probe,
            // A password put right at the provider heals by itself; a dead grant does not.
            ConnectionState.ReauthorizationRequired => purpose == RequestPurpose.Probe && !Scheme.NeedsConsent,
            _ => false,
        };
        if (!allowed)
        {
            return new Failure
            {
                Kind = Record.Failure?.Kind ?? FailureKind.Misconfigured,
                Message = Record.State switch
                {
                    ConnectionState.Pending => $"The connection '{Record.DisplayName}' is not authorised yet.",
                    ConnectionState.Disconnected => $"The connection '{Record.DisplayName}' was disconnected.",
                    ConnectionState.Suspect when Record.Incident is not null => $"{Connector.DisplayName} refuses many accounts at once, that of the connection '{Record.DisplayName}' among them; nothing is sent until that is over.",
                    ConnectionState.Suspect => $"The connection '{Record.DisplayName}' was refused by {Connector.DisplayName} and is being checked; nothing is sent until then.",
                    _ => $"The connection '{Record.DisplayName}' has to be authorised again.",
                },
                ProviderCode = Record.Failure?.ProviderCode,
                ProviderWords = Record.Failure?.ProviderWords,
                IsUnusable = true,
                At = now,
            };
        }

        return null;
    }

    /// <summary>Why nothing can be sent with it, whatever its state; null when it can.</summary>
    internal Failure? WhyNever(DateTimeOffset now)
    {
        if (Fault is not null || (Authenticator is null && !NeedsToken))
            return new Failure { Kind = FailureKind.Misconfigured, Message = $"The connection '{Record.DisplayName}' cannot be used: {Fault}", At = now };
        return AddressFault is { } wrong && !ReferenceEquals(BaseAddress, SnapshotLoader.Nowhere)
            ? new Failure { Kind = FailureKind.Misconfigured, Message = $"The address of the connection '{Record.DisplayName}' {wrong}.", At = now }
            : null;
    }
}
