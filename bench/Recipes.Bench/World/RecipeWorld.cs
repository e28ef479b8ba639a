using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Recipes.Connections;
using Recipes.Connectors;
using Recipes.Engine;
using Recipes.Storage;

namespace Recipes.Bench;

/// <summary>Engine, connections and store over a folder of their own, wired as the host wires them.</summary>
internal sealed class RecipeWorld : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly StorageOptions _storage;
    private readonly ServiceProvider _services;

    private RecipeWorld(StorageOptions storage, IReadOnlyList<string> recipes, string? allow, Action<IServiceCollection>? before)
    {
        _storage = storage;
        _storage.DataFolder = _folder.File("data");
        // Apart from the databases: the engine watches this folder, and each write would be an event.
        var folder = Directory.CreateDirectory(_folder.File("recipes")).FullName;
        foreach (var recipe in recipes)
            File.WriteAllBytes(Path.Combine(folder, $"{recipe}.json"), BenchRecipes.Read(recipe));
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Egress:Allow:0", allow ?? "127.0.0.1")]).Build();
        var services = new ServiceCollection();
        services.AddLogging();
        before?.Invoke(services);
        services.AddRecipesStorage(storage);
        services.AddConnections(configuration);
        var connectors = ConnectorCatalogue.Load([]);
        services.AddSingleton<IConnectorProfiles>(connectors);
        services.AddSingleton<IActionCatalogue>(new BenchActions(connectors));
        services.AddRecipesEngine(o => o.RecipesFolder = folder);
        _services = services.BuildServiceProvider();
    }

    public static Caller Operator { get; } = new(TenantId.Default, UserId.Parse("operator"), Privileges.Operator);

    public RecipeCaller Caller => Get<RecipeCaller>();

    /// <summary>Where further files may go, on the same disk.</summary>
    public TempFolder Folder => _folder;

    /// <param name="allow">A private address that connections may call, as <c>host:port</c>.</param>
    public static Task<RecipeWorld> CreateAsync(RunSynchronous synchronous, IReadOnlyList<string> recipes, string? allow = null) =>
        CreateAsync(new StorageOptions { RunSynchronous = synchronous }, recipes, allow: allow);

    /// <param name="storage">Its folder is the world's own.</param>
    /// <param name="before">Adds what is to be there in place of what the host brings.</param>
    public static async Task<RecipeWorld> CreateAsync(StorageOptions storage, IReadOnlyList<string> recipes, Action<IServiceCollection>? before = null, string? allow = null)
    {
        var world = new RecipeWorld(storage, recipes, allow, before);
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

    /// <summary>A connection to the database straight on the driver, open, and set as that of the runs.</summary>
    public DbConnection Connect()
    {
        if (_storage.UsesPostgres)
        {
            var postgres = new NpgsqlConnection(_storage.Postgres);
            postgres.Open();
            return postgres;
        }

        var sqlite = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path.Combine(_storage.DataFolder, "recipes.db"), Pooling = false }.ToString());
        sqlite.Open();
        Execute(sqlite, _storage.RunSynchronous == RunSynchronous.Full ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
        return sqlite;
    }

    public void Execute(string sql)
    {
        using var connection = Connect();
        Execute(connection, sql);
    }

    public long Count(string sql)
    {
        using var connection = Connect();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToInt64(command.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        SqliteConnection.ClearAllPools();
        _folder.Dispose();
    }

    private static void Execute(DbConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static void Complete(Recipe? recipe)
    {
        if (recipe is not { CanRun: true })
            throw new InvalidOperationException(string.Join('\n', recipe?.Faults ?? []));
    }
}
