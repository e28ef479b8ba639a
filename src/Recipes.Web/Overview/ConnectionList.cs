namespace Recipes.Web;

/// <summary>What the list of connections shows.</summary>
public sealed record ConnectionList
{
    public required Caller Caller { get; init; }
    public required IReadOnlyList<ConnectionDefinition> Definitions { get; init; }
    public required IReadOnlyList<Connection> All { get; init; }

    /// <summary>Words that name, account, owner or definition must contain.</summary>
    public string? Search { get; init; }
    public Health? Health { get; init; }

    /// <summary>Stable key.</summary>
    public string? Definition { get; init; }
    public required IConnectorProfiles Connectors { get; init; }

    public bool IsFiltered => Search is not null || Health is not null || Definition is not null;

    /// <summary>Broken ones first, then by name.</summary>
    public IEnumerable<(Connection Connection, ConnectionDefinition Definition)> Rows =>
        from connection in All
        join definition in Definitions on connection.DefinitionId equals definition.Id
        where Health is null || connection.Health == Health
        where Definition is null || definition.Key.Value == Definition
        where Search is null || Matches(connection, definition, Search)
        orderby connection.Health != Connections.Health.Red, connection.Health == Connections.Health.Grey, definition.DisplayName, connection.Record.DisplayName, connection.Record.CreatedAt
        select (connection, definition);

    public string AppOf(ConnectionDefinition definition) => Connectors.Find(definition.Connector)?.DisplayName ?? definition.Connector;

    private bool Matches(Connection connection, ConnectionDefinition definition, string search) =>
        ((string?[])[connection.Record.DisplayName, connection.Record.AccountLabel, connection.Owner.ToString(), definition.DisplayName, definition.Key.Value, AppOf(definition)])
        .Any(text => text?.Contains(search, StringComparison.OrdinalIgnoreCase) is true);
}
