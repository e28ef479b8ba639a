using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Recipes.Node;
using Recipes.Storage;
using Recipes.Testing;

namespace Recipes.Connections.Tests;

/// <summary>Nodes in processes of their own on one PostgreSQL and one authorization server, and this process beside them to set up and look on.</summary>
internal sealed class Cluster : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly TempFolder _folder;
    private readonly Dictionary<string, string?> _settings;
    private readonly ConcurrentDictionary<string, ServerProcess> _nodes = new();

    private Cluster(OidcProvider provider, PostgresDatabase database, TempFolder folder, Dictionary<string, string?> settings, ServiceProvider services) =>
        (Provider, Database, _folder, _settings, _services) = (provider, database, folder, settings, services);

    public OidcProvider Provider { get; }
    public PostgresDatabase Database { get; }

    /// <param name="timeout">Of a request.</param>
    /// <param name="margin">By which a lease lasts longer.</param>
    public static async Task<Cluster> StartAsync(TimeSpan timeout, TimeSpan margin)
    {
        var provider = await OidcProvider.StartAsync();
        var folder = new TempFolder();
        var database = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
        Dictionary<string, string?> settings = new()
        {
            ["Egress:Allow:0"] = provider.Issuer.Authority,
            ["Egress:RequestTimeout"] = timeout.ToString("c"),
            ["Refresh:LeaseMargin"] = margin.ToString("c"),
            // Each lost reply is judged by itself here: many in a row are no incident.
            ["Incidents:AtLeast"] = "500",
            ["Storage:DataFolder"] = folder.Combine("data"),
            ["Storage:Postgres"] = database.ConnectionString,
        };
        // This process looks on while sessions are cut off: it keeps none.
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).AddInMemoryCollection([new("Storage:Postgres", $"{database.ConnectionString};Pooling=false")]).Build();
        var services = new ServiceCollection();
        services.AddLogging(l => l.SetMinimumLevel(LogLevel.Warning));
        services.AddSingleton<IConnectorProfiles>(new NodeConnectors(provider.Issuer, "test"));
        services.AddRecipesStorage(configuration);
        services.AddConnections(configuration);
        var cluster = new Cluster(provider, database, folder, settings, services.BuildServiceProvider());
        await cluster._services.MigrateRecipesStorageAsync();
        return cluster;
    }

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    /// <summary>Connections of one connector, each to an account of its own.</summary>
    /// <returns>Account and connection.</returns>
    public async Task<IReadOnlyDictionary<string, ConnectionId>> ConnectAsync(string connector, int count)
    {
        var (client, secret) = ($"client-{connector}", Canaries.NewSecret("client secret"));
        await Provider.AddMachineClientAsync(client, secret, "client_secret_post", ["password", "refresh_token"]);
        var defined = await Get<DefinitionSetup>().CreateAsync(ConnectionsHarness.Operator, new() { Key = connector, Connector = connector, Scheme = "oauth2", ClientId = client, ClientSecret = new(secret) }, CancellationToken.None);
        defined.ShouldBeOfType<SetupResult<ConnectionDefinition>.Done>();
        var connections = new Dictionary<string, ConnectionId>();
        for (var i = 0; i < count; i++)
        {
            var account = string.Create(CultureInfo.InvariantCulture, $"{connector}-{i:000}");
            var (access, refresh) = await Provider.GrantAsync(client, secret, account);
            var created = await Get<ConnectionSetup>().CreateAsync(ConnectionsHarness.Operator, new()
            {
                DefinitionKey = connector,
                Owner = Owner.Organisation,
                DisplayName = account,
                // Due at once.
                Tokens = new() { AccessToken = new(access), RefreshToken = new(refresh), ExpiresAt = TimeProvider.System.GetUtcNow() },
            }, CancellationToken.None);
            connections[account] = created.ShouldBeOfType<SetupResult<Connection>.Done>().Value.Id;
        }

        return connections;
    }

    /// <summary>Starts a node and waits until it calls.</summary>
    /// <param name="connection">The only one it calls through; null means all.</param>
    public async Task<ServerProcess> StartNodeAsync(string name, int callers = 1, TimeSpan? pause = null, CrashPoint crash = CrashPoint.Never, ConnectionId? connection = null)
    {
        var settings = new Dictionary<string, string?>(_settings)
        {
            ["Node:Name"] = name,
            ["Node:Provider"] = Provider.Issuer.AbsoluteUri,
            ["Node:Callers"] = callers.ToString(CultureInfo.InvariantCulture),
            ["Node:Pause"] = ((int)(pause ?? TimeSpan.FromMilliseconds(50)).TotalMilliseconds).ToString(CultureInfo.InvariantCulture),
            ["Node:Crash"] = crash.ToString(),
        };
        if (connection is { } only)
            settings["Node:Connection"] = only.ToString();
        var program = Path.Combine(AppContext.BaseDirectory, "Recipes.Node.dll");
        var node = ServerProcess.Start(Programs.Get("dotnet"), [program], _folder.Path, settings.ToDictionary(s => s.Key.Replace(":", "__", StringComparison.Ordinal), s => s.Value));
        _nodes[name] = node;
        await node.LineAsync(NodeOutput.Ready());
        return node;
    }

    /// <summary>Tells a node to end, and waits until it has.</summary>
    /// <returns>What it says of itself in the end.</returns>
    public async Task<NodeReport> EndNodeAsync(string name)
    {
        _nodes.TryRemove(name, out var node).ShouldBeTrue();
        // A refresh on its way may have to wait until the lease of another one has run out.
        await node!.EndAsync(TimeSpan.FromMinutes(1));
        return NodeReport.Read(node.Output);
    }

    /// <summary>What the nodes wrote last, for the message of a test that failed.</summary>
    public string NodesSay() => string.Join('\n', _nodes.SelectMany(n => n.Value.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).TakeLast(30).Select(l => $"{n.Key}: {l}")));

    public async Task KillNodeAsync(string name)
    {
        _nodes.TryRemove(name, out var node).ShouldBeTrue();
        await node!.KillAsync();
        await node.DisposeAsync();
    }

    public async Task<Connection> ReadAsync(ConnectionId id) => (await Get<IConnectionStore>().FindAsync(id, CancellationToken.None)).ShouldNotBeNull();

    /// <summary>The stored refresh token, hashed as the provider's record has it.</summary>
    public string StoredToken(Connection connection)
    {
        var tokens = Get<CredentialVault>().Open(connection.Tenant, connection.Id, connection.Record.SealedCredential!).Tokens!;
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(tokens.RefreshToken!.Reveal())));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes.Values)
            await node.DisposeAsync();
        await _services.DisposeAsync();
        await Provider.DisposeAsync();
        await Database.DisposeAsync();
        _folder.Dispose();
    }
}
