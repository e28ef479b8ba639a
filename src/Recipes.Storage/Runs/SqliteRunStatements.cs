using Microsoft.Data.Sqlite;
using Recipes.Engine;

namespace Recipes.Storage;

/// <summary>What is written of runs, prepared once for a connection.</summary>
/// <param name="node">Which node the runs are on.</param>
internal sealed class SqliteRunStatements(SqliteConnection connection, Guid node) : IDisposable
{
    private const string Columns = "(id, tenant, recipe, recipe_version, status, caller, runtime_user, started_at, ended_at, failure, connections, input, output, journal, node)";
    private const string Values = "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)";

    // A run of another tenant is never replaced, whatever its id.
    private readonly SqliteStatement _save = new(connection, $"""
        INSERT INTO runs {Columns} {Values}
        ON CONFLICT (id) DO UPDATE SET
            recipe = excluded.recipe, recipe_version = excluded.recipe_version, status = excluded.status, caller = excluded.caller,
            runtime_user = excluded.runtime_user, started_at = excluded.started_at, ended_at = excluded.ended_at, failure = excluded.failure,
            connections = excluded.connections, input = excluded.input, output = excluded.output, journal = excluded.journal, node = excluded.node
        WHERE tenant = excluded.tenant
        """);

    private readonly SqliteStatement _insert = new(connection, $"INSERT INTO runs {Columns} {Values}");
    private readonly SqliteStatement _remove = new(connection, "DELETE FROM runs WHERE id = ?1");
    private readonly SqliteStatement _key = new(connection, "INSERT INTO run_keys (tenant, key, run_id) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING");
    private readonly SqliteStatement _limit = new(connection, "INSERT INTO run_limits (run_id, key, most, tenant) VALUES (?1, ?2, ?3, ?4)");
    private readonly SqliteStatement _start = new(connection, "INSERT INTO run_states (run_id, tenant, recipe, claim, node, lease_until, due_at, since, state, held_for, losses, is_ended) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7, ?8, 0, 0, FALSE)");

    private readonly SqliteStatement _step = new(connection, """
        UPDATE run_states SET state = ?3, claim = CASE WHEN ?4 IS NULL THEN claim END, due_at = ?4, since = ?5, held_by = ?6, connector = ?7, lease_until = ?8, losses = 0, is_ended = FALSE
        WHERE run_id = ?1 AND claim = ?2 AND cancelled_by IS NULL
        """);

    private readonly SqliteStatement _reopen = new(connection, "UPDATE runs SET status = 'Running', failure = NULL, ended_at = NULL WHERE id = ?1");
    private readonly SqliteStatement _pause = new(connection, "UPDATE runs SET status = ?2, failure = ?3, ended_at = NULL WHERE id = ?1");
    private readonly SqliteStatement _journal = new(connection, "INSERT INTO run_journal (run_id, first, entries) VALUES (?1, ?2, ?3) ON CONFLICT (run_id, first) DO UPDATE SET entries = excluded.entries");
    private readonly SqliteStatement _cutJournal = new(connection, "DELETE FROM run_journal WHERE run_id = ?1 AND first > ?2");
    private readonly SqliteStatement _forget = new(connection, "DELETE FROM run_states WHERE run_id = ?1 AND claim = ?2");
    private readonly SqliteStatement _keep = new(connection, "UPDATE run_states SET claim = NULL, due_at = NULL, held_by = NULL, cancelled_by = NULL, is_ended = TRUE, state = ?3 WHERE run_id = ?1 AND claim = ?2");
    private readonly SqliteStatement _forgetJournal = new(connection, "DELETE FROM run_journal WHERE run_id = ?1");
    private readonly SqliteStatement _end = new(connection, "UPDATE runs SET status = ?2, ended_at = ?3, failure = ?4, output = ?5, journal = ?6, node = ?7 WHERE id = ?1");

    /// <returns>Whether it was written.</returns>
    /// <exception cref="SqliteException">When SQLite refuses it.</exception>
    /// <exception cref="InvalidOperationException">When the id belongs to a run of another tenant.</exception>
    public bool Execute(PendingRun pending) => pending.Write switch
    {
        RunWrite.Save save => Save(pending, save.Run),
        RunWrite.Start start => Start(pending, start.What),
        RunWrite.Step step => Step(pending, step.What),
        RunWrite.End end => End(pending, end),
        _ => throw new InvalidOperationException("An unknown write."),
    };

    public void Dispose()
    {
        foreach (var statement in (SqliteStatement[])[_save, _insert, _remove, _key, _limit, _start, _step, _reopen, _pause, _journal, _cutJournal, _forget, _keep, _forgetJournal, _end])
            statement.Dispose();
    }

    private bool Save(PendingRun pending, Run run) =>
        Execute(Bind(_save, pending, run)) > 0 ? true : throw new InvalidOperationException($"Run {run.Id} belongs to another tenant and is not replaced.");

    private bool Start(PendingRun pending, RunStart start)
    {
        var (run, id) = (start.Run, start.Run.Id.Value);
        Execute(Bind(_insert, pending, run));
        if (start.OnceKey is { } key && Execute(_key.Bind(1, run.Tenant.Value).Bind(2, key).Bind(3, id)) == 0)
        {
            Execute(_remove.Bind(1, id));
            return false;
        }

        Execute(_start.Bind(1, id).Bind(2, run.Tenant.Value).Bind(3, run.Recipe).Bind(4, start.Claim).Bind(5, start.Claim is null ? null : node)
            .Bind(6, start.Claim is null ? null : pending.LeaseUntil).Bind(7, start.Claim is null ? run.StartedAt : null).BindBlob(8, start.State.Span));
        WriteJournal(pending, id, 0);
        foreach (var limit in start.Limits)
            Execute(_limit.Bind(1, id).Bind(2, limit.Key).Bind(3, limit.Most).Bind(4, run.Tenant.Value));
        return true;
    }

    private bool Step(PendingRun pending, RunStep step)
    {
        var (id, pause) = (step.Run.Value, step.Pause);
        if (Execute(_step.Bind(1, id).Bind(2, step.Claim).BindBlob(3, step.State.Span).Bind(4, pause?.DueAt).Bind(5, pause?.Since).Bind(6, pause?.Connection?.Value).Bind(7, pause?.Connector).Bind(8, pending.LeaseUntil)) == 0)
            return false;
        WriteJournal(pending, id, step.JournalFrom);
        if (step.IsReopened)
            Execute(_reopen.Bind(1, id));
        if (pause is not null)
            Execute(_pause.Bind(1, id).Bind(2, pause.Status.ToString()).BindUtf8(3, pending.Failure.Span));
        return true;
    }

    private bool End(PendingRun pending, RunWrite.End end)
    {
        var (run, id) = (end.Run, end.Run.Id.Value);
        var kept = end.State.IsEmpty ? Execute(_forget.Bind(1, id).Bind(2, end.Claim)) : Execute(_keep.Bind(1, id).Bind(2, end.Claim).BindBlob(3, end.State.Span));
        if (kept == 0)
            return false;
        Execute(_forgetJournal.Bind(1, id));
        _end.Bind(1, id).Bind(2, run.Status.ToString()).Bind(3, run.EndedAt).BindUtf8(4, pending.Failure.Span).BindBlob(6, pending.Journal.Span).Bind(7, node);
        if (!run.Output.IsEmpty)
            _end.BindBlob(5, run.Output.Span);
        Execute(_end);
        return true;
    }

    private void WriteJournal(PendingRun pending, Guid run, int first)
    {
        if (pending.Journal.IsEmpty)
            return;
        Execute(_cutJournal.Bind(1, run).Bind(2, first));
        Execute(_journal.Bind(1, run).Bind(2, first).BindBlob(3, pending.Journal.Span));
    }

    private SqliteStatement Bind(SqliteStatement statement, PendingRun pending, Run run)
    {
        statement.Bind(1, run.Id.Value).Bind(2, run.Tenant.Value).Bind(3, run.Recipe).Bind(4, run.RecipeVersion).Bind(5, run.Status.ToString()).Bind(6, run.Caller.Value)
            .Bind(7, run.RuntimeUser?.Value).Bind(8, run.StartedAt).Bind(9, run.EndedAt).BindUtf8(10, pending.Failure.Span).BindUtf8(11, pending.Connections.Span)
            .BindBlob(12, run.Input.Span).BindBlob(14, pending.Write is RunWrite.Save ? pending.Journal.Span : default).Bind(15, node);
        if (!run.Output.IsEmpty)
            statement.BindBlob(13, run.Output.Span);
        return statement;
    }

    private static int Execute(SqliteStatement statement)
    {
        try
        {
            return statement.Execute();
        }
        finally
        {
            statement.Reset();
        }
    }
}
