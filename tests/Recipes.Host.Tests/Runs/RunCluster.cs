using System.Net;

namespace Recipes.Host.Tests.Runs;

/// <summary>Hosts in processes of their own: several on one PostgreSQL, or a single one on a file; all with the same recipe, and with a connection to the ledger.</summary>
internal sealed class RunCluster : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private PostgresDatabase? _database;

    private RunCluster()
    {
    }

    public IReadOnlyList<HostNode> Nodes { get; private set; } = [];

    /// <summary>The operator's.</summary>
    public string Token { get; private set; } = "";

    public PostgresDatabase Database => _database ?? throw new InvalidOperationException("There is one node, on a file.");

    /// <summary>When which process was suspended or killed.</summary>
    public IReadOnlyList<(string Process, DateTimeOffset At)> Losses => [.. Nodes.SelectMany(n => n.Losses)];

    /// <param name="lease">How long a run is left to a silent node.</param>
    /// <param name="recipes">Further recipes, by name.</param>
    public static async Task<RunCluster> StartAsync(int nodes, Ledger ledger, TimeSpan lease, IReadOnlyDictionary<string, string>? recipes = null)
    {
        var cluster = new RunCluster();
        try
        {
            await cluster.StartNodesAsync(nodes, ledger, lease, recipes);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Connects an account of the ledger that takes any password.</summary>
    public async Task ConnectAsync(string key, string account)
    {
        using var api = new Api(Nodes[0].Address, Token);
        (await api.PostAsync("/api/connection-definitions", new { key, connector = "ledger" })).Is(HttpStatusCode.Created);
        (await api.PostAsync("/api/connections", new { definition = key, owner = "organisation", fields = new { username = account, password = Canaries.NewSecret("password at the ledger") } })).Is(HttpStatusCode.Created);
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(Nodes.Select(n => n.DisposeAsync().AsTask()));
        if (_database is not null)
            await _database.DisposeAsync();
        _folder.Dispose();
    }

    private async Task StartNodesAsync(int nodes, Ledger ledger, TimeSpan lease, IReadOnlyDictionary<string, string>? others)
    {
        var recipes = Directory.CreateDirectory(_folder.Combine("recipes")).FullName;
        await File.WriteAllTextAsync(Path.Combine(recipes, "book.json"), Ledger.Recipe("book"));
        foreach (var (name, json) in others ?? new Dictionary<string, string>())
            await File.WriteAllTextAsync(Path.Combine(recipes, $"{name}.json"), json);
        var settings = new Dictionary<string, string?>
        {
            ["RecipesFolder"] = recipes,
            ["Egress__Allow__0"] = ledger.Address.Authority,
            ["Storage__RunLease"] = lease.ToString("c"),
            ["Runs__LookEvery"] = "00:00:00.200",
            ["Schedules__Every__revalidation"] = "0",
        };
        if (nodes > 1)
        {
            _database = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
            settings["Storage__Postgres"] = _database.ConnectionString;
        }

        Nodes = [.. Enumerable.Range(0, nodes).Select(i => new HostNode($"node-{i}", Directory.CreateDirectory(_folder.Combine($"node-{i}")).FullName, settings, ledger.Connector))];
        // Not all at once: they start slowly where there is little to compute with.
        foreach (var node in Nodes)
            await node.StartAsync();
        Token = Nodes[0].OperatorToken;
        Canaries.Add("token of operator", Token);
    }
}
