namespace Recipes.Testing;

/// <summary>A database of its own on a test server, dropped on dispose even while others are connected to it.</summary>
public sealed class PostgresDatabase : IAsyncDisposable
{
    private readonly PostgresServer _server;

    internal PostgresDatabase(PostgresServer server, string name) => (_server, Name) = (server, name);

    public string Name { get; }

    /// <summary>As the user that owns it and may do nothing else. Holds the password.</summary>
    public string ConnectionString => _server.ConnectionString(Name);

    /// <summary>Runs SQL on it as the owner of the server.</summary>
    /// <returns>The first column of the first row of what it answers; null when there is none.</returns>
    public Task<object?> ExecuteAsync(string sql) => _server.ExecuteAsync(Name, sql);

    /// <summary>The first column of all rows, as text.</summary>
    public Task<List<string>> QueryAsync(string sql) => _server.QueryAsync(Name, sql);

    /// <summary>Ends every connection to it, as a restart of the server would.</summary>
    public Task DisconnectAllAsync() => _server.ExecuteAsync("postgres", $"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{Name}'");

    public async ValueTask DisposeAsync()
    {
        if (_server.IsRunning)
            await _server.ExecuteAsync("postgres", $"DROP DATABASE IF EXISTS \"{Name}\" WITH (FORCE)");
    }
}
