using System.Globalization;
using Microsoft.Data.Sqlite;
using Recipes.Testing;

namespace Recipes.Storage.Tests;

/// <summary>Tests that every kind of database has to pass. A class derives from this one, with <see cref="StoreFactAttribute"/> on its tests, and two from that: one of them <see cref="IOnPostgres"/>.</summary>
public abstract class StoreTests : IAsyncLifetime
{
    private PostgresDatabase? _database;

    /// <summary>The data folder of all hosts of the test.</summary>
    internal TempFolder Folder { get; } = new();

    /// <summary>The database of all hosts of the test; null on SQLite.</summary>
    internal string? ConnectionString => _database?.ConnectionString;

    /// <summary>Starts a host, the first or another one, on what is stored.</summary>
    private protected Task<TestHost> StartAsync(Action<StorageOptions>? configure = null, TimeProvider? clock = null) => TestHost.StartAsync(Build(configure, clock));

    /// <summary>A host that has not touched the store yet.</summary>
    private protected TestHost Build(Action<StorageOptions>? configure = null, TimeProvider? clock = null)
    {
        var options = new StorageOptions { DataFolder = Folder.Path, Postgres = ConnectionString };
        configure?.Invoke(options);
        return TestHost.Build(options, clock: clock);
    }

    /// <summary>Runs SQL beside all hosts.</summary>
    /// <returns>The first column of all rows, as text.</returns>
    private protected async Task<List<string>> QueryAsync(string sql)
    {
        if (_database is not null)
            return await _database.QueryAsync(sql);
        await using var connection = new SqliteConnection($"Data Source={Folder.File("recipes.db")};Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await using var reader = await command.ExecuteReaderAsync();
        List<string> rows = [];
        while (await reader.ReadAsync())
            rows.Add(reader.IsDBNull(0) ? "" : Convert.ToString(reader.GetValue(0), CultureInfo.InvariantCulture)!);
        return rows;
    }

    async Task IAsyncLifetime.InitializeAsync()
    {
        if (this is IOnPostgres)
            _database = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync("recipes", MigrateAsync);
    }

    async Task IAsyncLifetime.DisposeAsync()
    {
        Folder.Dispose();
        if (_database is not null)
            await _database.DisposeAsync();
    }

    private static async Task MigrateAsync(string connectionString)
    {
        using var folder = new TempFolder();
        await using (await TestHost.StartAsync(TestHost.Build(new StorageOptions { DataFolder = folder.Path, Postgres = connectionString }))) { }
    }
}
