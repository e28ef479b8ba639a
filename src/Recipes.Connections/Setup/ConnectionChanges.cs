namespace Recipes.Connections;

/// <summary>Gives existing connections other values or other tokens. Their identity, and the recipes that use them, stay.</summary>
/// <remarks>A credential goes where its owner saw it go: when an address comes out otherwise, secrets are given again and consent is asked for again.</remarks>
internal sealed class ConnectionChanges(
    IConnectionStore store, IConnectorProfiles connectors, CredentialVault vault, ConnectionFields checks, LiveConnections live, AccountIdentities identities, Revocation revocation, TimeProvider time)
{
    /// <param name="keepsSecrets">Whether secret values that are not given stay as they are.</param>
    /// <param name="acceptsOther">Whether the connection may become another account's.</param>
    public async Task<SetupResult<Connection>> ChangeAsync(Caller caller, ConnectionId id, FieldChanges changes, bool keepsSecrets, bool acceptsOther, CancellationToken cancellationToken)
    {
        var identified = new Identified();
        while (true)
        {
            var (found, error) = await FindAsync(caller, id, cancellationToken);
            if (found is not { } target)
                return error!;
            var (connection, definition, connector, scheme, held) = target;
            var kept = keepsSecrets ? held?.Secrets ?? new Dictionary<string, Secret>() : new Dictionary<string, Secret>();
            var sorted = checks.Sort(connector, scheme, definition, Overlay(target, changes), kept);
            var captured = connection.Record.Fields.Where(f => connector.IsCaptured(scheme, f.Key)).ToDictionary();
            var before = FieldValues.Merge(connector, scheme, definition, connection.Record.Fields);
            var after = FieldValues.Merge(connector, scheme, definition, sorted.Plain.Concat(captured).ToDictionary());
            var moved = held is null ? [] : connector.MovedAddresses(scheme, before, after).ToArray();
            if (moved.Length > 0)
            {
                foreach (var name in sorted.Secrets.Keys.Where(n => kept.ContainsKey(n) && !changes.Fields.ContainsKey(n)))
                    sorted.Faults.Add(new($"fields.{name}", $"{LabelOf(connector, scheme, name)} is needed again: the {moved[0].What} changes, and it would go there."));
            }

            var givesUp = held?.Tokens is not null && (moved.Length > 0 || HasOtherClient(scheme, before, after, held.Secrets, sorted.Secrets));
            var credential = new Credential { Secrets = sorted.Secrets, Tokens = givesUp ? null : held?.Tokens };
            if (!givesUp)
            {
                foreach (var (name, value) in captured)
                    sorted.Plain[name] = value;
            }

            if (sorted.Faults.Count == 0)
                checks.CheckUse(connector, scheme, definition, sorted.Plain, scheme.NeedsConsent && credential.Tokens is null ? null : credential, sorted.Faults);
            if (sorted.Faults.Count > 0)
                return new SetupResult<Connection>.Invalid(sorted.Faults);

            var record = connection.Record;
            var isNewSecret = !Same(held?.Secrets, sorted.Secrets);
            connection.ChangedBy(Actor.Of(caller.User)).FieldsChanged(sorted.Plain, time.GetUtcNow(), withSecrets: isNewSecret && scheme.NeedsConsent);
            if (scheme.NeedsConsent && givesUp)
                connection.GrantGivenUp(Seal(connection, credential), AddressChanged(moved));
            else if (!scheme.NeedsConsent && (isNewSecret || !keepsSecrets || held is null || moved.Length > 0 || HasOtherUser(scheme, before, after)))
            {
                connection.Authorized(vault.Seal(connection.Tenant, id, credential with { Tokens = null }), null, accountLabel: null, time.GetUtcNow());
                if (await IdentifyAsync(target, record, identified, acceptsOther) is { } refused)
                    return refused;
            }
            else if (isNewSecret)
                connection.SecretsChanged(Seal(connection, credential), time.GetUtcNow());
            if (!await store.TryUpdateAsync(connection, cancellationToken))
                continue;
            live.Changed(id);
            if (scheme.NeedsConsent && givesUp)
                await revocation.GiveUpAsync(record, connection, Actor.Of(caller.User), CancellationToken.None);
            return new SetupResult<Connection>.Done(connection);
        }
    }

    /// <summary>Connects with tokens that somebody got elsewhere.</summary>
    /// <param name="fields">Values that change, those among them that the flow would have filled in.</param>
    /// <param name="acceptsOther">Whether the connection may become another account's.</param>
    public async Task<SetupResult<Connection>> ImportAsync(Caller caller, ConnectionId id, ImportedTokens given, IReadOnlyDictionary<string, Secret> fields, bool acceptsOther, CancellationToken cancellationToken)
    {
        var identified = new Identified();
        while (true)
        {
            var (found, error) = await FindAsync(caller, id, cancellationToken);
            if (found is not { } target)
                return error!;
            var (connection, definition, connector, scheme, held) = target;
            var now = time.GetUtcNow();
            // The captured values of another account are not this one's.
            var sorted = checks.Sort(connector, scheme, definition, Overlay(target, new(fields)), held?.Secrets, automatic: true);
            var tokens = TokenImport.Read(scheme, given, now, sorted.Faults);
            TokenImport.CheckCaptured(connector, scheme, sorted.Plain, sorted.Faults);
            var moved = connector.MovedAddresses(scheme, FieldValues.Merge(connector, scheme, definition, connection.Record.Fields), FieldValues.Merge(connector, scheme, definition, sorted.Plain)).FirstOrDefault();
            foreach (var name in moved is null ? [] : sorted.Secrets.Keys.Where(n => held?.Secrets.ContainsKey(n) == true && !fields.ContainsKey(n)))
                sorted.Faults.Add(new($"fields.{name}", $"{LabelOf(connector, scheme, name)} is needed again: the {moved!.What} changes, and it would go there."));
            var credential = new Credential { Secrets = sorted.Secrets, Tokens = tokens };
            if (sorted.Faults.Count == 0)
                checks.CheckUse(connector, scheme, definition, sorted.Plain, credential, sorted.Faults);
            if (sorted.Faults.Count > 0)
                return new SetupResult<Connection>.Invalid(sorted.Faults);
            var record = connection.Record;
            connection.ChangedBy(Actor.Of(caller.User)).FieldsChanged(sorted.Plain, now);
            connection.Authorized(vault.Seal(connection.Tenant, id, credential), tokens, accountLabel: null, now);
            if (scheme is OAuth2Scheme oauth)
                connection.Compared(oauth, definition);
            if (await IdentifyAsync(target, record, identified, acceptsOther) is { } refused)
                return refused;
            if (!await store.TryUpdateAsync(connection, cancellationToken))
                continue;
            live.Changed(id);
            return new SetupResult<Connection>.Done(connection);
        }
    }

    // Where it is not known whose connection it is, the next probe learns it.
    private async Task<SetupResult<Connection>?> IdentifyAsync(Target target, ConnectionRecord held, Identified identified, bool acceptsOther)
    {
        if (held.AccountId is null)
            return null;
        var connection = target.Connection;
        if (!identified.IsKnown)
            (identified.AccountId, identified.IsKnown) = (await identities.FindAsync(connection, target.Definition.OAuthApp?.ClientId), true);
        if (identified.AccountId is not { } accountId)
            return null;
        if (AccountIdentities.Differ(held.AccountId, accountId))
        {
            if (!acceptsOther)
                return new SetupResult<Connection>.OtherAccount(AccountIdentities.OtherAccount(target.Connector, held, time.GetUtcNow()).Message);
            connection.BecameOtherAccounts(time.GetUtcNow());
        }

        connection.Identified(accountId);
        return null;
    }

    private async Task<(Target? Found, SetupResult<Connection>? Error)> FindAsync(Caller caller, ConnectionId id, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(id, cancellationToken) is not { } connection || !caller.MayManage(connection))
            return (null, new SetupResult<Connection>.NotFound($"There is no connection {id} that you may manage."));
        var definition = await store.FindDefinitionAsync(connection.DefinitionId, cancellationToken) ?? throw new InvalidOperationException("The connection has no definition.");
        if (connectors.Find(definition.Connector) is not { } connector || connector.FindScheme(definition.Scheme) is not { } scheme)
            return (null, new SetupResult<Connection>.Conflict($"The connector '{definition.Connector}' of '{definition.Key}' is not loaded. Put its file back."));
        return (new(connection, definition, connector, scheme, connection.Record.SealedCredential is null ? null : vault.OpenOrEmpty(connection.Record)), null);
    }

    // What the definition fixes meanwhile, or the connector no longer has, is let go.
    private static Dictionary<string, Secret> Overlay(Target target, FieldChanges changes)
    {
        var all = target.Connection.Record.Fields
            .Where(f => f.Value.Length > 0 && !target.Definition.Presets.ContainsKey(f.Key) && !changes.Cleared.Contains(f.Key)
                && target.Connector.FieldsOf(target.Scheme).Any(field => field.Name == f.Key && field.Kind != FieldKind.Secret && !field.Automatic))
            .ToDictionary(f => f.Key, f => new Secret(f.Value));
        foreach (var (name, value) in changes.Fields)
            all[name] = value;
        return all;
    }

    private byte[]? Seal(Connection connection, Credential credential) =>
        credential.Tokens is null && credential.Secrets.Count == 0 ? null : vault.Seal(connection.Tenant, connection.Id, credential);

    // Of OAuth 2.0 the token's own request tells.
    private static bool HasOtherUser(AuthScheme scheme, IReadOnlyDictionary<string, string> before, IReadOnlyDictionary<string, string> after) =>
        scheme is OAuth1Scheme { AcquiresTokens: true } oauth && before.GetValueOrDefault(oauth.UsernameField) != after.GetValueOrDefault(oauth.UsernameField);

    // Tokens belong to the client that they were given to.
    private static bool HasOtherClient(
        AuthScheme scheme, IReadOnlyDictionary<string, string> before, IReadOnlyDictionary<string, string> after, IReadOnlyDictionary<string, Secret> held, IReadOnlyDictionary<string, Secret> given) =>
        scheme switch { OAuth2Scheme oauth => oauth.ClientIdField, OAuth1Scheme oauth => oauth.ConsumerKeyField, _ => null } is { } field && (before.GetValueOrDefault(field) != after.GetValueOrDefault(field) || !Equals(held.GetValueOrDefault(field), given.GetValueOrDefault(field)));

    private Failure AddressChanged(IReadOnlyList<SchemeAddress> moved) => new()
    {
        Kind = FailureKind.ModifiedCredentials,
        Message = moved.Count > 0 ? $"The {moved[0].What} was changed, so the connection has to be authorised again." : "The client was changed, so the connection has to be authorised again.",
        At = time.GetUtcNow(),
    };

    private static bool Same(IReadOnlyDictionary<string, Secret>? one, Dictionary<string, Secret> other) =>
        (one?.Count ?? 0) == other.Count && other.All(s => one!.TryGetValue(s.Key, out var value) && value.Equals(s.Value));

    private static string LabelOf(ConnectorProfile connector, AuthScheme scheme, string field) => connector.FieldsOf(scheme).First(f => f.Name == field).Label;

    /// <summary>Whose new credential it is: the app is asked once, however often the change has to be made again.</summary>
    private sealed class Identified
    {
        public bool IsKnown { get; set; }
        public string? AccountId { get; set; }
    }

    private sealed record Target(Connection Connection, ConnectionDefinition Definition, ConnectorProfile Connector, AuthScheme Scheme, Credential? Held);
}
