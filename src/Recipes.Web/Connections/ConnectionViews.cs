namespace Recipes.Web;

/// <summary>Puts connections together with what they are defined by.</summary>
internal sealed class ConnectionViews(IConnectionStore store, IConnectorProfiles connectors, NextChecks checks, PublicAddress address)
{
    /// <summary>What a connection is defined by; connector and scheme are null when the connector's file is gone.</summary>
    public async Task<(ConnectionDefinition Definition, ConnectorProfile? Connector, AuthScheme? Scheme)> DescribeAsync(Connection connection, CancellationToken cancellationToken)
    {
        var definition = await store.FindDefinitionAsync(connection.DefinitionId, cancellationToken) ?? throw new InvalidOperationException($"Connection {connection.Id} has no definition.");
        var connector = connectors.Find(definition.Connector);
        return (definition, connector, connector?.FindScheme(definition.Scheme));
    }

    /// <summary>Whether a person could have runs use this one in place of another of its owner's.</summary>
    public async Task<bool> CanBeMadeDefaultAsync(Connection connection, CancellationToken cancellationToken) =>
        !connection.Record.IsDefault && connection.State is not (ConnectionState.Pending or ConnectionState.Disconnected)
        && (await store.ListAsync(connection.Tenant, new ConnectionFilter(connection.DefinitionId, connection.Owner), cancellationToken)).Count > 1;

    /// <param name="nextCheckAt">From <see cref="NextChecks"/>.</param>
    public ConnectionView Of(Connection connection, ConnectionDefinition definition, DateTimeOffset? nextCheckAt) => ConnectionView.Of(connection, definition, connectors, address, nextCheckAt);

    public async Task<ConnectionView> OfAsync(Connection connection, CancellationToken cancellationToken) =>
        Of(connection, (await DescribeAsync(connection, cancellationToken)).Definition, await checks.FindAsync(connection, cancellationToken));

    public async Task<IReadOnlyList<ConnectionView>> OfAsync(TenantId tenant, IReadOnlyList<Connection> connections, CancellationToken cancellationToken)
    {
        var definitions = (await store.ListDefinitionsAsync(tenant, cancellationToken)).ToDictionary(d => d.Id);
        var next = await checks.ListAsync(connections, cancellationToken);
        return [.. connections.Where(c => definitions.ContainsKey(c.DefinitionId)).Select(c => Of(c, definitions[c.DefinitionId], next.TryGetValue(c.Id, out var at) ? at : null))];
    }
}
