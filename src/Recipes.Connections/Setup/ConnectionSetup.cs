namespace Recipes.Connections;

/// <summary>Creates connections, gives them credentials and takes them away again.</summary>
public sealed class ConnectionSetup
{
    private const int LongestName = 200;

    private readonly IConnectionStore _store;
    private readonly IConnectorProfiles _connectors;
    private readonly CredentialVault _vault;
    private readonly EgressGuard _guard;
    private readonly LiveConnections _live;
    private readonly Revocation _revocation;
    private readonly TimeProvider _time;

    internal ConnectionSetup(
        IConnectionStore store, IConnectorProfiles connectors, CredentialVault vault, EgressGuard guard, LiveConnections live, Revocation revocation, TimeProvider time) =>
        (_store, _connectors, _vault, _guard, _live, _revocation, _time) = (store, connectors, vault, guard, live, revocation, time);

    /// <summary>Creates a connection. Where no consent is needed it is connected at once; otherwise it is pending until its owner has consented.</summary>
    public async Task<SetupResult<Connection>> CreateAsync(Caller caller, NewConnection asked, CancellationToken cancellationToken)
    {
        if (WhyForbidden(caller, asked.Owner) is { } reason)
            return new SetupResult<Connection>.Forbidden(reason);
        if (!StableKey.TryParse(asked.DefinitionKey, out var key) || await _store.FindDefinitionAsync(caller.Tenant, key, cancellationToken) is not { } definition)
            return new SetupResult<Connection>.NotFound($"There is no connection definition '{asked.DefinitionKey}'.");
        if (_connectors.Find(definition.Connector) is not { } connector || connector.FindScheme(definition.Scheme) is not { } scheme)
            return new SetupResult<Connection>.Conflict($"The connector '{definition.Connector}' of '{key}' is not loaded. Put its file back.");
        var (plain, secrets, faults) = Sort(connector, scheme, definition, asked.Fields);
        if (asked.DisplayName?.Length > LongestName)
            faults.Add(new("displayName", $"The name is longer than {LongestName} characters."));
        if (asked.Owner.Kind == OwnerKind.Organisation ? asked.Owner.Id is not null : string.IsNullOrEmpty(asked.Owner.Id))
            faults.Add(new("owner", "An owner is the organisation, or a customer or user with an id."));
        if (faults.Count == 0)
            CheckUse(connector, scheme, definition, plain, scheme.NeedsConsent ? null : new Credential { Secrets = secrets }, faults);
        if (faults.Count > 0)
            return new SetupResult<Connection>.Invalid(faults);

        var siblings = await _store.ListAsync(caller.Tenant, new ConnectionFilter(definition.Id, asked.Owner), cancellationToken);
        var name = string.IsNullOrWhiteSpace(asked.DisplayName) ? $"{definition.DisplayName} of {asked.Owner}" : asked.DisplayName.Trim();
        var connection = Connection.Create(definition, asked.Owner, name, plain, asked.IsDefault || !siblings.Any(s => s.Record.IsDefault && s.State is not (ConnectionState.Pending or ConnectionState.Disconnected)), _time.GetUtcNow());
        if (!scheme.NeedsConsent)
        {
            connection.Authorized(_vault.Seal(connection.Tenant, connection.Id, new Credential { Secrets = secrets }), null, accountLabel: null, _time.GetUtcNow());
        }

        await _store.AddAsync(connection, cancellationToken);
        return new SetupResult<Connection>.Done(connection);
    }

    /// <summary>New values for an existing connection: its identity, and the recipes that use it, stay as they are.</summary>
    /// <param name="fields">Values that change; plain fields left out keep theirs, secret ones must all be given again.</param>
    public async Task<SetupResult<Connection>> ReplaceCredentialAsync(Caller caller, ConnectionId id, IReadOnlyDictionary<string, Secret> fields, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await FindAsync(caller, id, cancellationToken) is not { } connection)
                return NoSuchConnection(id);
            var definition = await _store.FindDefinitionAsync(connection.DefinitionId, cancellationToken) ?? throw new InvalidOperationException("The connection has no definition.");
            if (_connectors.Find(definition.Connector) is not { } connector || connector.FindScheme(definition.Scheme) is not { } scheme)
                return new SetupResult<Connection>.Conflict($"The connector '{definition.Connector}' of '{definition.Key}' is not loaded. Put its file back.");
            if (scheme.NeedsConsent)
                return new SetupResult<Connection>.Invalid([new("fields", "This connection is authorised in the browser, it takes no values here.")]);
            // What the definition fixes meanwhile, or the connector no longer has, is let go.
            var all = connection.Record.Fields
                .Where(f => f.Value.Length > 0 && !definition.Presets.ContainsKey(f.Key) && connector.FieldsOf(scheme).Any(field => field.Name == f.Key && field.Kind != FieldKind.Secret))
                .ToDictionary(f => f.Key, f => new Secret(f.Value));
            foreach (var (name, value) in fields)
                all[name] = value;
            var (plain, secrets, faults) = Sort(connector, scheme, definition, all);
            var credential = new Credential { Secrets = secrets };
            if (faults.Count == 0)
                CheckUse(connector, scheme, definition, plain, credential, faults);
            if (faults.Count > 0)
                return new SetupResult<Connection>.Invalid(faults);
            connection.FieldsChanged(plain);
            connection.Authorized(_vault.Seal(connection.Tenant, connection.Id, credential), null, accountLabel: null, _time.GetUtcNow());
            if (!await _store.TryUpdateAsync(connection, cancellationToken))
                continue;
            _live.Changed(id);
            return new SetupResult<Connection>.Done(connection);
        }
    }

    /// <summary>Deletes the credential and tells the provider where it can be told. Identity and bindings stay.</summary>
    public async Task<SetupResult<Connection>> DisconnectAsync(Caller caller, ConnectionId id, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await FindAsync(caller, id, cancellationToken) is not { } connection)
                return NoSuchConnection(id);
            if (connection.State == ConnectionState.Disconnected)
                return new SetupResult<Connection>.Done(connection);
            var before = connection.Record;
            connection.Disconnected(_time.GetUtcNow());
            if (!await _store.TryUpdateAsync(connection, cancellationToken))
                continue;
            _live.Changed(id);
            // The credential is gone here already, so this is the one chance to give the grant back.
            await _revocation.RevokeAsync(before, null, CancellationToken.None);
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
            connection.MadeDefault(_time.GetUtcNow());
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

    private static SetupResult<Connection>.NotFound NoSuchConnection(ConnectionId id) => new($"There is no connection {id} that you may manage.");

    private static string? WhyForbidden(Caller caller, Owner owner)
    {
        if (!caller.Has(Privileges.CreateConnections))
            return "Creating a connection takes a privilege of its own.";
        return owner.Is(caller.User) || caller.Has(Privileges.ManageConnections) ? null : "A connection for the organisation or for another user takes the privilege to manage connections.";
    }

    private (Dictionary<string, string> Plain, Dictionary<string, Secret> Secrets, List<SetupFault> Faults) Sort(
        ConnectorProfile connector, AuthScheme scheme, ConnectionDefinition definition, IReadOnlyDictionary<string, Secret> given)
    {
        var (plain, secrets, faults) = (new Dictionary<string, string>(), new Dictionary<string, Secret>(), new List<SetupFault>());
        var fields = connector.FieldsOf(scheme).Where(f => !f.Automatic).ToDictionary(f => f.Name);
        foreach (var (name, value) in given)
        {
            if (!fields.TryGetValue(name, out var field))
                faults.Add(new($"fields.{name}", $"The connector '{connector.Name}' has no field '{name}'. It has {string.Join(", ", fields.Keys)}."));
            else if (definition.Presets.ContainsKey(name))
                faults.Add(new($"fields.{name}", $"{field.Label} is fixed by the connection definition."));
            else if (FieldValues.Check(field, value.Reveal(), _guard) is { } wrong)
                faults.Add(new($"fields.{name}", wrong));
            else if (field.Kind == FieldKind.Secret)
                secrets[name] = value;
            else
                plain[name] = value.Reveal();
        }

        foreach (var field in fields.Values.Where(f => f.Required && f.Default is null && !given.ContainsKey(f.Name) && !definition.Presets.ContainsKey(f.Name)))
            faults.Add(new($"fields.{field.Name}", $"{field.Label} is needed."));
        return (plain, secrets, faults);
    }

    /// <summary>What only shows when the values are put together: addresses, and what the scheme makes of them.</summary>
    /// <param name="credential">Null where it comes later, from consent.</param>
    private void CheckUse(ConnectorProfile connector, AuthScheme scheme, ConnectionDefinition definition, Dictionary<string, string> plain, Credential? credential, List<SetupFault> faults)
    {
        var fields = FieldValues.Merge(connector, scheme, definition, plain);
        foreach (var address in connector.AddressesOf(scheme))
        {
            // What an optional or a captured field leaves open is not there yet.
            if (address.Template.Fields.Any(f => !fields.TryGetValue(f, out var value) || value.Length == 0) && (address.IsOptional || address.Template.Fields.Any(f => connector.IsCaptured(scheme, f))))
                continue;
            var at = address.Template.Fields.FirstOrDefault(plain.ContainsKey) is { } field ? $"fields.{field}" : "fields";
            if (WhyNoAddress(address.Template, fields) is { } wrong && !faults.Exists(f => f.Path == at))
                faults.Add(new(at, $"The {address.What} {wrong}."));
        }

        try
        {
            if (credential is not null)
                CheckAuthenticator(connector, scheme, definition, fields, credential);
        }
        catch (FormatException e)
        {
            faults.Add(new("fields", e.Message));
        }
    }

    private string? WhyNoAddress(FieldTemplate template, Dictionary<string, string> fields)
    {
        if (template.Fields.FirstOrDefault(f => !fields.ContainsKey(f)) is { } missing)
            return $"needs the field '{missing}'";
        return Uri.TryCreate(template.Render(fields), UriKind.Absolute, out var address) ? _guard.Check(address) : "is no absolute address";
    }

    private void CheckAuthenticator(ConnectorProfile connector, AuthScheme scheme, ConnectionDefinition definition, Dictionary<string, string> fields, Credential credential)
    {
        if (scheme.ClientCertificate is { } certificate)
            ClientCertificates.Load(certificate, credential, _time).Dispose();
        if (!Uri.TryCreate(connector.BaseAddress.Render(fields), UriKind.Absolute, out _))
            return;
        scheme.CheckCredential(new SchemeInputs
        {
            Fields = fields,
            Credential = credential,
            Client = OAuthClients.Of(definition, scheme, fields, credential, _vault),
            BaseAddress = SnapshotLoader.BaseAddress(connector, fields),
            Time = _time,
        });
    }
}
