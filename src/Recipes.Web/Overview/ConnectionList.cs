namespace Recipes.Web;

/// <summary>What the list of connections shows: one page of it.</summary>
public sealed record ConnectionList
{
    public const int PerPage = 50;
    public const int MostPages = 100_000;

    public required Caller Caller { get; init; }
    public required IReadOnlyList<ConnectionDefinition> Definitions { get; init; }

    /// <summary>The connections on the page, and how many there are.</summary>
    public FoundConnections Found { get; init; } = new([], 0, new HashSet<ConnectionId>());

    /// <summary>A text that name, account, owner, definition or app contains.</summary>
    public string? Search { get; init; }
    public Health? Health { get; init; }
    public Attention? Attention { get; init; }

    /// <summary>Stable key.</summary>
    public string? Definition { get; init; }

    /// <summary>Of the page, from 1 on.</summary>
    public int Number { get; init; } = 1;
    public required IConnectorProfiles Connectors { get; init; }

    public bool IsFiltered => Search is not null || Health is not null || Attention is not null || Definition is not null;

    public int Pages => Math.Max(1, (Found.Total + PerPage - 1) / PerPage);

    public ConnectionQuery Query => new() { Text = Search, Health = Health, Attention = Attention, Definition = Definition is { } key ? DefinitionOf(key)?.Id : null };

    public IEnumerable<(Connection Connection, ConnectionDefinition Definition)> Rows =>
        from connection in Found.Connections
        join definition in Definitions on connection.DefinitionId equals definition.Id
        select (connection, definition);

    public ConnectionDefinition? DefinitionOf(string key) => Definitions.FirstOrDefault(d => d.Key.Value == key);

    public string AppOf(ConnectionDefinition definition) => Connectors.Find(definition.Connector)?.DisplayName ?? definition.Connector;

    /// <summary>Address of another page of the same list.</summary>
    public string PathOf(int page)
    {
        (string Name, string? Value)[] query =
        [
            ("q", Search), ("health", (Attention is { } attention ? AttentionWords.Name(attention) : Health?.ToString().ToLowerInvariant())), ("definition", Definition),
            ("page", page == 1 ? null : page.ToString(System.Globalization.CultureInfo.InvariantCulture)),
        ];
        var text = string.Join('&', query.Where(p => p.Value is not null).Select(p => $"{p.Name}={Uri.EscapeDataString(p.Value!)}"));
        return text.Length == 0 ? "/connections" : $"/connections?{text}";
    }
}
