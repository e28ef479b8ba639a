namespace Recipes.Connections;

/// <summary>Sets up the OAuth clients that authors may build with.</summary>
public sealed class DevelopmentApps
{
    private const string Forbidden = "OAuth apps for development belong to the installation: setting them up takes the privilege to manage development apps.";

    private readonly IDevelopmentAppStore _store;
    private readonly IConnectionStore _connections;
    private readonly IConnectorProfiles _connectors;
    private readonly CredentialVault _vault;
    private readonly EgressGuard _guard;
    private readonly LiveConnections _live;
    private readonly TenantOptions _tenant;
    private readonly TimeProvider _time;

    internal DevelopmentApps(
        IDevelopmentAppStore store, IConnectionStore connections, IConnectorProfiles connectors, CredentialVault vault, EgressGuard guard, LiveConnections live, TenantOptions tenant, TimeProvider time) =>
        (_store, _connections, _connectors, _vault, _guard, _live, _tenant, _time) = (store, connections, connectors, vault, guard, live, tenant, time);

    /// <summary>Whether definitions may work on one here.</summary>
    public bool AreAllowed => !_tenant.IsProduction;

    /// <summary>The app of a scheme; null when there is none, or it may not be used here.</summary>
    public async Task<DevelopmentApp?> FindUsableAsync(string connector, string scheme, CancellationToken cancellationToken) =>
        AreAllowed ? await _store.FindAsync(connector, scheme, cancellationToken) : null;

    public async Task<SetupResult<DevelopmentApp>> FindAsync(Caller caller, DevelopmentAppId id, CancellationToken cancellationToken)
    {
        if (!caller.Has(Privileges.ManageDevelopmentApps))
            return new SetupResult<DevelopmentApp>.Forbidden(Forbidden);
        return await _store.FindAsync(id, cancellationToken) is { } app ? new SetupResult<DevelopmentApp>.Done(app) : NoSuch(id);
    }

    public async Task<SetupResult<IReadOnlyList<DevelopmentApp>>> ListAsync(Caller caller, CancellationToken cancellationToken) =>
        caller.Has(Privileges.ManageDevelopmentApps)
            ? new SetupResult<IReadOnlyList<DevelopmentApp>>.Done(await _store.ListAsync(cancellationToken))
            : new SetupResult<IReadOnlyList<DevelopmentApp>>.Forbidden(Forbidden);

    /// <summary>Sets one up. Where its secret goes has to be fixed with it: no definition and no connection may choose.</summary>
    public async Task<SetupResult<DevelopmentApp>> CreateAsync(Caller caller, NewDevelopmentApp asked, CancellationToken cancellationToken)
    {
        if (!caller.Has(Privileges.ManageDevelopmentApps))
            return new SetupResult<DevelopmentApp>.Forbidden(Forbidden);
        if (!AreAllowed)
            return new SetupResult<DevelopmentApp>.Conflict(ClientRules.NotInProduction);
        var faults = new List<SetupFault>();
        var (connector, scheme) = FindScheme(asked, faults);
        if (connector is null || scheme is null)
            return new SetupResult<DevelopmentApp>.Invalid(faults);
        if (string.IsNullOrWhiteSpace(asked.ClientId))
            faults.Add(new("clientId", $"The {scheme.ClientLabels.Id} of the app registered at {connector.DisplayName} is needed."));
        var presets = CheckPresets(connector, scheme, asked.Presets, faults);
        if (faults.Count > 0)
            return new SetupResult<DevelopmentApp>.Invalid(faults);

        var now = _time.GetUtcNow();
        var id = new DevelopmentAppId(Guid.CreateVersion7(now));
        var app = new DevelopmentApp
        {
            Id = id,
            Connector = connector.Name,
            Scheme = scheme.Name,
            ClientId = asked.ClientId!.Trim(),
            SealedClientSecret = asked.ClientSecret is { } secret ? _vault.SealClientSecret(id, secret) : null,
            Presets = presets,
            CreatedAt = now,
        };
        return await _store.TryAddAsync(app, cancellationToken)
            ? new SetupResult<DevelopmentApp>.Done(app)
            : new SetupResult<DevelopmentApp>.Conflict($"There is a development app for {connector.DisplayName}, {scheme.DisplayName}, already: change that one.");
    }

    /// <summary>Gives it another client id or secret. Accounts that are connected stay connected, as far as the provider accepts them under it.</summary>
    public async Task<SetupResult<DevelopmentApp>> ChangeAsync(Caller caller, DevelopmentAppId id, DevelopmentAppChange change, CancellationToken cancellationToken)
    {
        if (!caller.Has(Privileges.ManageDevelopmentApps))
            return new SetupResult<DevelopmentApp>.Forbidden(Forbidden);
        if (change.ClientId is not null && string.IsNullOrWhiteSpace(change.ClientId))
            return new SetupResult<DevelopmentApp>.Invalid([new("clientId", "It is needed.")]);
        while (await _store.FindAsync(id, cancellationToken) is { } app)
        {
            var changed = app with
            {
                ClientId = change.ClientId?.Trim() ?? app.ClientId,
                SealedClientSecret = change.ClientSecret is { } secret ? _vault.SealClientSecret(id, secret) : change.RemovesClientSecret ? null : app.SealedClientSecret,
            };
            if (!await _store.TryUpdateAsync(changed, cancellationToken))
                continue;
            await TellDefinitionsAsync(app, cancellationToken);
            return new SetupResult<DevelopmentApp>.Done(changed with { Version = app.Version + 1 });
        }

        return NoSuch(id);
    }

    /// <summary>Removes it, once no definition works on it.</summary>
    public async Task<SetupResult<DevelopmentApp>> RemoveAsync(Caller caller, DevelopmentAppId id, CancellationToken cancellationToken)
    {
        if (!caller.Has(Privileges.ManageDevelopmentApps))
            return new SetupResult<DevelopmentApp>.Forbidden(Forbidden);
        if (await _store.FindAsync(id, cancellationToken) is not { } app)
            return NoSuch(id);
        var keys = new List<string>();
        foreach (var user in await _store.ListDefinitionsAsync(app.Connector, app.Scheme, cancellationToken))
        {
            if (await _connections.FindDefinitionAsync(user, cancellationToken) is { } definition)
                keys.Add(definition.Tenant == caller.Tenant ? $"'{definition.Key}'" : "one of another tenant");
        }

        if (keys.Count > 0)
            return new SetupResult<DevelopmentApp>.Conflict($"Connection definitions work on it: {string.Join(", ", keys.Distinct())}. Give them OAuth clients of their own first.");
        return await _store.TryRemoveAsync(id, cancellationToken) ? new SetupResult<DevelopmentApp>.Done(app) : NoSuch(id);
    }

    private static SetupResult<DevelopmentApp>.NotFound NoSuch(DevelopmentAppId id) => new($"There is no development app {id}.");

    // A new version is what caches and open connections look at; what was held against the old client is forgotten.
    private async Task TellDefinitionsAsync(DevelopmentApp app, CancellationToken cancellationToken)
    {
        foreach (var id in await _store.ListDefinitionsAsync(app.Connector, app.Scheme, cancellationToken))
        {
            while (await _connections.FindDefinitionAsync(id, cancellationToken) is { } definition && !await _connections.TryUpdateAsync(definition with { ClientFailure = null }, cancellationToken))
            {
                // Another change came first: read again.
            }

            _live.Changed(id);
        }
    }

    private (ConnectorProfile? Connector, AuthScheme? Scheme) FindScheme(NewDevelopmentApp asked, List<SetupFault> faults)
    {
        if (_connectors.Find(asked.Connector) is not { } connector)
        {
            faults.Add(new("connector", $"There is no connector '{asked.Connector}'. GET /api/connectors lists those there are."));
            return default;
        }

        var possible = connector.Schemes.Where(s => s.NeedsClient).ToArray();
        var scheme = asked.Scheme is null && possible is [var only] ? only : Array.Find(possible, s => s.Name == asked.Scheme);
        if (scheme is null)
        {
            faults.Add(new("scheme", possible.Length == 0
                ? $"No scheme of the connector '{connector.Name}' takes an OAuth client."
                : $"A scheme that takes an OAuth client is needed: choose one of {string.Join(", ", possible.Select(s => s.Name))}."));
        }

        return (connector, scheme);
    }

    private Dictionary<string, string> CheckPresets(ConnectorProfile connector, AuthScheme scheme, IReadOnlyDictionary<string, string> asked, List<SetupFault> faults)
    {
        var needed = ClientRules.SecretFields(connector, scheme, asked).ToArray();
        var presets = new Dictionary<string, string>();
        foreach (var (name, raw) in asked)
        {
            var field = connector.FieldsOf(scheme).FirstOrDefault(f => f.Name == name && f.Kind != FieldKind.Secret);
            if (field is null || !connector.AddressesOf(scheme).Any(a => a.TakesClientSecret && a.Template.Fields.SelectMany(connector.FieldSetOf(scheme).Behind).Contains(name)))
                faults.Add(new($"presets.{name}", "Only the fields that decide where the client secret goes are fixed with the app."));
            else if (FieldValues.Normalise(field, raw ?? "") is not { Length: > 0 } value)
                faults.Add(new($"presets.{name}", "A text is expected."));
            else if (FieldValues.Check(field, value, _guard) is { } wrong)
                faults.Add(new($"presets.{name}", wrong));
            else
                presets[name] = value;
        }

        foreach (var field in needed.Where(f => !asked.ContainsKey(f.Name)))
            faults.Add(new($"presets.{field.Name}", $"The client secret goes to an address with {field.Label} in it, so it has to be fixed here."));
        return presets;
    }
}
