using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Recipes.Connections;
using Recipes.Connectors;
using Recipes.Engine;
using Recipes.Storage;

namespace Recipes.Bench;

/// <summary>Engine, connections and store over a folder of their own, wired as the host wires them.</summary>
internal sealed class RecipeWorld : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly ServiceProvider _services;

    private RecipeWorld(RunSynchronous synchronous, IReadOnlyList<string> recipes, string? allow)
    {
        // Apart from the databases: the engine watches this folder, and each write would be an event.
        var folder = Directory.CreateDirectory(_folder.File("recipes")).FullName;
        foreach (var recipe in recipes)
            File.WriteAllBytes(Path.Combine(folder, $"{recipe}.json"), BenchRecipes.Read(recipe));
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Egress:Allow:0", allow ?? "127.0.0.1")]).Build();
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddRecipesStorage(new StorageOptions { DataFolder = _folder.File("data"), RunSynchronous = synchronous });
        services.AddConnections(configuration);
        var connectors = ConnectorCatalogue.Load([]);
        services.AddSingleton<IConnectorProfiles>(connectors);
        services.AddSingleton<IActionCatalogue>(new ConnectorActions(connectors));
        services.AddRecipesEngine(o => o.RecipesFolder = folder);
        _services = services.BuildServiceProvider();
    }

    public static Caller Operator { get; } = new(TenantId.Default, UserId.Parse("operator"), Privileges.Operator);

    public RecipeCaller Caller => Get<RecipeCaller>();

    /// <summary>Where further files may go, on the same disk.</summary>
    public TempFolder Folder => _folder;

    /// <param name="allow">A private address that connections may call, as <c>host:port</c>.</param>
    public static async Task<RecipeWorld> CreateAsync(RunSynchronous synchronous, IReadOnlyList<string> recipes, string? allow = null)
    {
        var world = new RecipeWorld(synchronous, recipes, allow);
        await world._services.MigrateRecipesStorageAsync();
        world.Get<RecipeFolder>().Start();
        foreach (var recipe in recipes)
            Complete(world.Get<RecipeCatalogue>().Find(recipe));
        return world;
    }

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    /// <exception cref="InvalidOperationException">When the run did not complete.</exception>
    public async ValueTask RunAsync(RecipeCall call)
    {
        if (await Caller.CallAsync(call) is not RecipeCallResult.Ended { Run.Status: RunStatus.Completed })
            throw new InvalidOperationException($"A run of '{call.Recipe}' went wrong: {await Caller.CallAsync(call)}");
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        _folder.Dispose();
    }

    private static void Complete(Recipe? recipe)
    {
        if (recipe is not { CanRun: true })
            throw new InvalidOperationException(string.Join('\n', recipe?.Faults ?? []));
    }
}
