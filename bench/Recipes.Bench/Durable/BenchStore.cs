using Microsoft.Extensions.DependencyInjection;
using Recipes.Connections;
using Recipes.Engine;
using Recipes.Storage;

namespace Recipes.Bench;

/// <summary>A kind of database that runs are stored in.</summary>
/// <param name="Name">As the tables have it.</param>
/// <param name="NewAsync">Makes an empty one.</param>
internal sealed record BenchStore(string Name, Func<Task<StorageOptions>> NewAsync)
{
    public static BenchStore Sqlite { get; } = new("SQLite", () => Task.FromResult(new StorageOptions()));

    /// <remarks>The server pushes nothing to the disk, as SQLite does not with <see cref="RunSynchronous.Normal"/>: what is stored outlives a killed process.</remarks>
    public static BenchStore On(Testing.PostgresServer server) =>
        new("PostgreSQL", async () => new() { Postgres = (await server.CreateDatabaseAsync()).ConnectionString });

    /// <summary>A call without a step outside.</summary>
    public static RecipeCall NoStep { get; } = new() { Caller = RecipeWorld.Operator, Recipe = BenchRecipes.FiveSteps, Input = RunCost.Input() };

    /// <summary>A call with one, that is stored before the step and at its end.</summary>
    public static RecipeCall OneStep { get; } = new() { Caller = RecipeWorld.Operator, Recipe = BenchRecipes.OneStep, Input = new Dictionary<string, object?> { ["id"] = "1" } };

    /// <summary>A node on a database of its own.</summary>
    public async Task<RecipeWorld> OpenAsync() => await OpenAsync(await NewAsync(), isNew: true);

    /// <summary>A node on a database.</summary>
    /// <param name="isNew">Whether it is the first one there.</param>
    public static async Task<RecipeWorld> OpenAsync(StorageOptions storage, bool isNew)
    {
        var world = await RecipeWorld.CreateAsync(storage, [BenchRecipes.FiveSteps, BenchRecipes.OneStep], services => services
            .AddSingleton<ConnectionResolver>().AddSingleton<IConnectionResolver>(s => new KeptResolution(s.GetRequiredService<ConnectionResolver>())));
        if (isNew)
            await BenchConnections.WithKeyAsync(world, new Uri("http://127.0.0.1:1"));
        return world;
    }
}
