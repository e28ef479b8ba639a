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

    /// <summary>How many of those that fit have which health, whatever health was asked for.</summary>
    public IReadOnlyDictionary<Health, int> Counts { get; init; } = new Dictionary<Health, int>();

    /// <summary>A text that name, account, owner, definition or app contains.</summary>
    public string? Search { get; init; }
    public Health? Health { get; init; }
    public Attention? Attention { get; init; }

    /// <summary>Stable key.</summary>
    public string? Definition { get; init; }

    /// <summary>Name of a connector.</summary>
    public string? Connector { get; init; }

    /// <summary>As the address says it: <c>me</c>, <c>organisation</c>, <c>users</c>, or the id of a user after <c>user:</c>.</summary>
    public string? Owner { get; init; }

    /// <summary>Of the page, from 1 on.</summary>
    public int Number { get; init; } = 1;
    public required IConnectorProfiles Connectors { get; init; }

    public bool IsFiltered => Search is not null || Health is not null || Attention is not null || Definition is not null || Connector is not null || Owner is not null;

    public int Pages => Math.Max(1, (Found.Total + PerPage - 1) / PerPage);

    public ConnectionQuery Query => new()
    {
        Text = Search,
        Health = Health,
        Attention = Attention,
        // A key or connector that there is not fits nothing.
        Definitions = Definition is null && Connector is null ? null : [.. Definitions.Where(d => (Definition ?? d.Key.Value) == d.Key.Value && (Connector ?? d.Connector) == d.Connector).Select(d => d.Id)],
        Owner = Owner switch { "me" => Recipes.Connections.Owner.Of(Caller.User), _ when NamedOwner is { } user => Recipes.Connections.Owner.Of(user), _ => null },
        OwnerKind = Owner switch { "organisation" => OwnerKind.Organisation, "users" => OwnerKind.User, _ => null },
    };

    /// <summary>The one user whose connections are asked for; null when there is none such.</summary>
    public UserId? NamedOwner => Owner?.StartsWith("user:", StringComparison.Ordinal) is true && UserId.TryParse(Owner["user:".Length..], out var user) ? user : null;

    /// <summary>Connectors that something is set up with, with their names for people.</summary>
    public IEnumerable<(string Name, string Label)> ConnectorsInUse => Definitions.DistinctBy(d => d.Connector).Select(d => (d.Connector, AppOf(d))).OrderBy(c => c.Item2, StringComparer.OrdinalIgnoreCase);

    public IEnumerable<(Connection Connection, ConnectionDefinition Definition)> Rows =>
        from connection in Found.Connections
        join definition in Definitions on connection.DefinitionId equals definition.Id
        select (connection, definition);

    public ConnectionDefinition? DefinitionOf(string key) => Definitions.FirstOrDefault(d => d.Key.Value == key);

    public string AppOf(ConnectionDefinition definition) => Connectors.Find(definition.Connector)?.DisplayName ?? definition.Connector;

    /// <summary>Address of another page of the same list.</summary>
    public string PathOf(int page) => PathOf(Attention is { } attention ? AttentionWords.Name(attention) : Health is { } health ? NameOf(health) : null, page);

    /// <summary>Address of the same list, narrowed to a health.</summary>
    public string PathOf(Health? health) => PathOf(health is { } one ? NameOf(one) : null, 1);

    private static string NameOf(Health health) => health.ToString().ToLowerInvariant();

    private string PathOf(string? health, int page)
    {
        (string Name, string? Value)[] query =
        [
            ("q", Search), ("health", health), ("connector", Connector), ("definition", Definition), ("owner", Owner),
            ("page", page == 1 ? null : page.ToString(System.Globalization.CultureInfo.InvariantCulture)),
        ];
        var text = string.Join('&', query.Where(p => p.Value is not null).Select(p => $"{p.Name}={Uri.EscapeDataString(p.Value!)}"));
        return text.Length == 0 ? "/connections" : $"/connections?{text}";
    }
}
