using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace Recipes.Testing;

/// <summary>A PostgreSQL server with a cluster of its own, on loopback. As root it runs as <c>nobody</c>: PostgreSQL refuses root.</summary>
/// <remarks>Nothing is pushed to the disk: what is stored outlives a restart of the server and a killed client, but no power cut.</remarks>
public sealed class PostgresServer : IAsyncDisposable
{
    /// <summary>Who owns the databases that tests get, and may do nothing else on the server.</summary>
    public const string User = "recipes";

    private const int Attempts = 5;

    // One for all tests of a process: a cluster takes a second or two, a database in it some milliseconds.
    private static readonly Lazy<Task<PostgresServer>> s_shared = new(StartSharedAsync);

    private readonly ConcurrentDictionary<string, Lazy<Task<string>>> _templates = new();
    // A database cannot be copied twice at once.
    private readonly SemaphoreSlim _copying = new(1, 1);
    private readonly string _folder;
    private ServerProcess? _process;

    private PostgresServer(string folder) => _folder = folder;

    public int Port { get; private set; }

    /// <summary>The password of <see cref="User"/>.</summary>
    public string Password { get; } = Canaries.NewSecret("password of PostgreSQL");

    public bool IsRunning => _process is { IsRunning: true };

    /// <summary>The server that the tests of this process share. It ends with the process.</summary>
    public static Task<PostgresServer> SharedAsync() => s_shared.Value;

    /// <summary>Starts a server of its own, for tests that stop it.</summary>
    /// <exception cref="InvalidOperationException">When it does not come up; the message holds its last output.</exception>
    public static async Task<PostgresServer> StartAsync()
    {
        // The server makes the folder itself, as it has to be its own.
        var server = new PostgresServer(Path.Combine(Path.GetTempPath(), $"recipes-pg-{Guid.NewGuid():N}"));
        try
        {
            await RunAsync("initdb", "-D", server._folder, "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C");
            // Its owner needs no password on loopback, everybody else does.
            await File.WriteAllTextAsync(Path.Combine(server._folder, "pg_hba.conf"), "host all postgres 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\n");
            await server.ResumeAsync();
            await server.ExecuteAsync("postgres", $"CREATE USER {User} PASSWORD '{server.Password}'");
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Makes an empty database.</summary>
    public Task<PostgresDatabase> CreateDatabaseAsync() => CreateAsync("template0");

    /// <summary>Makes a database that begins as a copy of another one.</summary>
    /// <param name="template">Names what is copied, the same for all that want the same.</param>
    /// <param name="make">Fills the one that is copied, once; given its connection string. It must leave no connection open.</param>
    public async Task<PostgresDatabase> CreateDatabaseAsync(string template, Func<string, Task> make)
    {
        var made = _templates.GetOrAdd(template, _ => new(async () =>
        {
            var database = await CreateDatabaseAsync();
            await make(database.ConnectionString);
            return database.Name;
        }));
        return await CreateAsync(await made.Value);
    }

    /// <summary>As <see cref="User"/>, with its password.</summary>
    public string ConnectionString(string database) => $"Host=127.0.0.1;Port={Port};Database={database};Username={User};Password={Password}";

    /// <summary>Ends the server at once, and all connections to it; what is stored stays.</summary>
    public async Task StopAsync()
    {
        if (_process is null)
            return;
        if (_process.IsRunning)
            await RunAsync("pg_ctl", "stop", "-D", _folder, "-m", "immediate", "-w");
        await _process.DisposeAsync();
        _process = null;
    }

    /// <summary>Starts it, the first time or again on what it holds, on the same port.</summary>
    public async Task ResumeAsync()
    {
        for (var attempt = 1; ; attempt++)
        {
            if (Port == 0 || attempt > 1)
                Port = FreePort.Next();
            var (program, arguments) = Command("postgres", "-D", _folder, "-p", Port.ToString(CultureInfo.InvariantCulture),
                "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off",
                "-c", "shared_buffers=32MB", "-c", "max_connections=200", "-c", "autovacuum_naptime=60");
            var process = ServerProcess.Start(program, arguments, Path.GetTempPath());
            try
            {
                await process.ReadyAsync(async _ =>
                {
                    try
                    {
                        await ExecuteAsync("postgres", "SELECT 1");
                        return true;
                    }
                    catch (NpgsqlException)
                    {
                        return false;
                    }
                });
                _process = process;
                return;
            }
            catch (InvalidOperationException) when (attempt < Attempts && process.Output.Contains("Address already in use", StringComparison.Ordinal))
            {
                await process.DisposeAsync();
            }
            catch
            {
                await process.DisposeAsync();
                throw;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _copying.Dispose();
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }

    internal async Task<object?> ExecuteAsync(string database, string sql)
    {
        await using var connection = new NpgsqlConnection(OwnersConnectionString(database));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }

    internal async Task<List<string>> QueryAsync(string database, string sql)
    {
        await using var connection = new NpgsqlConnection(OwnersConnectionString(database));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync();
        List<string> rows = [];
        while (await reader.ReadAsync())
            rows.Add(Convert.ToString(reader.GetValue(0), CultureInfo.InvariantCulture) ?? "");
        return rows;
    }

    // Not pooled: a database with a connection to it can be neither copied nor dropped.
    private string OwnersConnectionString(string database) => $"Host=127.0.0.1;Port={Port};Database={database};Username=postgres;Pooling=false;Timeout=5";

    private static async Task<PostgresServer> StartSharedAsync()
    {
        var server = await StartAsync();
        // Nothing is awaited at the end of a process.
        AppDomain.CurrentDomain.ProcessExit += (_, _) => server.DisposeAsync().AsTask().GetAwaiter().GetResult();
        return server;
    }

    private async Task<PostgresDatabase> CreateAsync(string template)
    {
        var database = new PostgresDatabase(this, $"test_{Guid.NewGuid():N}");
        await _copying.WaitAsync();
        try
        {
            await ExecuteAsync("postgres", $"CREATE DATABASE {database.Name} OWNER {User} TEMPLATE {template}");
        }
        finally
        {
            _copying.Release();
        }

        return database;
    }

    private static (string Program, string[] Arguments) Command(string program, params string[] arguments)
    {
        var path = Path.Combine(PostgresPrograms.Folder ?? throw new FileNotFoundException("PostgreSQL is not installed; ./test says how to get it."), program);
        return Environment.UserName == "root" ? (Programs.Get("setpriv"), ["--reuid=nobody", "--regid=nogroup", "--clear-groups", path, .. arguments]) : (path, arguments);
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        var (file, given) = Command(program, arguments);
        var start = new ProcessStartInfo(file, given) { WorkingDirectory = Path.GetTempPath(), UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} ended with {process.ExitCode}:\n{await output}\n{await error}");
    }
}
