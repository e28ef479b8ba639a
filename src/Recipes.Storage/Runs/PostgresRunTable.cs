using Npgsql;
using NpgsqlTypes;

namespace Recipes.Storage;

/// <summary>Runs in PostgreSQL: a group is one batch of a prepared statement, which the server runs as one transaction, in one round trip.</summary>
internal sealed class PostgresRunTable(NpgsqlDataSource source, Node node) : IRunTable
{
    // A run of another tenant is never replaced, whatever its id.
    private const string Upsert = """
        INSERT INTO runs (id, tenant, recipe, recipe_version, status, caller, runtime_user, started_at, ended_at, failure, connections, input, output, journal, node)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
        ON CONFLICT (id) DO UPDATE SET
            recipe = excluded.recipe, recipe_version = excluded.recipe_version, status = excluded.status, caller = excluded.caller,
            runtime_user = excluded.runtime_user, started_at = excluded.started_at, ended_at = excluded.ended_at, failure = excluded.failure,
            connections = excluded.connections, input = excluded.input, output = excluded.output, journal = excluded.journal, node = excluded.node
        WHERE runs.tenant = excluded.tenant
        """;

    private NpgsqlConnection? _connection;

    public async ValueTask WriteAsync(ReadOnlyMemory<PendingRun> runs)
    {
        try
        {
            _connection ??= await source.OpenConnectionAsync();
            await using var batch = new NpgsqlBatch(_connection);
            for (var i = 0; i < runs.Length; i++)
                batch.BatchCommands.Add(Command(runs.Span[i]));
            // Sends nothing for a statement that this connection has prepared before.
            await batch.PrepareAsync();
            await batch.ExecuteNonQueryAsync();
            for (var i = 0; i < runs.Length; i++)
            {
                // What else was in the group is stored by now; storing it once more changes nothing.
                if (batch.BatchCommands[i].RecordsAffected == 0)
                    throw new InvalidOperationException($"Run {runs.Span[i].Run.Id} belongs to another tenant and is not replaced.");
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

    private NpgsqlBatchCommand Command(PendingRun pending)
    {
        var run = pending.Run;
        return new NpgsqlBatchCommand(Upsert)
        {
            Parameters =
            {
                new NpgsqlParameter<Guid> { TypedValue = run.Id.Value },
                Text(run.Tenant.Value),
                Text(run.Recipe),
                Text(run.RecipeVersion),
                Text(run.Status.ToString()),
                Text(run.Caller.Value),
                Text(run.RuntimeUser?.Value),
                new NpgsqlParameter<DateTimeOffset> { TypedValue = run.StartedAt.ToUniversalTime(), NpgsqlDbType = NpgsqlDbType.TimestampTz },
                new NpgsqlParameter { Value = run.EndedAt is { } at ? at.ToUniversalTime() : DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz },
                Json(pending.Failure),
                Json(pending.Connections),
                Bytes(run.Input),
                run.Output.IsEmpty ? new NpgsqlParameter { Value = DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bytea } : Bytes(run.Output),
                Bytes(pending.Journal),
                new NpgsqlParameter<Guid> { TypedValue = node.Id },
            },
        };
    }

    private static NpgsqlParameter Text(string? text) => new() { Value = text is null ? DBNull.Value : PostgresText.Of(text), NpgsqlDbType = NpgsqlDbType.Text };

    private static NpgsqlParameter Bytes(ReadOnlyMemory<byte> bytes) => new NpgsqlParameter<ReadOnlyMemory<byte>> { TypedValue = bytes, NpgsqlDbType = NpgsqlDbType.Bytea };

    // UTF-8 already.
    private static NpgsqlParameter Json(ReadOnlyMemory<byte> json) => json.IsEmpty
        ? new NpgsqlParameter { Value = DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text }
        : new NpgsqlParameter<ReadOnlyMemory<byte>> { TypedValue = json, NpgsqlDbType = NpgsqlDbType.Text };

    private async ValueTask CloseAsync()
    {
        if (_connection is { } connection)
        {
            _connection = null;
            await connection.DisposeAsync();
        }
    }
}
