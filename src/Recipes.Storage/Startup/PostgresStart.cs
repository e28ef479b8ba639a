using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Recipes.Storage;

/// <summary>The start of a node on PostgreSQL. Of nodes that start at once, one at a time gets to it.</summary>
internal sealed partial class PostgresStart(
    NpgsqlDataSource source, IDbContextFactory<RecipesDatabase> databases, IOptions<StorageOptions> options, TimeProvider clock, ILogger<PostgresStart> log) : IDatabaseStart
{
    // Any number, as long as no other program uses it in the same database.
    private const long LockKey = 0x7265_6369_7065_7301;
    private static readonly TimeSpan s_lockWait = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(250);

    private PostgresAddress Address { get; } = PostgresAddress.Of(source.ConnectionString);

    public async Task<IAsyncDisposable> LockAsync(CancellationToken cancellationToken)
    {
        var connection = await OpenAsync(cancellationToken);
        try
        {
            // A lock of the session: the server frees it however this process ends.
            await using var command = connection.CreateCommand();
            command.CommandText = $"SET lock_timeout = {s_lockWait.TotalMilliseconds:0}; SELECT pg_advisory_lock({LockKey})";
            command.CommandTimeout = 0;
            await command.ExecuteNonQueryAsync(cancellationToken);
            return new Held(connection);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            await connection.DisposeAsync();
            throw new StorageStartException($"Another node has been starting on {Address} for {s_lockWait.TotalSeconds} s. Wait until it has ended, or stop it.", e);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public async Task MigrateAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var database = await databases.CreateDbContextAsync(cancellationToken);
            var hasHistory = await database.ReadAsync("SELECT 1 WHERE to_regclass('\"__EFMigrationsHistory\"') IS NOT NULL", _ => true, cancellationToken) is not [];
            if (await database.IsBehindAsync(hasHistory, Address.ToString(), cancellationToken))
                await database.Database.MigrateAsync(cancellationToken);
        }
        catch (Exception e) when ((e as NpgsqlException ?? e.InnerException as NpgsqlException) is { } refused)
        {
            // EF Core wraps what it holds for transient.
            throw new StorageStartException(Address.Explain(refused), e);
        }
    }

    /// <summary>A server that is just being started is waited for; what waiting cannot mend is told at once.</summary>
    private async Task<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken)
    {
        var start = clock.GetTimestamp();
        for (var told = false; ; told = true)
        {
            try
            {
                return await source.OpenConnectionAsync(cancellationToken);
            }
            catch (NpgsqlException e) when (PostgresAddress.MayPass(e) && clock.GetElapsedTime(start) < options.Value.PostgresWait)
            {
                if (!told)
                    LogWaiting(Address.ToString(), options.Value.PostgresWait.TotalSeconds);
                await Task.Delay(s_pause, clock, cancellationToken);
            }
            catch (NpgsqlException e)
            {
                throw new StorageStartException(Address.Explain(e), e);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Database} cannot be reached yet; waiting for up to {Seconds} s")]
    private partial void LogWaiting(string database, double seconds);

    private sealed class Held(NpgsqlConnection connection) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            try
            {
                // A pooled connection lives on after this.
                await using var command = connection.CreateCommand();
                command.CommandText = $"SELECT pg_advisory_unlock({LockKey}); RESET lock_timeout";
                await command.ExecuteNonQueryAsync();
            }
            catch (NpgsqlException)
            {
                // The connection broke, and the lock went with it.
            }

            await connection.DisposeAsync();
        }
    }
}
