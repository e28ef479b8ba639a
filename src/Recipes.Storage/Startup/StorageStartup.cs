using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Recipes.Storage;

/// <summary>Makes the data folder fit for use before anything else touches it: folder, file, migrations, then the key ring's check.</summary>
/// <remarks>Runs once, however often it is asked; hosted, it runs before any other service starts (Data Protection would make a key).</remarks>
internal sealed class StorageStartup(
    IDbContextFactory<RecipesDatabase> databases, IOptions<StorageOptions> options, KeyRingCheck keyRing, TimeProvider clock) : IHostedLifecycleService, IDisposable
{
    // SQLite result codes: the file is damaged, or is no database at all.
    private const int Corrupt = 11;
    private const int NotADatabase = 26;
    private static readonly TimeSpan s_lockWait = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_lockPoll = TimeSpan.FromMilliseconds(50);

    private readonly SemaphoreSlim _once = new(1, 1);
    private bool _done;

    /// <exception cref="StorageStartException">When this data folder cannot or must not be used.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await _once.WaitAsync(cancellationToken);
        try
        {
            if (_done)
                return;
            DataFolder.Prepare(options.Value);
            await MigrateAsync(cancellationToken);
            await keyRing.RunAsync(cancellationToken);
            _done = true;
        }
        finally
        {
            _once.Release();
        }
    }

    public Task StartingAsync(CancellationToken cancellationToken) => RunAsync(cancellationToken);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Wakes EF Core beside the first requests, so that none of them pays for all of it.</summary>
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        _ = Task.Run(WakeAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _once.Dispose();

    private async Task WakeAsync()
    {
        try
        {
            await using var database = await databases.CreateDbContextAsync();
            _ = await database.ConnectionDefinitions.AnyAsync();
        }
        catch (Exception e) when (e is SqliteException or ObjectDisposedException or InvalidOperationException)
        {
            // Only a head start: whoever needs the database meets the fault, and a host may stop at any moment.
        }
    }

    private async Task MigrateAsync(CancellationToken cancellationToken)
    {
        var file = options.Value.DatabaseFile;
        try
        {
            using var alone = await LockAsync(cancellationToken);
            await using var database = await databases.CreateDbContextAsync(cancellationToken);
            await database.ReadAsync("PRAGMA journal_mode = WAL", _ => true, cancellationToken);
            var applied = await database.ReadAsync("SELECT name FROM sqlite_master WHERE name = '__EFMigrationsHistory'", _ => true, cancellationToken) is []
                ? []
                : await database.ReadAsync("SELECT \"MigrationId\" FROM \"__EFMigrationsHistory\"", row => row.GetString(0), cancellationToken);
            var known = database.Database.GetMigrations().ToList();
            var newer = applied.Except(known).ToList();
            if (newer.Count > 0)
            {
                throw new StorageStartException(
                    $"The database {file} was written by a newer version (it has migration {string.Join(", ", newer)}, which this version does not know). " +
                    "Start that version, or restore a copy of the data folder made before the upgrade.");
            }
            if (known.All(applied.Contains))
                return;
            // EF Core's own lock is a row that a killed process leaves behind, and then it waits for ever. The file lock held here
            // is freed by the system, so any row found now is such a leftover.
            await database.Database.ExecuteSqlRawAsync("DROP TABLE IF EXISTS \"__EFMigrationsLock\"", cancellationToken);
            await database.Database.MigrateAsync(cancellationToken);
        }
        catch (SqliteException e) when (e.SqliteErrorCode is Corrupt or NotADatabase)
        {
            throw new StorageStartException($"The file {file} is damaged or is no SQLite database. Restore it (with its -wal file) from a backup, or move it away to start empty.", e);
        }
        catch (SqliteException e)
        {
            throw new StorageStartException($"The database {file} cannot be opened or brought up to date: {e.Message}", e);
        }
    }

    /// <summary>Keeps other processes on the same folder from migrating at the same time.</summary>
    private async Task<FileStream> LockAsync(CancellationToken cancellationToken)
    {
        var path = Path.Combine(options.Value.FullDataFolder, "migrate.lock");
        var start = clock.GetTimestamp();
        while (true)
        {
            try
            {
                return DataFolder.OpenPrivate(path, FileShare.None);
            }
            catch (IOException) when (clock.GetElapsedTime(start) < s_lockWait)
            {
                await Task.Delay(s_lockPoll, clock, cancellationToken);
            }
            catch (IOException e)
            {
                throw new StorageStartException($"Another process has been migrating the database for {s_lockWait.TotalSeconds} s (it holds {path}). Stop it, or wait until it has ended.", e);
            }
        }
    }
}
