namespace Recipes.Web;

/// <summary>A connection. No member of it is secret.</summary>
/// <param name="Definition">Stable key of its definition.</param>
/// <param name="Fields">Values of its plain fields.</param>
/// <param name="AccountLabel">The account at the app, once a test has learnt it.</param>
/// <param name="Failure">The last failure that no success has cleared since.</param>
/// <param name="Limitations">Actions that its account may not do, although it works.</param>
/// <param name="MissingScopes">Scopes that were asked for, or that the definition needs, and that were not granted: authorising again asks for them. Left out when there are none.</param>
/// <param name="MissingFields">Fields that connecting should have filled in and that have no value; a test looks for them again. Left out when there are none.</param>
/// <param name="ExpiresAt">When the access token dies; it is refreshed before.</param>
/// <param name="LastSuccessAt">When a run last used it with success.</param>
/// <param name="AuthorizeUrl">Where a person authorises it (again), as where scopes are missing; left out where that is not needed.</param>
/// <param name="BuildOnly">Whether it works on the operator's OAuth app for development: not in production, not for customers.</param>
/// <param name="Attention">What has to be done about it; <c>none</c> when nothing has.</param>
/// <param name="HealthSince">Since when its health has this colour.</param>
/// <param name="FailureSince">When the first of the failures like the last one came.</param>
/// <param name="GrantExpiresAt">When its access ends for good, so that a person has to authorise it again; left out when it does not or nobody said.</param>
/// <param name="NextCheckAt">When it is checked again without anybody asking; left out where that waits for a person, and where it is due already.</param>
public sealed record ConnectionView(
    Guid Id, string Definition, string Connector, string DisplayName, OwnerReply Owner, bool IsDefault, ConnectionState State, Health Health, FailureReply? Failure,
    IReadOnlyList<LimitationReply> Limitations, string? AccountLabel, IReadOnlyDictionary<string, string> Fields, IReadOnlyList<string>? GrantedScopes, IReadOnlyList<string>? MissingScopes, IReadOnlyList<string>? MissingFields, DateTimeOffset? ExpiresAt,
    DateTimeOffset? LastSuccessAt, DateTimeOffset? LastProbedAt, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, Uri? AuthorizeUrl, bool BuildOnly,
    Attention Attention, DateTimeOffset HealthSince, DateTimeOffset? FailureSince, DateTimeOffset? GrantExpiresAt, AccountEnvironment Environment, AccountKind AccountKind,
    DateTimeOffset? NextCheckAt)
{
    internal static ConnectionView Of(Connection connection, ConnectionDefinition definition, IConnectorProfiles connectors, PublicAddress address, DateTimeOffset? nextCheckAt)
    {
        var r = connection.Record;
        var connector = connectors.Find(definition.Connector);
        var (missingScopes, missingFields) = (ScopeSelection.Missing(r), MissingFieldsOf(connection, definition, connector));
        var isInOrder = connection.State is ConnectionState.Connected or ConnectionState.Suspect && (missingScopes.Count == 0 || connector?.FindScheme(definition.Scheme) is not { NeedsConsent: true });
        var authorize = isInOrder ? null : address.Of(ConnectPath.Of(definition.Key, connection.Id));
        return new(
            r.Id.Value, definition.Key.Value, definition.Connector, r.DisplayName, new(r.Owner.Kind, r.Owner.Id), r.IsDefault, r.State, connection.Health, FailureReply.Of(r.Failure, r.Incident is not null),
            [.. r.Limitations.Select(l => new LimitationReply(l.Action, l.Since))], r.AccountLabel, r.Fields, r.GrantedScopes, missingScopes.Count == 0 ? null : missingScopes, missingFields.Count == 0 ? null : [.. missingFields.Select(f => f.Name)], r.ExpiresAt, r.LastSuccessAt, r.LastProbedAt, r.CreatedAt, r.UpdatedAt, authorize, definition.UsesDevelopmentApp,
            connection.Attention, r.HealthSince ?? r.CreatedAt, r.FailureSince, r.GrantExpiresAt, r.Environment, r.AccountKind, nextCheckAt);
    }

    /// <summary>Fields that connecting should have filled in, as far as the connection got.</summary>
    internal static IReadOnlyList<Field> MissingFieldsOf(Connection connection, ConnectionDefinition definition, ConnectorProfile? connector) =>
        connection.State is ConnectionState.Pending or ConnectionState.Disconnected || connector?.FindScheme(definition.Scheme) is not { } scheme
            ? []
            : [.. connector.FieldsOf(scheme).Where(f => f is { Automatic: true, Required: true, Default: null } && f.Kind != FieldKind.Secret && !definition.Presets.ContainsKey(f.Name) && !connection.Record.Fields.ContainsKey(f.Name))];
}

/// <param name="Id">The user's or customer's id; left out for the organisation.</param>
public sealed record OwnerReply(OwnerKind Kind, string? Id);

public sealed record LimitationReply(string Action, DateTimeOffset Since);

/// <summary>Where a person authorises a connection, and the connection as it is now.</summary>
/// <param name="AuthorizeUrl">Left out when no consent is possible: then the new values are in use already.</param>
/// <param name="Device">The code to type in on another device; left out where consent is given otherwise.</param>
public sealed record AuthorizeReply(Uri? AuthorizeUrl, ConnectionView Connection, DeviceReply? Device = null);

/// <summary>A code to type in on another device.</summary>
/// <param name="VerificationUri">Where to type it in.</param>
/// <param name="VerificationUriComplete">The same with the code in it; left out when the provider gave none.</param>
/// <param name="Interval">How often asking makes sense, in seconds.</param>
public sealed record DeviceReply(string UserCode, Uri VerificationUri, Uri? VerificationUriComplete, DateTimeOffset ExpiresAt, double Interval)
{
    public static DeviceReply Of(DeviceFlow flow) => new(flow.UserCode, flow.VerificationAddress, flow.CompleteAddress, flow.ExpiresAt, flow.Interval.TotalSeconds);
}

/// <summary>How the authorization of a connection stands.</summary>
public enum AuthorizationStatus
{
    /// <summary>It works without one, for now.</summary>
    Connected,
    /// <summary>A person is to type in a code.</summary>
    Pending,
    /// <summary>The last one on another device came to nothing.</summary>
    Failed,
    /// <summary>A person has to authorise it, and nobody has begun.</summary>
    Needed,
}

/// <summary>How the authorization of a connection stands.</summary>
/// <param name="Device">The code, as long as it can be used.</param>
/// <param name="Failure">Why the last one on another device came to nothing.</param>
public sealed record AuthorizationReply(AuthorizationStatus Status, DeviceReply? Device, FailureReply? Failure, ConnectionView Connection);

/// <summary>What a test showed.</summary>
/// <param name="Reason">Why nothing could be tested; left out when something was.</param>
/// <param name="Access">What the provider says of the access; left out where the test failed or the provider cannot be asked.</param>
public sealed record TestReply(bool Passed, string? AccountLabel, FailureReply? Failure, string? Guidance, string? Reason, ConnectionView Connection, AccessReply? Access = null);

/// <summary>What the provider says of a connection's access.</summary>
/// <param name="Active">Whether it counts at the provider.</param>
/// <param name="Scopes">What it permits, if the provider says so.</param>
/// <param name="MissingScopes">Scopes that the definition asks for and that it does not permit.</param>
/// <param name="Username">Who gave it, if the provider says so.</param>
public sealed record AccessReply(bool Active, IReadOnlyList<string>? Scopes, IReadOnlyList<string> MissingScopes, DateTimeOffset? ExpiresAt, string? Username)
{
    internal static AccessReply? Of(TokenStanding? standing) =>
        standing is null ? null : new(standing.Active, standing.Scopes, standing.MissingScopes, standing.ExpiresAt, standing.Username);
}
