using Npgsql;
using NpgsqlTypes;
using Recipes.Engine;

namespace Recipes.Storage;

/// <summary>What is written of runs: one statement each, whose count of rows tells whether it was.</summary>
/// <param name="node">Which node the runs are on.</param>
/// <param name="lease">How long a claim is good.</param>
internal sealed class PostgresRunStatements(Guid node, TimeSpan lease)
{
    private const string Columns = "id, tenant, recipe, recipe_version, status, caller, runtime_user, started_at, ended_at, failure, connections, input, output, journal, node";
    private const string Values = "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15";

    // A run of another tenant is never replaced, whatever its id.
    private const string Save = $"""
        INSERT INTO runs ({Columns}) VALUES ({Values})
        ON CONFLICT (id) DO UPDATE SET
            recipe = excluded.recipe, recipe_version = excluded.recipe_version, status = excluded.status, caller = excluded.caller,
            runtime_user = excluded.runtime_user, started_at = excluded.started_at, ended_at = excluded.ended_at, failure = excluded.failure,
            connections = excluded.connections, input = excluded.input, output = excluded.output, journal = excluded.journal, node = excluded.node
        WHERE runs.tenant = excluded.tenant
        """;

    private static readonly string s_start = $"""
        WITH k AS (INSERT INTO run_keys (tenant, key, run_id) SELECT $2, $16, $1 WHERE $16 IS NOT NULL ON CONFLICT DO NOTHING RETURNING 1),
        r AS (INSERT INTO runs ({Columns}) SELECT {Values} WHERE $16 IS NULL OR EXISTS (SELECT 1 FROM k) RETURNING id),
        j AS (INSERT INTO run_journal (run_id, first, entries) SELECT id, 0, $19 FROM r WHERE $19 IS NOT NULL),
        l AS (INSERT INTO run_limits (run_id, key, most, tenant) SELECT r.id, unnest($20), unnest($21), $2 FROM r)
        INSERT INTO run_states (run_id, tenant, recipe, claim, node, lease_until, due_at, since, state, held_for, losses, is_ended)
        SELECT id, $2, $3, $17, CASE WHEN $17 IS NOT NULL THEN $15 END, CASE WHEN $17 IS NOT NULL THEN clock_timestamp() + $22 END,
            CASE WHEN $17 IS NULL THEN clock_timestamp() END, CASE WHEN $17 IS NULL THEN clock_timestamp() END, $18, 0, 0, FALSE FROM r
        """;

    // The row first, so that nothing is written beside it under a claim that is not good any more.
    private const string Step = """
        WITH s AS (SELECT run_id FROM run_states WHERE run_id = $1 AND claim = $2 AND cancelled_by IS NULL FOR UPDATE),
        j AS (INSERT INTO run_journal (run_id, first, entries) SELECT run_id, $4, $5 FROM s WHERE $5 IS NOT NULL
            ON CONFLICT (run_id, first) DO UPDATE SET entries = excluded.entries RETURNING run_id),
        d AS (DELETE FROM run_journal WHERE first > $4 AND run_id IN (SELECT run_id FROM j))
        UPDATE run_states SET state = $3, lease_until = clock_timestamp() + $6, losses = 0 WHERE run_id IN (SELECT run_id FROM s)
        """;

    private const string Reopen = """
        WITH s AS (UPDATE run_states SET state = $3, lease_until = clock_timestamp() + $6, losses = 0, is_ended = FALSE WHERE run_id = $1 AND claim = $2 AND cancelled_by IS NULL RETURNING run_id),
        j AS (INSERT INTO run_journal (run_id, first, entries) SELECT run_id, $4, $5 FROM s WHERE $5 IS NOT NULL ON CONFLICT (run_id, first) DO UPDATE SET entries = excluded.entries)
        UPDATE runs SET status = 'Running', failure = NULL, ended_at = NULL WHERE id IN (SELECT run_id FROM s)
        """;

    private const string Pause = """
        WITH s AS (UPDATE run_states SET state = $3, claim = NULL, due_at = $6, since = $7, held_by = $8, connector = $9, losses = 0, is_ended = FALSE WHERE run_id = $1 AND claim = $2 AND cancelled_by IS NULL RETURNING run_id),
        j AS (INSERT INTO run_journal (run_id, first, entries) SELECT run_id, $4, $5 FROM s WHERE $5 IS NOT NULL ON CONFLICT (run_id, first) DO UPDATE SET entries = excluded.entries RETURNING run_id),
        d AS (DELETE FROM run_journal WHERE first > $4 AND run_id IN (SELECT run_id FROM j))
        UPDATE runs SET status = $10, failure = $11, ended_at = NULL WHERE id IN (SELECT run_id FROM s)
        """;

    private const string End = """
        WITH s AS (DELETE FROM run_states WHERE run_id = $1 AND claim = $2 RETURNING run_id),
        j AS (DELETE FROM run_journal WHERE run_id IN (SELECT run_id FROM s))
        UPDATE runs SET status = $3, ended_at = $4, failure = $5, output = $6, journal = $7, node = $8 WHERE id IN (SELECT run_id FROM s)
        """;

    private const string EndKept = """
        WITH s AS (UPDATE run_states SET claim = NULL, due_at = NULL, held_by = NULL, cancelled_by = NULL, is_ended = TRUE, state = $9 WHERE run_id = $1 AND claim = $2 RETURNING run_id),
        j AS (DELETE FROM run_journal WHERE run_id IN (SELECT run_id FROM s))
        UPDATE runs SET status = $3, ended_at = $4, failure = $5, output = $6, journal = $7, node = $8 WHERE id IN (SELECT run_id FROM s)
        """;

    public NpgsqlBatchCommand Of(PendingRun pending) => pending.Write switch
    {
        RunWrite.Save save => Command(Save, RunParameters(pending, save.Run, pending.Journal)),
        RunWrite.Start start => OfStart(pending, start.What),
        RunWrite.Step { What: var step } => step.Pause is { } pause ? OfPause(pending, step, pause) : Command(step.IsReopened ? Reopen : Step, Id(step.Run.Value), Id(step.Claim), Bytes(step.State), Number(step.JournalFrom), BytesOrNull(pending.Journal), Lease()),
        RunWrite.End end => OfEnd(pending, end),
        _ => throw new InvalidOperationException("An unknown write."),
    };

    private NpgsqlBatchCommand OfStart(PendingRun pending, RunStart start) => Command(
        s_start,
        [
            .. RunParameters(pending, start.Run, default), Text(start.OnceKey), Id(start.Claim), Bytes(start.State), BytesOrNull(pending.Journal),
            new NpgsqlParameter<string[]> { TypedValue = [.. start.Limits.Select(l => l.Key)], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
            new NpgsqlParameter<int[]> { TypedValue = [.. start.Limits.Select(l => l.Most)], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer },
            Lease(),
        ]);

    private static NpgsqlBatchCommand OfPause(PendingRun pending, RunStep step, RunPause pause) => Command(
        Pause, Id(step.Run.Value), Id(step.Claim), Bytes(step.State), Number(step.JournalFrom), BytesOrNull(pending.Journal), Time(pause.DueAt), Time(pause.Since), Id(pause.Connection?.Value), Text(pause.Connector),
        Text(pause.Status.ToString()), Json(pending.Failure));

    private NpgsqlBatchCommand OfEnd(PendingRun pending, RunWrite.End end)
    {
        NpgsqlParameter[] parameters =
            [Id(end.Run.Id.Value), Id(end.Claim), Text(end.Run.Status.ToString()), Time(end.Run.EndedAt), Json(pending.Failure), BytesOrNull(end.Run.Output), Bytes(pending.Journal), Id(node)];
        return end.State.IsEmpty ? Command(End, parameters) : Command(EndKept, [.. parameters, Bytes(end.State)]);
    }

    private NpgsqlParameter[] RunParameters(PendingRun pending, Run run, ReadOnlyMemory<byte> journal) =>
    [
        Id(run.Id.Value), Text(run.Tenant.Value), Text(run.Recipe), Text(run.RecipeVersion), Text(run.Status.ToString()), Text(run.Caller.Value), Text(run.RuntimeUser?.Value), Time(run.StartedAt), Time(run.EndedAt),
        Json(pending.Failure), Json(pending.Connections), Bytes(run.Input), BytesOrNull(run.Output), Bytes(journal), Id(node),
    ];

    private static NpgsqlBatchCommand Command(string sql, params NpgsqlParameter[] parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var parameter in parameters)
            command.Parameters.Add(parameter);
        return command;
    }

    private static NpgsqlParameter Id(Guid? id) => new() { Value = id is { } some ? some : DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid };

    private NpgsqlParameter Lease() => new NpgsqlParameter<TimeSpan> { TypedValue = lease, NpgsqlDbType = NpgsqlDbType.Interval };

    private static NpgsqlParameter Number(int number) => new NpgsqlParameter<int> { TypedValue = number };

    private static NpgsqlParameter Text(string? text) => new() { Value = text is null ? DBNull.Value : PostgresText.Of(text), NpgsqlDbType = NpgsqlDbType.Text };

    private static NpgsqlParameter Time(DateTimeOffset? at) => new() { Value = at is { } some ? some.ToUniversalTime() : DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz };

    private static NpgsqlParameter Bytes(ReadOnlyMemory<byte> bytes) => new NpgsqlParameter<ReadOnlyMemory<byte>> { TypedValue = bytes, NpgsqlDbType = NpgsqlDbType.Bytea };

    private static NpgsqlParameter BytesOrNull(ReadOnlyMemory<byte> bytes) => bytes.IsEmpty ? new NpgsqlParameter { Value = DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bytea } : Bytes(bytes);

    // UTF-8 already.
    private static NpgsqlParameter Json(ReadOnlyMemory<byte> json) => json.IsEmpty
        ? new NpgsqlParameter { Value = DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text }
        : new NpgsqlParameter<ReadOnlyMemory<byte>> { TypedValue = json, NpgsqlDbType = NpgsqlDbType.Text };
}
