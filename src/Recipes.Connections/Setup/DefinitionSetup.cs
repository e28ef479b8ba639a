namespace Recipes.Connections;

/// <summary>Sets up connection definitions: everything that can be known to be wrong is told at once, before anything is stored.</summary>
public sealed class DefinitionSetup(IConnectionStore store, IConnectorProfiles connectors, CredentialVault vault, EgressGuard guard, TimeProvider time)
{
    public async Task<SetupResult<ConnectionDefinition>> CreateAsync(Caller caller, NewConnectionDefinition asked, CancellationToken cancellationToken)
    {
        if (!caller.Has(Privileges.ManageDefinitions))
            return new SetupResult<ConnectionDefinition>.Forbidden("Setting up a connection definition takes the privilege to manage definitions.");

        var faults = new List<SetupFault>();
        if (!StableKey.TryParse(asked.Key, out var key))
            faults.Add(new("key", $"'{asked.Key}' is no stable key: use 1 to 63 lower-case letters, digits and hyphens, beginning with a letter."));
        if (asked.DisplayName?.Length > 200)
            faults.Add(new("displayName", "The name is longer than 200 characters."));
        if (!Enum.IsDefined(asked.RuntimeUser))
            faults.Add(new("runtimeUser", "The policy must be off, optional or required."));
        var connector = connectors.Find(asked.Connector);
        if (connector is null)
            return new SetupResult<ConnectionDefinition>.Invalid([.. faults, new("connector", $"There is no connector '{asked.Connector}'. GET /api/connectors lists those there are.")]);
        var scheme = FindScheme(connector, asked.Scheme, faults);
        if (scheme is not null)
            CheckScheme(connector, scheme, asked, faults);
        if (faults.Count > 0)
            return new SetupResult<ConnectionDefinition>.Invalid(faults);

        var now = time.GetUtcNow();
        var id = new ConnectionDefinitionId(Guid.CreateVersion7(now));
        var definition = new ConnectionDefinition
        {
            Id = id,
            Tenant = caller.Tenant,
            Key = key,
            DisplayName = string.IsNullOrWhiteSpace(asked.DisplayName) ? connector.DisplayName : asked.DisplayName.Trim(),
            Connector = connector.Name,
            Scheme = scheme!.Name,
            Presets = asked.Presets,
            Scopes = asked.Scopes,
            OAuthApp = scheme is OAuth2Scheme ? new OAuthApp(asked.ClientId!, asked.ClientSecret is { } secret ? vault.SealClientSecret(caller.Tenant, id, secret) : null) : null,
            RuntimeUser = asked.RuntimeUser,
            CreatedAt = now,
        };
        return await store.TryAddAsync(definition, cancellationToken)
            ? new SetupResult<ConnectionDefinition>.Done(definition)
            : new SetupResult<ConnectionDefinition>.Conflict($"There is a connection definition '{key}' already.");
    }

    private static AuthScheme? FindScheme(ConnectorProfile connector, string? name, List<SetupFault> faults)
    {
        if (name is null && connector.Schemes.Count == 1)
            return connector.Schemes[0];
        var scheme = name is null ? null : connector.FindScheme(name);
        if (scheme is null)
            faults.Add(new("scheme", $"{(name is null ? "A scheme is needed" : $"'{name}' is no scheme")} of the connector '{connector.Name}': choose one of {string.Join(", ", connector.Schemes.Select(s => s.Name))}."));
        return scheme;
    }

    private void CheckScheme(ConnectorProfile connector, AuthScheme scheme, NewConnectionDefinition asked, List<SetupFault> faults)
    {
        var fields = connector.FieldsOf(scheme).ToDictionary(f => f.Name);
        foreach (var (name, value) in asked.Presets)
        {
            if (!fields.TryGetValue(name, out var field))
                faults.Add(new($"presets.{name}", $"The connector '{connector.Name}' has no field '{name}'. It has {string.Join(", ", fields.Keys)}."));
            else if (field.Kind == FieldKind.Secret)
                faults.Add(new($"presets.{name}", $"'{name}' is a secret: it is given with each connection, not in the definition."));
            else if (FieldValues.Check(field, value, guard) is { } wrong)
                faults.Add(new($"presets.{name}", wrong));
        }

        if (scheme is OAuth2Scheme oauth)
        {
            if (string.IsNullOrWhiteSpace(asked.ClientId))
                faults.Add(new("clientId", $"{scheme.DisplayName} needs the client id of the app registered at {connector.DisplayName}."));
            CheckAddresses(connector, oauth, asked, faults);
        }
        else
        {
            (string Path, bool Given)[] oauthOnly = [("clientId", asked.ClientId is not null), ("clientSecret", asked.ClientSecret is not null), ("scopes", asked.Scopes.Count > 0)];
            faults.AddRange(oauthOnly.Where(o => o.Given).Select(o => new SetupFault(o.Path, $"The scheme '{scheme.Name}' takes no OAuth client and no scopes.")));
        }

        for (var i = 0; i < asked.Scopes.Count; i++)
        {
            // RFC 6749 §3.3.
            if (asked.Scopes[i].Length == 0 || asked.Scopes[i].Any(c => c is <= ' ' or > '~' or '"' or '\\'))
                faults.Add(new($"scopes.{i}", $"'{asked.Scopes[i]}' is no scope: give one per entry, without spaces, quotes or letters beyond ASCII."));
        }
    }

    // Only what the presets determine already; the rest is checked when a connection fills it in.
    private void CheckAddresses(ConnectorProfile connector, OAuth2Scheme scheme, NewConnectionDefinition asked, List<SetupFault> faults)
    {
        var known = connector.FieldsOf(scheme).Where(f => f.Default is not null).ToDictionary(f => f.Name, f => f.Default!);
        foreach (var (name, value) in asked.Presets)
            known[name] = value;
        (string What, FieldTemplate? Template)[] addresses =
        [
            ("base address", connector.BaseAddress), ("authorization endpoint", scheme.AuthorizationEndpoint), ("token endpoint", scheme.TokenEndpoint), ("revocation endpoint", scheme.RevocationEndpoint),
        ];
        foreach (var (what, template) in addresses)
        {
            if (template is null)
                continue;
            if (asked.ClientSecret is not null && template != connector.BaseAddress && template != scheme.AuthorizationEndpoint
                && connector.FieldsOf(scheme).FirstOrDefault(f => template.Fields.Contains(f.Name) && IsFree(f) && !asked.Presets.ContainsKey(f.Name)) is { } free)
            {
                // The secret goes there: whoever may connect could name a server of their own.
                faults.Add(new($"presets.{free.Name}", $"The client secret is sent to the {what}, so the definition has to fix '{free.Name}': give it as a preset."));
                continue;
            }

            if (!template.Fields.All(known.ContainsKey))
                continue;
            var text = template.Render(known);
            var at = template.Fields.FirstOrDefault() is { } field ? $"presets.{field}" : "connector";
            var wrong = Uri.TryCreate(text, UriKind.Absolute, out var address) ? guard.Check(address) : "is no absolute address";
            if (wrong is not null && !faults.Exists(f => f.Path == at))
                faults.Add(new(at, $"The {what} {wrong}."));
        }
    }

    private static bool IsFree(Field field) => field.Pattern is null && field.Kind is not (FieldKind.Choice or FieldKind.Number or FieldKind.Boolean);
}
