namespace Recipes.Connections;

/// <inheritdoc/>
internal sealed class ConnectionResolver(IConnectionStore store, IConnectorProfiles connectors) : IConnectionResolver
{
    public async ValueTask<ConnectionResolution> ResolveAsync(ConnectionRequest request, CancellationToken cancellationToken)
    {
        if (WhyForbidden(request) is { } reason)
            return new ConnectionResolution.Forbidden(reason);
        UserId? runtimeUser = request.Callable ? request.RuntimeUser ?? request.Caller.User : null;
        var bound = new Dictionary<StableKey, BoundConnection>(request.Needs.Count);
        var missing = new List<MissingConnection>();
        var takesRuntimeUser = request.Needs.Count == 0;

        foreach (var need in request.Needs)
        {
            var definition = await store.FindDefinitionAsync(request.Caller.Tenant, need.Key, cancellationToken);
            if (definition is null)
            {
                takesRuntimeUser = true;
                missing.Add(new(need.Key, $"There is no connection definition '{need.Key}'. An operator has to set it up.", null, []));
                continue;
            }

            if (need.Policy == RuntimeUserPolicy.Required && definition.RuntimeUser == RuntimeUserPolicy.Off)
            {
                missing.Add(new(need.Key, $"The recipe requires the runtime user's own connection for '{definition.DisplayName}', whose policy is 'off'. One of the two has to change.", null, []));
                continue;
            }

            // A recipe only ever tightens.
            var policy = need.Policy == RuntimeUserPolicy.Required ? RuntimeUserPolicy.Required : definition.RuntimeUser;
            takesRuntimeUser |= policy != RuntimeUserPolicy.Off;
            var answer = request.Overrides.TryGetValue(need.Key, out var id)
                ? await ExplicitAsync(request, need, definition, policy, runtimeUser, id, cancellationToken)
                : await ChooseAsync(request, need, definition, policy, runtimeUser, cancellationToken);
            switch (answer)
            {
                case (_, _, { } forbidden): return new ConnectionResolution.Forbidden(forbidden);
                case ({ } connection, _, _): bound[need.Key] = connection; break;
                case (_, { } lacking, _): missing.Add(lacking); break;
            }
        }

        if (request.RuntimeUser is not null && !takesRuntimeUser)
            return new ConnectionResolution.Forbidden("None of this recipe's connections takes a runtime user: the policy of each is 'off'.");
        if (missing.Count > 0)
            return new ConnectionResolution.Incomplete(missing);
        return new ConnectionResolution.Resolved(takesRuntimeUser ? runtimeUser : null, bound);
    }

    private static string? WhyForbidden(ConnectionRequest request)
    {
        if (!request.Callable && (request.RuntimeUser is not null || request.Overrides.Count > 0))
            return "This recipe is not callable, so it takes neither a runtime user nor connections.";
        if (request.RuntimeUser is { } user && user != request.Caller.User && !request.Caller.Has(Privileges.ActAsOtherUser))
            return "Naming another runtime user takes the privilege to act as other users.";
        var unknown = request.Overrides.Keys.FirstOrDefault(k => !request.Needs.Any(n => n.Key == k));
        return unknown.Value.Length > 0 ? $"This recipe uses no connection '{unknown}'." : null;
    }

    private async ValueTask<Answer> ExplicitAsync(
        ConnectionRequest request, ConnectionNeed need, ConnectionDefinition definition, RuntimeUserPolicy policy, UserId? runtimeUser, ConnectionId id, CancellationToken cancellationToken)
    {
        var connection = await store.FindAsync(id, cancellationToken);
        var mayUse = connection is not null && connection.Tenant == request.Caller.Tenant && connection.DefinitionId == definition.Id && policy switch
        {
            // Under 'required' nobody's but the runtime user's own will do.
            RuntimeUserPolicy.Required => runtimeUser is { } user && connection.Owner.Is(user),
            RuntimeUserPolicy.Optional => connection.Owner == Owner.Organisation || (runtimeUser is { } user && connection.Owner.Is(user)),
            _ => connection.Owner == Owner.Organisation,
        };
        // One answer for all reasons: it must not tell whether someone else's connection exists.
        if (!mayUse)
            return new(null, null, $"There is no connection {id} that you may use as '{definition.Key}'.");
        return Use(request, need, definition, connection!, ConnectionChoice.Explicit);
    }

    private async ValueTask<Answer> ChooseAsync(
        ConnectionRequest request, ConnectionNeed need, ConnectionDefinition definition, RuntimeUserPolicy policy, UserId? runtimeUser, CancellationToken cancellationToken)
    {
        if (policy == RuntimeUserPolicy.Required && runtimeUser is null)
            return new(null, new(definition.Key, $"'{definition.DisplayName}' takes the runtime user's own connection, and only a callable recipe has a runtime user.", null, []), null);
        if (policy != RuntimeUserPolicy.Off && runtimeUser is { } user)
        {
            var own = await OfAsync(request, definition, Owner.Of(user), cancellationToken);
            if (own.Count > 0 || policy == RuntimeUserPolicy.Required)
            {
                var authorize = $"/connect/{definition.Key}";
                return Pick(request, need, definition, own, ConnectionChoice.RuntimeUser, $"{user} has no connection for '{definition.DisplayName}' yet.", authorize);
            }
        }

        // Installations bind their customer's connection here, before the organisation's.
        var organisation = await OfAsync(request, definition, Owner.Organisation, cancellationToken);
        var choice = policy == RuntimeUserPolicy.Optional && runtimeUser is not null ? ConnectionChoice.FellBackToOrganisation : ConnectionChoice.Organisation;
        return Pick(request, need, definition, organisation, choice, $"The organisation has no connection for '{definition.DisplayName}' yet.", $"/connect/{definition.Key}?owner=organisation");
    }

    /// <summary>Set-up connections that were given up or never finished do not count.</summary>
    private async ValueTask<List<Connection>> OfAsync(ConnectionRequest request, ConnectionDefinition definition, Owner owner, CancellationToken cancellationToken)
    {
        var all = await store.ListAsync(request.Caller.Tenant, new ConnectionFilter(definition.Id, owner), cancellationToken);
        return [.. all.Where(c => c.State is not (ConnectionState.Pending or ConnectionState.Disconnected))];
    }

    private Answer Pick(ConnectionRequest request, ConnectionNeed need, ConnectionDefinition definition, List<Connection> candidates, ConnectionChoice choice, string none, string authorizePath) => candidates switch
    {
        [] => new(null, new(definition.Key, none, authorizePath, []), null),
        [var only] => Use(request, need, definition, only, choice),
        _ when candidates.Find(c => c.Record.IsDefault) is { } preferred => Use(request, need, definition, preferred, choice),
        _ => new(null, new(definition.Key, $"There are {candidates.Count} connections for '{definition.DisplayName}' and none is the default: name one in the call, or make one the default.", null, [.. candidates.Select(c => c.Id)]), null),
    };

    private Answer Use(ConnectionRequest request, ConnectionNeed need, ConnectionDefinition definition, Connection connection, ConnectionChoice choice) =>
        (connection.IsUsable || (request.MayBeBroken && connection.State is ConnectionState.Suspect or ConnectionState.ReauthorizationRequired) ? need.Scopes.Count == 0 ? null : Lacking(need, definition, connection) : Unusable(definition, connection)) is { } missing
            ? new(null, missing, null)
            : new(new(definition.Key, connection.Id, connection.Record.DisplayName, connection.Owner, choice, connection.Record.AccountLabel), null, null);

    private static MissingConnection Unusable(ConnectionDefinition definition, Connection connection) => new(definition.Key, connection.State switch
    {
        ConnectionState.Suspect when connection.Record.Incident is not null => $"The connection '{connection.Record.DisplayName}' is refused by the app together with many others; it is checked again once that is over.",
        ConnectionState.Suspect => $"The connection '{connection.Record.DisplayName}' was refused by the app and is being checked.",
        ConnectionState.Pending => $"The connection '{connection.Record.DisplayName}' is not authorised yet.",
        _ => $"The connection '{connection.Record.DisplayName}' has to be authorised again.",
    }, $"/connect/{definition.Key}?connection={connection.Id}", []);

    // What is not known to be missing is left to the app.
    private MissingConnection? Lacking(ConnectionNeed need, ConnectionDefinition definition, Connection connection)
    {
        if (connection.Record.GrantedScopes is not { } granted || connectors.Find(definition.Connector)?.FindScheme(definition.Scheme) is not OAuth2Scheme scheme)
            return null;
        var lacking = ScopeSelection.Lacking(scheme, granted, need.Scopes);
        if (lacking.Count == 0)
            return null;
        var names = $"{(lacking.Count == 1 ? "the permission" : "the permissions")} {string.Join(", ", lacking)}";
        var offered = ScopeSelection.Offer(scheme, definition).Select(o => o.Name).ToList();
        // Consent can only give what is asked for.
        return ScopeSelection.Lacking(scheme, offered, lacking).Count == 0
            ? new(definition.Key, $"The connection '{connection.Record.DisplayName}' lacks {names}, which this recipe needs: authorise it again and allow that.", $"/connect/{definition.Key}?connection={connection.Id}", []) { Scopes = lacking }
            : new(definition.Key, $"The connection '{connection.Record.DisplayName}' lacks {names}, which this recipe needs and which '{definition.DisplayName}' does not ask for: an operator has to add that to the connection definition first.", null, []) { Scopes = lacking };
    }

    /// <summary>Exactly one of the three is set.</summary>
    private readonly record struct Answer(BoundConnection? Bound, MissingConnection? Missing, string? Forbidden);
}
