using Microsoft.Extensions.Logging;

namespace Recipes.Connections;

/// <summary>Creates connections, gives them credentials and takes them away again.</summary>
public sealed partial class ConnectionSetup
{
    private const int LongestName = 200;

    private readonly IConnectionStore _store;
    private readonly IConnectorProfiles _connectors;
    private readonly CredentialVault _vault;
    private readonly ConnectionFields _checks;
    private readonly ConnectionChanges _changes;
    private readonly LiveConnections _live;
    private readonly Revocation _revocation;
    private readonly FollowUps _followUps;
    private readonly IConnectionUses _uses;
    private readonly TimeProvider _time;
    private readonly ILogger<ConnectionSetup> _log;

    internal ConnectionSetup(
        IConnectionStore store, IConnectorProfiles connectors, CredentialVault vault, ConnectionFields checks, ConnectionChanges changes, LiveConnections live, Revocation revocation, FollowUps followUps, IConnectionUses uses, TimeProvider time,
        ILogger<ConnectionSetup> log) =>
        (_store, _connectors, _vault, _checks, _changes, _live, _revocation, _followUps, _uses, _time, _log) = (store, connectors, vault, checks, changes, live, revocation, followUps, uses, time, log);

    /// <summary>Creates a connection. Where no consent is needed it is connected at once; otherwise it is pending until its owner has consented.</summary>
    public async Task<SetupResult<Connection>> CreateAsync(Caller caller, NewConnection asked, CancellationToken cancellationToken)
    {
        if (WhyForbidden(caller, asked.Owner) is { } reason)
            return new SetupResult<Connection>.Forbidden(reason);
        if (!StableKey.TryParse(asked.DefinitionKey, out var key) || await _store.FindDefinitionAsync(caller.Tenant, key, cancellationToken) is not { } definition)
            return new SetupResult<Connection>.NotFound($"There is no connection definition '{asked.DefinitionKey}'.");
        if (_connectors.Find(definition.Connector) is not { } connector || connector.FindScheme(definition.Scheme) is not { } scheme)
            return new SetupResult<Connection>.Conflict($"The connector '{definition.Connector}' of '{key}' is not loaded. Put its file back.");
        var sorted = _checks.Sort(connector, scheme, definition, asked.Fields, automatic: asked.Tokens is not null);
        var faults = sorted.Faults;
        if (asked.DisplayName?.Length > LongestName)
            faults.Add(new("displayName", $"The name is longer than {LongestName} characters."));
        if (asked.Owner.Kind == OwnerKind.Organisation ? asked.Owner.Id is not null : string.IsNullOrEmpty(asked.Owner.Id))
            faults.Add(new("owner", "An owner is the organisation, or a customer or user with an id."));
        if (definition.UsesDevelopmentApp && asked.Owner.Kind == OwnerKind.Customer)
            faults.Add(new("owner", $"'{key}' is build-only: it works on the operator's development app, which no customer may be sent to. Set up an OAuth client of your own at {connector.DisplayName}, and give its id and secret to the definition."));
        var tokens = asked.Tokens is null ? null : TokenImport.Read(scheme, asked.Tokens, _time.GetUtcNow(), faults);
        if (asked.Tokens is not null)
            TokenImport.CheckCaptured(connector, scheme, sorted.Plain, faults);
        var credential = new Credential { Secrets = sorted.Secrets, Tokens = tokens };
        var isConnected = !scheme.NeedsConsent || tokens is not null;
        if (faults.Count == 0)
            _checks.CheckUse(connector, scheme, definition, sorted.Plain, isConnected ? credential : null, faults);
        if (faults.Count > 0)
            return new SetupResult<Connection>.Invalid(faults);

        var siblings = await _store.ListAsync(caller.Tenant, new ConnectionFilter(definition.Id, asked.Owner), cancellationToken);
        var name = string.IsNullOrWhiteSpace(asked.DisplayName) ? $"{definition.DisplayName} of {asked.Owner}" : asked.DisplayName.Trim();
        var connection = Connection.Create(definition, asked.Owner, name, sorted.Plain, asked.IsDefault || !siblings.Any(s => s.Record.IsDefault && s.State is not (ConnectionState.Pending or ConnectionState.Disconnected)), _time.GetUtcNow(), Actor.Of(caller.User));
        connection.Described(asked.Environment, asked.AccountKind, _time.GetUtcNow());
        if (isConnected)
            connection.Authorized(_vault.Seal(connection.Tenant, connection.Id, credential), tokens, accountLabel: null, _time.GetUtcNow());
        else if (sorted.Secrets.Count > 0)
            connection.SecretsChanged(_vault.Seal(connection.Tenant, connection.Id, credential), _time.GetUtcNow());
        if (scheme is OAuth2Scheme oauth)
            connection.Compared(oauth, definition);

        await _store.AddAsync(connection, cancellationToken);
        return await FollowUpAsync(new SetupResult<Connection>.Done(connection));
    }

    /// <summary>New values for an existing connection that needs no consent: its identity, and the recipes that use it, stay as they are.</summary>
    /// <param name="fields">Values that change; plain fields left out keep theirs, secret ones must all be given again.</param>
    /// <param name="acceptsOtherAccount">Whether the connection may become another account's.</param>
    public async Task<SetupResult<Connection>> ReplaceCredentialAsync(Caller caller, ConnectionId id, IReadOnlyDictionary<string, Secret> fields, CancellationToken cancellationToken, bool acceptsOtherAccount = false) =>
        await FollowUpAsync(await _changes.ChangeAsync(caller, id, new(fields), keepsSecrets: false, acceptsOtherAccount, cancellationToken));

    /// <summary>Other values for an existing connection. Secret ones that are not given stay, unless an address that they go to comes out otherwise.</summary>
    /// <remarks>A connection that was consented to has to be authorised again when one of its addresses, or its own client, changes; its tokens are given back at once.</remarks>
    /// <param name="acceptsOtherAccount">As for <see cref="ReplaceCredentialAsync"/>.</param>
    public async Task<SetupResult<Connection>> ChangeFieldsAsync(Caller caller, ConnectionId id, FieldChanges changes, CancellationToken cancellationToken, bool acceptsOtherAccount = false) =>
        await FollowUpAsync(await _changes.ChangeAsync(caller, id, changes, keepsSecrets: true, acceptsOtherAccount, cancellationToken));

    /// <summary>Connects an existing connection with tokens that were got elsewhere.</summary>
    /// <param name="fields">Values that change; plain fields that the flow would have filled in may be among them.</param>
    /// <param name="acceptsOtherAccount">As for <see cref="ReplaceCredentialAsync"/>.</param>
    public async Task<SetupResult<Connection>> ImportTokensAsync(Caller caller, ConnectionId id, ImportedTokens tokens, IReadOnlyDictionary<string, Secret> fields, CancellationToken cancellationToken, bool acceptsOtherAccount = false) =>
        await FollowUpAsync(await _changes.ImportAsync(caller, id, tokens, fields, acceptsOtherAccount, cancellationToken));

    /// <summary>Deletes the credential and tells the provider where it can be told. Identity and bindings stay.</summary>
    public async Task<SetupResult<Disconnection>> DisconnectAsync(Caller caller, ConnectionId id, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await FindAsync(caller, id, cancellationToken) is not { } connection)
                return new SetupResult<Disconnection>.NotFound(NoSuchConnection(id).Reason);
            if (connection.State == ConnectionState.Disconnected)
                return new SetupResult<Disconnection>.Done(new(connection, new RevocationOutcome.NotPossible()));
            var before = connection.Record;
            connection.ChangedBy(Actor.Of(caller.User)).Disconnected(_time.GetUtcNow());
            if (!await _store.TryUpdateAsync(connection, cancellationToken))
                continue;
            _live.Changed(id);
            // The credential is gone here already, so this is the one chance to give the grant back.
            return new SetupResult<Disconnection>.Done(new(connection, await _revocation.GiveUpAsync(before, connection, Actor.Of(caller.User), CancellationToken.None)));
        }
    }

    /// <summary>What uses a connection; null when there is none that the caller may manage.</summary>
    public async Task<ConnectionUses?> FindUsesAsync(Caller caller, ConnectionId id, CancellationToken cancellationToken) =>
        await FindAsync(caller, id, cancellationToken) is { } connection && await _store.FindDefinitionAsync(connection.DefinitionId, cancellationToken) is { } definition
            ? await _uses.FindAsync(definition, connection, cancellationToken)
            : null;

    /// <summary>Removes a connection for good, with its log; the grant is given back first. One that is in use is not removed, unless it is forced: then its recipes say what they lack.</summary>
    public async Task<SetupResult<Disconnection>> RemoveAsync(Caller caller, ConnectionId id, bool force, CancellationToken cancellationToken)
    {
        var revocation = (RevocationOutcome)new RevocationOutcome.NotPossible();
        while (true)
        {
            if (await FindAsync(caller, id, cancellationToken) is not { } connection)
                return new SetupResult<Disconnection>.NotFound(NoSuchConnection(id).Reason);
            if (!force && await FindUsesAsync(caller, id, cancellationToken) is { IsInUse: true } uses)
                return new SetupResult<Disconnection>.InUse($"The connection '{connection.Record.DisplayName}' is in use by {uses.Summary}.", uses);
            if (await DisconnectAsync(caller, id, cancellationToken) is SetupResult<Disconnection>.Done { Value: { Revocation: not RevocationOutcome.NotPossible } given })
                revocation = given.Revocation;
            if (await FindAsync(caller, id, cancellationToken) is { State: ConnectionState.Disconnected or ConnectionState.Pending } disconnected && await _store.TryRemoveAsync(disconnected, cancellationToken))
            {
                _live.Changed(id);
                LogRemoved(_log, id, caller.User);
                return new SetupResult<Disconnection>.Done(new(disconnected, revocation));
            }
        }
    }

    /// <summary>Says what kind of account it is; null leaves as it is.</summary>
    public async Task<SetupResult<Connection>> DescribeAsync(Caller caller, ConnectionId id, AccountEnvironment? environment, AccountKind? kind, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await FindAsync(caller, id, cancellationToken) is not { } connection)
                return NoSuchConnection(id);
            var before = connection.Record;
            connection.ChangedBy(Actor.Of(caller.User)).Described(environment ?? before.Environment, kind ?? before.AccountKind, _time.GetUtcNow());
            if (ReferenceEquals(before, connection.Record) || await _store.TryUpdateAsync(connection, cancellationToken))
                return new SetupResult<Connection>.Done(connection);
        }
    }

    /// <summary>Has it used where its owner has several under the definition.</summary>
    public async Task<SetupResult<Connection>> MakeDefaultAsync(Caller caller, ConnectionId id, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await FindAsync(caller, id, cancellationToken) is not { } connection)
                return NoSuchConnection(id);
            // One without a credential is never chosen, and would lose the rank again to the next that is created.
            if (connection.State is ConnectionState.Pending or ConnectionState.Disconnected)
                return new SetupResult<Connection>.Conflict($"The connection '{connection.Record.DisplayName}' is not connected: connect it first.");
            if (connection.Record.IsDefault)
                return new SetupResult<Connection>.Done(connection);
            connection.ChangedBy(Actor.Of(caller.User)).MadeDefault(_time.GetUtcNow());
            if (await _store.TryUpdateAsync(connection, cancellationToken))
                return new SetupResult<Connection>.Done(connection);
        }
    }

    /// <summary>A connection that the caller may manage; null when there is none, whatever the reason.</summary>
    public async Task<Connection?> FindAsync(Caller caller, ConnectionId id, CancellationToken cancellationToken) =>
        await _store.FindAsync(id, cancellationToken) is { } connection && caller.MayManage(connection) ? connection : null;

    /// <summary>All connections of the tenant that the caller may manage, oldest first.</summary>
    public async Task<IReadOnlyList<Connection>> ListAsync(Caller caller, ConnectionFilter filter, CancellationToken cancellationToken)
    {
        if (!caller.Has(Privileges.ManageConnections))
            filter = filter with { Owner = Owner.Of(caller.User) };
        return await _store.ListAsync(caller.Tenant, filter, cancellationToken);
    }

    // Makes the calls that the scheme declares for after connecting. Whatever goes wrong is told on the connection; its credential is stored already.
    private async Task<SetupResult<Connection>> FollowUpAsync(SetupResult<Connection> result)
    {
        if (result is not SetupResult<Connection>.Done { Value: { State: ConnectionState.Connected } connection })
            return result;
        var definition = await _store.FindDefinitionAsync(connection.DefinitionId, CancellationToken.None);
        if (definition is null || _connectors.Find(definition.Connector)?.FindScheme(definition.Scheme) is not { AfterConnect.Count: > 0 })
            return result;
        await _followUps.RunAsync(connection.Id, CancellationToken.None);
        return new SetupResult<Connection>.Done(await _store.FindAsync(connection.Id, CancellationToken.None) ?? connection);
    }

    private static SetupResult<Connection>.NotFound NoSuchConnection(ConnectionId id) => new($"There is no connection {id} that you may manage.");

    private static string? WhyForbidden(Caller caller, Owner owner)
    {
        if (!caller.Has(Privileges.CreateConnections))
            return "Creating a connection takes a privilege of its own.";
        return owner.Is(caller.User) || caller.Has(Privileges.ManageConnections) ? null : "A connection for the organisation or for another user takes the privilege to manage connections.";
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Connection {Connection} was removed by {User}")]
    private static partial void LogRemoved(ILogger logger, ConnectionId connection, UserId user);
}
