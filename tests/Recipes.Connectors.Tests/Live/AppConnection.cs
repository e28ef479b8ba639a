using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Recipes.Connections;
using Recipes.Storage;
using Recipes.Testing;

namespace Recipes.Connectors.Tests;

/// <summary>A connection to a running app under a connector that comes with the program: wired as in a host, on a database of its own.</summary>
internal sealed class AppConnection : IAsyncDisposable
{
    private static readonly Caller s_operator = new(TenantId.Default, UserId.Parse("manager"), Privileges.Operator);

    private readonly TempFolder _folder = new();
    private readonly ServiceProvider _services;

    private AppConnection(Uri app)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<IConnectorProfiles>(Catalogue);
        services.AddRecipesStorage(new StorageOptions { DataFolder = _folder.Combine("data") });
        services.AddConnections(new ConfigurationBuilder().AddInMemoryCollection([new("Egress:Allow:0", app.Authority)]).Build());
        _services = services.BuildServiceProvider();
    }

    public static ConnectorCatalogue Catalogue { get; } = ConnectorCatalogue.Load([]);

    public ConnectionId Id { get; private set; }

    public static async Task<AppConnection> ConnectAsync(Uri app, string connector, string scheme, Dictionary<string, string> fields)
    {
        var self = new AppConnection(app);
        await self._services.MigrateRecipesStorageAsync();
        var definition = await self.Get<DefinitionSetup>().CreateAsync(s_operator, new() { Key = "app", Connector = connector, Scheme = scheme }, CancellationToken.None);
        definition.ShouldBeOfType<SetupResult<ConnectionDefinition>.Done>();
        var connection = await self.Get<ConnectionSetup>().CreateAsync(
            s_operator, new() { DefinitionKey = "app", Owner = Owner.Organisation, Fields = fields.ToDictionary(f => f.Key, f => new Secret(f.Value)) }, CancellationToken.None);
        self.Id = connection.ShouldBeOfType<SetupResult<Connection>.Done>().Value.Id;
        return self;
    }

    public Task<ProbeResult> ProbeAsync() => Get<Prober>().ProbeAsync(Id, Actor.System, CancellationToken.None);

    public ValueTask<ConnectionClient> ClientAsync() => Get<IConnectionClients>().GetAsync(Id, CancellationToken.None);

    /// <summary>Runs an action of the connector.</summary>
    /// <param name="inputs">JSON.</param>
    public async Task<ActionResult> RunAsync(string action, string inputs = "{}")
    {
        var client = await ClientAsync();
        return await Catalogue.FindAction(action)!.ExecuteAsync(client, (IReadOnlyDictionary<string, object?>)PlainData.Parse(inputs)!, CancellationToken.None);
    }

    /// <summary>The outputs of an action that has to succeed.</summary>
    public async Task<IReadOnlyDictionary<string, object?>> OutputAsync(string action, string inputs = "{}")
    {
        var result = await RunAsync(action, inputs);
        // Some servers close connections without saying so. A request that meets this is not sent again by itself: it may have been carried out.
        if (result is ActionResult.Failed { Failure.Kind: FailureKind.Unavailable, Status: null })
            result = await RunAsync(action, inputs);
        return result.ShouldBeOfType<ActionResult.Succeeded>((result as ActionResult.Failed)?.Failure.Message).Output;
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        _folder.Dispose();
    }

    private T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();
}
