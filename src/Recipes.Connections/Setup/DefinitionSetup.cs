using Microsoft.Extensions.Options;

namespace Recipes.Connections;

/// <summary>Sets up and changes connection definitions: everything that can be known to be wrong is told at once, before anything is stored.</summary>
public sealed class DefinitionSetup
{
    private readonly IConnectionStore _store;
    private readonly IConnectorProfiles _connectors;
    private readonly CredentialVault _vault;
    private readonly EgressGuard _guard;
    private readonly LiveConnections _live;
    private readonly DevelopmentApps _apps;
    private readonly IOptions<OAuth2Options> _oauth2;
    private readonly TimeProvider _time;

    internal DefinitionSetup(
        IConnectionStore store, IConnectorProfiles connectors, CredentialVault vault, EgressGuard guard, LiveConnections live, DevelopmentApps apps, IOptions<OAuth2Options> oauth2, TimeProvider time) =>
        (_store, _connectors, _vault, _guard, _live, _apps, _oauth2, _time) = (store, connectors, vault, guard, live, apps, oauth2, time);

    public async Task<SetupResult<ConnectionDefinition>> CreateAsync(Caller caller, NewConnectionDefinition asked, CancellationToken cancellationToken)
    {
        if (!caller.Has(Privileges.ManageDefinitions))
            return new SetupResult<ConnectionDefinition>.Forbidden("Setting up a connection definition takes the privilege to manage definitions.");

        var faults = new List<SetupFault>();
        if (!StableKey.TryParse(asked.Key, out var key))
            faults.Add(new("key", $"'{asked.Key}' is no stable key: use 1 to 63 lower-case letters, digits and hyphens, beginning with a letter."));
        CheckGeneral(asked, faults);
        var connector = _connectors.Find(asked.Connector);
        if (connector is null)
            return new SetupResult<ConnectionDefinition>.Invalid([.. faults, new("connector", $"There is no connector '{asked.Connector}'. GET /api/connectors lists those there are.")]);
        var scheme = FindScheme(connector, asked.Scheme, faults);
        DevelopmentApp? app = null;
        if (scheme is not null)
        {
            asked = Normalised(connector, scheme, asked);
            app = asked.UsesDevelopmentApp ? await FindAppAsync(connector, scheme, asked, isNews: true, faults, cancellationToken) : null;
            asked = asked with { Presets = WithThoseOf(app, asked.Presets) };
            CheckScheme(connector, scheme, asked, (app?.SealedClientSecret ?? (object?)asked.ClientSecret) is not null, faults);
        }

        if (faults.Count > 0)
            return new SetupResult<ConnectionDefinition>.Invalid(faults);

        var now = _time.GetUtcNow();
        var id = new ConnectionDefinitionId(Guid.CreateVersion7(now));
        var definition = new ConnectionDefinition
        {
            Id = id,
            Tenant = caller.Tenant,
            Key = key,
            DisplayName = NameOf(asked.DisplayName, connector),
            Connector = connector.Name,
            Scheme = scheme!.Name,
            Presets = asked.Presets,
            Scopes = asked.Scopes,
            OAuthApp = !scheme.NeedsClient ? null : app is not null ? ClientOf(app) : new OAuthApp(asked.ClientId!, asked.ClientSecret is { } secret ? _vault.SealClientSecret(caller.Tenant, id, secret) : null),
            UsesDevelopmentApp = asked.UsesDevelopmentApp,
            RuntimeUser = asked.RuntimeUser,
            SuccessAddress = ReturnAddress(asked.SuccessAddress),
            FailureAddress = ReturnAddress(asked.FailureAddress),
            CheckEvery = Interval(asked.CheckEvery),
            CreatedAt = now,
        };
        return await _store.TryAddAsync(definition, cancellationToken)
            ? new SetupResult<ConnectionDefinition>.Done(definition)
            : new SetupResult<ConnectionDefinition>.Conflict($"There is a connection definition '{key}' already.");
    }

    /// <summary>Changes what is given, checked as at creation. A new client id or secret clears what was held against the old one; that it is over is told once it was accepted.</summary>
    /// <remarks>
    /// A credential goes where its owner saw it go: presets that addresses are made of stay as they are while any connection holds one,
    /// and a client secret that is kept does not move on to another token endpoint. Tokens belong to the client that they were given to: between
    /// the operator's development app and an own client all connections have to be authorised again; they keep their identity.
    /// </remarks>
    public async Task<SetupResult<ConnectionDefinition>> ChangeAsync(Caller caller, string key, DefinitionChange change, CancellationToken cancellationToken)
    {
        if (!caller.Has(Privileges.ManageDefinitions))
            return new SetupResult<ConnectionDefinition>.Forbidden("Changing a connection definition takes the privilege to manage definitions.");
        while (true)
        {
            if (!StableKey.TryParse(key, out var parsed) || await _store.FindDefinitionAsync(caller.Tenant, parsed, cancellationToken) is not { } definition)
                return new SetupResult<ConnectionDefinition>.NotFound($"There is no connection definition '{key}'.");
            if (_connectors.Find(definition.Connector) is not { } connector || connector.FindScheme(definition.Scheme) is not { } scheme)
                return new SetupResult<ConnectionDefinition>.Conflict($"The connector '{definition.Connector}' of '{parsed}' is not loaded. Put its file back.");

            var usesApp = change.UsesDevelopmentApp ?? (definition.UsesDevelopmentApp && change is { ClientId: null, ClientSecret: null });
            var ownClient = definition.UsesDevelopmentApp || usesApp ? null : definition.OAuthApp;
            var asked = Normalised(connector, scheme, new NewConnectionDefinition
            {
                Key = key,
                DisplayName = change.DisplayName ?? definition.DisplayName,
                Connector = definition.Connector,
                Scheme = definition.Scheme,
                Presets = change.Presets ?? definition.Presets,
                Scopes = change.Scopes ?? definition.Scopes,
                ClientId = change.ClientId ?? ownClient?.ClientId,
                ClientSecret = change.ClientSecret,
                UsesDevelopmentApp = usesApp,
                RuntimeUser = change.RuntimeUser ?? definition.RuntimeUser,
                SuccessAddress = change.SuccessAddress ?? definition.SuccessAddress?.AbsoluteUri,
                FailureAddress = change.FailureAddress ?? definition.FailureAddress?.AbsoluteUri,
                CheckEvery = change.CheckEvery ?? definition.CheckEvery,
            });
            var keptSecret = change is { ClientSecret: null, RemovesClientSecret: false } ? ownClient?.SealedClientSecret : null;
            var switches = usesApp != definition.UsesDevelopmentApp;
            var faults = new List<SetupFault>();
            CheckGeneral(asked, faults);
            var app = usesApp ? await FindAppAsync(connector, scheme, asked, switches, faults, cancellationToken) : null;
            if (usesApp && app is null && !switches && change.Presets is not null)
                faults.Add(new("presets", "What is fixed cannot change while the development app is not to be had. Give the definition an OAuth client of its own."));
            asked = asked with { Presets = WithThoseOf(app, asked.Presets) };
            CheckScheme(connector, scheme, asked, (app?.SealedClientSecret ?? keptSecret ?? (object?)asked.ClientSecret) is not null, faults);
            var set = connector.FieldSetOf(scheme);
            IReadOnlyList<SchemeAddress> moved = connector.AddressesOf(scheme)
                .Where(a => a.Template.Fields.SelectMany(set.Behind).Any(f => asked.Presets.GetValueOrDefault(f) != definition.Presets.GetValueOrDefault(f))).ToArray();
            if (keptSecret is not null && moved.FirstOrDefault(a => a.TakesClientSecret) is { } target)
                faults.Add(new("clientSecret", $"The client secret would go to another {target.What}: give the one that belongs there."));
            if (faults.Count > 0)
                return new SetupResult<ConnectionDefinition>.Invalid(faults);
            if (usesApp && switches && (await _store.ListAsync(definition.Tenant, new ConnectionFilter(definition.Id), cancellationToken)).Any(c => c.Owner.Kind == OwnerKind.Customer))
                return new SetupResult<ConnectionDefinition>.Conflict($"Customers have connections under '{parsed}', and a development app is for building only: leave it with a client of its own.");
            if (moved.Count > 0 && await CountCredentialsAsync(definition, cancellationToken) is > 0 and var held)
            {
                return new SetupResult<ConnectionDefinition>.Conflict(
                    $"{(held == 1 ? "1 connection holds a credential" : $"{held} connections hold credentials")} for the present {string.Join(", ", moved.Select(a => a.What))} of '{parsed}', which must not go elsewhere: disconnect first, or set up another definition.");
            }

            var newClient = switches || change.ClientSecret is not null || change.RemovesClientSecret || (!usesApp && asked.ClientId != definition.OAuthApp?.ClientId);
            var changed = definition with
            {
                DisplayName = NameOf(asked.DisplayName, connector),
                Presets = asked.Presets,
                Scopes = asked.Scopes,
                OAuthApp = !scheme.NeedsClient ? null : usesApp ? (app is null ? null : ClientOf(app))
                    : new OAuthApp(asked.ClientId!, asked.ClientSecret is { } secret ? _vault.SealClientSecret(caller.Tenant, definition.Id, secret) : keptSecret),
                UsesDevelopmentApp = usesApp,
                RuntimeUser = asked.RuntimeUser,
                SuccessAddress = ReturnAddress(asked.SuccessAddress),
                FailureAddress = ReturnAddress(asked.FailureAddress),
                CheckEvery = Interval(asked.CheckEvery),
                ClientFailure = newClient ? null : definition.ClientFailure,
            };
            if (!await _store.TryUpdateAsync(changed, cancellationToken))
                continue;
            _live.Changed(definition.Id);
            if (switches)
                await GiveGrantsUpAsync(changed, cancellationToken);
            else if (scheme is OAuth2Scheme oauth && !changed.Scopes.SequenceEqual(definition.Scopes))
                await CompareScopesAsync(oauth, definition, changed, caller, cancellationToken);
            return new SetupResult<ConnectionDefinition>.Done(changed with { Version = definition.Version + 1 });
        }
    }

    private async Task<int> CountCredentialsAsync(ConnectionDefinition definition, CancellationToken cancellationToken) =>
        (await _store.ListAsync(definition.Tenant, new ConnectionFilter(definition.Id), cancellationToken)).Count(c => c.Record.SealedCredential is not null);

    // Their next checks would find it out as well.
    private async Task CompareScopesAsync(OAuth2Scheme scheme, ConnectionDefinition former, ConnectionDefinition definition, Caller caller, CancellationToken cancellationToken)
    {
        foreach (var listed in await _store.ListAsync(definition.Tenant, new ConnectionFilter(definition.Id), cancellationToken))
        {
            for (var connection = listed; connection is not null; connection = await _store.FindAsync(listed.Id, CancellationToken.None))
            {
                var before = connection.Record;
                connection.ChangedBy(Actor.Of(caller.User)).Compared(scheme, definition, [.. ScopeSelection.Missing(connection.Record).Intersect(definition.Scopes), .. definition.Scopes.Except(former.Scopes)]);
                if (ReferenceEquals(before, connection.Record))
                    break;
                if (await _store.TryUpdateAsync(connection, CancellationToken.None))
                {
                    _live.Changed(listed.Id);
                    break;
                }
            }
        }
    }

    private async Task GiveGrantsUpAsync(ConnectionDefinition definition, CancellationToken cancellationToken)
    {
        var failure = new Failure
        {
            Kind = FailureKind.ModifiedCredentials,
            Message = definition.UsesDevelopmentApp
                ? "The connection definition works on the operator's development app now, so the connection has to be authorised again."
                : "The connection definition has an OAuth client of its own now, so the connection has to be authorised again.",
            At = _time.GetUtcNow(),
        };
        foreach (var id in (await _store.ListAsync(definition.Tenant, new ConnectionFilter(definition.Id), cancellationToken)).Select(c => c.Id))
        {
            // Whoever authorises meanwhile does so with the new client already.
            while (await _store.FindAsync(id, CancellationToken.None) is { } connection && _vault.OpenOrEmpty(connection.Record) is { Tokens: not null } held)
            {
                connection.GrantGivenUp(held.Secrets.Count == 0 ? null : _vault.Seal(connection.Tenant, id, held with { Tokens = null }), failure);
                if (await _store.TryUpdateAsync(connection, CancellationToken.None))
                    break;
            }

            _live.Changed(id);
        }
    }

    /// <summary>The development app that a definition asks for; null, with a fault, when it cannot have it.</summary>
    /// <param name="isNews">Whether it asks for it now, or works on it already.</param>
    private async Task<DevelopmentApp?> FindAppAsync(
        ConnectorProfile connector, AuthScheme scheme, NewConnectionDefinition asked, bool isNews, List<SetupFault> faults, CancellationToken cancellationToken)
    {
        if (asked.ClientId is not null || asked.ClientSecret is not null)
            faults.Add(new("useDevelopmentApp", "Either the definition works on the development app, or it has a client id and secret of its own: give one of the two."));
        if (!scheme.NeedsClient)
        {
            faults.Add(new("useDevelopmentApp", $"The scheme '{scheme.Name}' takes no OAuth client."));
            return null;
        }

        var app = await _apps.FindUsableAsync(connector.Name, scheme.Name, cancellationToken);
        if (app is null && isNews)
        {
            faults.Add(new("useDevelopmentApp", _apps.AreAllowed
                ? $"There is no development app for {connector.DisplayName}, {scheme.DisplayName}. An operator can set one up, or give the id and secret of a client of your own."
                : ClientRules.NotInProduction));
        }

        foreach (var (name, value) in app?.Presets ?? new Dictionary<string, string>())
        {
            if (asked.Presets.TryGetValue(name, out var other) && other != value)
                faults.Add(new($"presets.{name}", $"The secret of the development app goes to this address, so it stays '{value}'. For another one give a client of your own."));
        }

        return app;
    }

    private static OAuthApp ClientOf(DevelopmentApp app) => new(app.ClientId, app.SealedClientSecret) { Development = app.Id };

    private static IReadOnlyDictionary<string, string> WithThoseOf(DevelopmentApp? app, IReadOnlyDictionary<string, string> presets) =>
        app is not { Presets.Count: > 0 } ? presets : presets.Concat(app.Presets.Where(p => !presets.ContainsKey(p.Key))).ToDictionary();

    private static NewConnectionDefinition Normalised(ConnectorProfile connector, AuthScheme scheme, NewConnectionDefinition asked)
    {
        var fields = connector.FieldSetOf(scheme);
        return asked with
        {
            ClientId = asked.ClientId?.Trim(),
            Presets = asked.Presets.ToDictionary(p => p.Key, p => p.Value is { } value && fields.Find(p.Key) is { } field ? FieldValues.Normalise(field, value) : p.Value),
        };
    }

    private static string NameOf(string? asked, ConnectorProfile connector) => string.IsNullOrWhiteSpace(asked) ? connector.DisplayName : asked.Trim();

    private static void CheckGeneral(NewConnectionDefinition asked, List<SetupFault> faults)
    {
        if (asked.DisplayName?.Length > 200)
            faults.Add(new("displayName", "The name is longer than 200 characters."));
        if (!Enum.IsDefined(asked.RuntimeUser))
            faults.Add(new("runtimeUser", "The policy must be off, optional or required."));
        (string Path, string? Text)[] addresses = [("successAddress", asked.SuccessAddress), ("failureAddress", asked.FailureAddress)];
        faults.AddRange(addresses.Where(a => !string.IsNullOrWhiteSpace(a.Text) && ReturnAddress(a.Text) is null)
            .Select(a => new SetupFault(a.Path, "Give an absolute https address without a user name and without a fragment, at most 2,000 characters (http is taken for this machine only).")));
        if (asked.CheckEvery is { } every && every != TimeSpan.Zero && (every < TimeSpan.FromMinutes(1) || every > TimeSpan.FromDays(90)))
            faults.Add(new("checkEvery", "Connections are checked every 1 minute to 90 days."));
    }

    private static TimeSpan? Interval(TimeSpan? every) => every == TimeSpan.Zero ? null : every;

    // Only browsers go there, and nothing secret goes along.
    private static Uri? ReturnAddress(string? text) =>
        Uri.TryCreate(text?.Trim(), UriKind.Absolute, out var address) && address.OriginalString.Length <= 2000 && address is { UserInfo: "", Fragment: "" }
        && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback)) ? address : null;

    private static AuthScheme? FindScheme(ConnectorProfile connector, string? name, List<SetupFault> faults)
    {
        if (name is null && connector.Schemes.Count == 1)
            return connector.Schemes[0];
        var scheme = name is null ? null : connector.FindScheme(name);
        if (scheme is null)
            faults.Add(new("scheme", $"{(name is null ? "A scheme is needed" : $"'{name}' is no scheme")} of the connector '{connector.Name}': choose one of {string.Join(", ", connector.Schemes.Select(s => s.Name))}."));
        return scheme;
    }

    /// <param name="hasSecret">Whether there is a client secret, a new one or one that is kept.</param>
    private void CheckScheme(ConnectorProfile connector, AuthScheme scheme, NewConnectionDefinition asked, bool hasSecret, List<SetupFault> faults)
    {
        var fields = connector.FieldsOf(scheme).ToDictionary(f => f.Name);
        foreach (var (name, value) in asked.Presets)
        {
            if (!fields.TryGetValue(name, out var field))
                faults.Add(new($"presets.{name}", $"The connector '{connector.Name}' has no field '{name}'. It has {string.Join(", ", fields.Keys)}."));
            else if (field.Kind == FieldKind.Secret)
                faults.Add(new($"presets.{name}", $"'{name}' is a secret: it is given with each connection, not in the definition."));
            else if (value is null)
                faults.Add(new($"presets.{name}", "A text is expected."));
            else if (FieldValues.Check(field, value, _guard) is { } wrong)
                faults.Add(new($"presets.{name}", wrong));
        }

        if (_oauth2.Value.WhyForbidden(scheme) is { } forbidden)
            faults.Add(new("scheme", forbidden));
        if (asked.ClientSecret is { } key && scheme is OAuth2Scheme oauth && ClientKeys.Check(oauth, key) is { } noKey)
            faults.Add(new("clientSecret", noKey));
        if (scheme.NeedsClient)
        {
            if (string.IsNullOrWhiteSpace(asked.ClientId) && !asked.UsesDevelopmentApp)
                faults.Add(new("clientId", $"{scheme.DisplayName} needs the {scheme.ClientLabels.Id} of the app registered at {connector.DisplayName}."));
            if (asked.ClientSecret is { } consumerSecret && (scheme as OAuth1Scheme)?.WhyNoSecret(consumerSecret) is { } unfit)
                faults.Add(new("clientSecret", unfit));
            CheckAddresses(connector, scheme, asked, hasSecret, faults);
        }
        else
        {
            (string Path, bool Given)[] oauthOnly = [("clientId", asked.ClientId is not null), ("clientSecret", asked.ClientSecret is not null), ("scopes", asked.Scopes.Count > 0 && scheme is not OAuth2Scheme)];
            faults.AddRange(oauthOnly.Where(o => o.Given).Select(o => new SetupFault(o.Path, scheme is OAuth2Scheme
                ? $"Under the scheme '{scheme.Name}' each account brings a client of its own."
                : $"The scheme '{scheme.Name}' takes no OAuth client and no scopes.")));
        }

        for (var i = 0; i < asked.Scopes.Count; i++)
        {
            if (!IsScope(asked.Scopes[i]))
                faults.Add(new($"scopes.{i}", $"'{asked.Scopes[i]}' is no scope: give one per entry, without spaces, quotes or letters beyond ASCII."));
        }
    }

    /// <remarks>Source: RFC 6749 §3.3.</remarks>
    internal static bool IsScope(string? text) => !string.IsNullOrEmpty(text) && !text.Any(c => c is <= ' ' or > '~' or '"' or '\\');

    // Only what the presets determine already; the rest is checked when a connection fills it in.
    private void CheckAddresses(ConnectorProfile connector, AuthScheme scheme, NewConnectionDefinition asked, bool hasSecret, List<SetupFault> faults)
    {
        var known = FieldValues.Merge(connector, scheme, asked.Presets, new Dictionary<string, string>());
        var open = ClientRules.SecretFields(connector, scheme, asked.Presets).Where(f => !asked.Presets.ContainsKey(f.Name)).ToArray();
        foreach (var (what, template, takesClientSecret, isOptional) in connector.AddressesOf(scheme))
        {
            // An optional one that is not preset stays absent: no connection may give it (ConnectionFields).
            if (hasSecret && takesClientSecret && !isOptional && Array.Find(open, f => template.Fields.Contains(f.Name)) is { } free)
            {
                // The secret goes there: whoever may connect could name a server of their own.
                faults.Add(new($"presets.{free.Name}", $"The client secret is sent to the {what}, so the definition has to fix '{free.Name}': give it as a preset."));
                continue;
            }

            if (!template.Fields.All(known.ContainsKey))
                continue;
            var text = template.Render(known);
            var at = template.Fields.FirstOrDefault() is { } field ? $"presets.{field}" : "connector";
            var wrong = Uri.TryCreate(text, UriKind.Absolute, out var address) ? _guard.Check(address) : "is no absolute address";
            if (wrong is not null && !faults.Exists(f => f.Path == at))
                faults.Add(new(at, $"The {what} {wrong}."));
        }
    }
}
