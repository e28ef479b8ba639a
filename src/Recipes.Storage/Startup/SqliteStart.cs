using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Recipes.Storage;

/// <summary>The start of a SQLite file.</summary>
internal sealed class SqliteStart(IDbContextFactory<RecipesDatabase> databases, IOptions<StorageOptions> options, TimeProvider clock) : IDatabaseStart
{
    // SQLite result codes: the file is damaged, or is no database at all.
    private const int Corrupt = 11;
    private const int NotADatabase = 26;
    private static readonly TimeSpan s_lockWait = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_lockPoll = TimeSpan.FromMilliseconds(50);

    public async Task<IAsyncDisposable> LockAsync(CancellationToken cancellationToken)
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
                throw new StorageStartException($"Another process has been starting on this data folder for {s_lockWait.TotalSeconds} s (it holds {path}). Stop it, or wait until it has ended.", e);
            }
        }
    }

    public async Task MigrateAsync(CancellationToken cancellationToken)
    {
        var file = options.Value.DatabaseFile;
        try
        {
            await using var database = await databases.CreateDbContextAsync(cancellationToken);
            await database.ReadAsync("PRAGMA journal_mode = WAL", _ => true, cancellationToken);
            var hasHistory = await database.ReadAsync("SELECT name FROM sqlite_master WHERE name = '__EFMigrationsHistory'", _ => true, cancellationToken) is not [];
            if (!await database.IsBehindAsync(hasHistory, file, cancellationToken))
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
}
