using Microsoft.Extensions.Options;
using Npgsql;

namespace Recipes.Storage;

/// <summary>Runs in PostgreSQL: a group is one batch of prepared statements, which the server runs as one transaction, in one round trip.</summary>
internal sealed class PostgresRunTable(NpgsqlDataSource source, Node node, IOptions<StorageOptions> options) : IRunTable
{
    private readonly PostgresRunStatements _statements = new(node.Id, options.Value.RunLease);
    private const int MostAttempts = 3;

    private NpgsqlConnection? _connection;

    public async ValueTask WriteAsync(ReadOnlyMemory<PendingRun> runs)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await WriteOnceAsync(runs);
                return;
            }
            catch (RunTableAwayException e) when (e.InnerException is PostgresException { SqlState: PostgresErrorCodes.DeadlockDetected } && attempt < MostAttempts)
            {
                // The other one has what it wanted by now.
            }
        }
    }

    private async Task WriteOnceAsync(ReadOnlyMemory<PendingRun> runs)
    {
        try
        {
            _connection ??= await source.OpenConnectionAsync();
            await using var batch = new NpgsqlBatch(_connection);
            for (var i = 0; i < runs.Length; i++)
                batch.BatchCommands.Add(_statements.Of(runs.Span[i]));
            // Sends nothing for a statement that this connection has prepared before.
            await batch.PrepareAsync();
            await batch.ExecuteNonQueryAsync();
            for (var i = 0; i < runs.Length; i++)
            {
                var pending = runs.Span[i];
                pending.IsWritten = batch.BatchCommands[i].RecordsAffected > 0;
                if (pending.Write is RunWrite.Save { Run: var run } && !pending.IsWritten)
                    pending.Fault = new InvalidOperationException($"Run {run.Id} belongs to another tenant and is not replaced.");
            }
        }
        catch (PostgresException e) when (e.IsTransient || _connection is not { State: System.Data.ConnectionState.Open })
        {
            await CloseAsync();
            throw new RunTableAwayException(e);
        }
        catch (Exception e) when (e is NpgsqlException and not PostgresException or TimeoutException)
        {
            await CloseAsync();
            throw new RunTableAwayException(e);
        }
    }

    public void Dispose()
    {
        _connection?.Dispose();
        _connection = null;
    }

    private async ValueTask CloseAsync()
    {
        if (_connection is { } connection)
        {
            _connection = null;
            await connection.DisposeAsync();
        }
    }
}
