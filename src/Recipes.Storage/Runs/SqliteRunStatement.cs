using System.Buffers;
using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Recipes.Storage;

/// <summary>The prepared upsert of one run. Binds spans straight to SQLite: <see cref="SqliteCommand"/> would copy every value into an array of its own.</summary>
internal sealed class SqliteRunStatement : IDisposable
{
    // A run of another tenant is never replaced, whatever its id.
    private const string Upsert = """
        INSERT INTO runs (id, tenant, recipe, recipe_version, status, caller, runtime_user, started_at, ended_at, failure, connections, input, output, journal, node)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)
        ON CONFLICT (id) DO UPDATE SET
            recipe = excluded.recipe, recipe_version = excluded.recipe_version, status = excluded.status, caller = excluded.caller,
            runtime_user = excluded.runtime_user, started_at = excluded.started_at, ended_at = excluded.ended_at, failure = excluded.failure,
            connections = excluded.connections, input = excluded.input, output = excluded.output, journal = excluded.journal, node = excluded.node
        WHERE tenant = excluded.tenant
        """;

    private readonly byte[] _node = new byte[36];
    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;

    /// <param name="node">Which node the runs are on.</param>
    public SqliteRunStatement(SqliteConnection connection, Guid node)
    {
        node.TryFormat(_node, out _, "D");
        _database = connection.Handle!;
        SqliteException.ThrowExceptionForRC(raw.sqlite3_prepare_v2(_database, Upsert, out _statement), _database);
    }

    /// <exception cref="SqliteException">When SQLite refuses the row.</exception>
    /// <exception cref="InvalidOperationException">When the id belongs to a run of another tenant.</exception>
    public void Execute(PendingRun pending)
    {
        var run = pending.Run;
        try
        {
            Span<byte> id = stackalloc byte[36];
            run.Id.Value.TryFormat(id, out _, "D");
            Check(raw.sqlite3_bind_text(_statement, 1, id));
            BindText(2, run.Tenant.Value);
            BindText(3, run.Recipe);
            BindText(4, run.RecipeVersion);
            BindText(5, run.Status.ToString());
            BindText(6, run.Caller.Value);
            BindText(7, run.RuntimeUser?.Value);
            Check(raw.sqlite3_bind_int64(_statement, 8, run.StartedAt.UtcTicks));
            if (run.EndedAt is { } endedAt)
                Check(raw.sqlite3_bind_int64(_statement, 9, endedAt.UtcTicks));
            if (!pending.Failure.IsEmpty)
                Check(raw.sqlite3_bind_text(_statement, 10, pending.Failure.Span));
            Check(raw.sqlite3_bind_text(_statement, 11, pending.Connections.Span));
            BindBlob(12, run.Input.Span);
            if (!run.Output.IsEmpty)
                BindBlob(13, run.Output.Span);
            BindBlob(14, pending.Journal.Span);
            Check(raw.sqlite3_bind_text(_statement, 15, _node));

            var result = raw.sqlite3_step(_statement);
            if (result != raw.SQLITE_DONE)
                SqliteException.ThrowExceptionForRC(result, _database);
            if (raw.sqlite3_changes(_database) == 0)
                throw new InvalidOperationException($"Run {run.Id} belongs to another tenant and is not replaced.");
        }
        finally
        {
            // Reset repeats the error of the step; it has been thrown already.
            _ = raw.sqlite3_reset(_statement);
            _ = raw.sqlite3_clear_bindings(_statement);
        }
    }

    public void Dispose() => _statement.Dispose();

    private void BindText(int index, string? text)
    {
        if (text is null)
            return; // Unbound is null.
        byte[]? rented = null;
        var longest = Encoding.UTF8.GetMaxByteCount(text.Length);
        var utf8 = longest <= 512 ? stackalloc byte[512] : rented = ArrayPool<byte>.Shared.Rent(longest);
        var length = Encoding.UTF8.GetBytes(text, utf8);
        var result = raw.sqlite3_bind_text(_statement, index, utf8[..length]);
        if (rented is not null)
            ArrayPool<byte>.Shared.Return(rented);
        Check(result);
    }

    private void BindBlob(int index, ReadOnlySpan<byte> bytes) =>
        Check(bytes.IsEmpty ? raw.sqlite3_bind_zeroblob(_statement, index, 0) : raw.sqlite3_bind_blob(_statement, index, bytes));

    private void Check(int result) => SqliteException.ThrowExceptionForRC(result, _database);
}
