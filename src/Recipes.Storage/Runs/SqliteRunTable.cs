using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;
using SQLitePCL;

namespace Recipes.Storage;

/// <summary>Runs in the SQLite file.</summary>
internal sealed class SqliteRunTable(IOptions<StorageOptions> options, Node node) : IRunTable
{
    private SqliteConnection? _connection;
    private SqliteRunStatements? _statements;

    public ValueTask WriteAsync(ReadOnlyMemory<PendingRun> runs)
    {
        var statements = Begin();
        try
        {
            foreach (var pending in runs.Span)
                pending.IsWritten = statements.Execute(pending);
            Run("COMMIT");
            return ValueTask.CompletedTask;
        }
        catch
        {
            Abandon();
            throw;
        }
    }

    public void Dispose() => Close();

    private SqliteRunStatements Begin()
    {
        try
        {
            var statements = Open();
            Run("BEGIN IMMEDIATE");
            return statements;
        }
        catch (Exception e)
        {
            Abandon();
            throw new RunTableAwayException(e);
        }
    }

    private SqliteRunStatements Open()
    {
        if (_statements is not null)
            return _statements;
        _connection = new(SqliteRecipes.ConnectionString(options.Value.DatabaseFile, pooled: false));
        _connection.Open();
        SqlitePragmas.Set(_connection, options.Value.RunSynchronous);
        return _statements = new(_connection, node.Id);
    }

    private void Run(string sql)
    {
        var database = _connection!.Handle!;
        SqliteException.ThrowExceptionForRC(raw.sqlite3_exec(database, sql), database);
    }

    /// <summary>Rolls back what is left of a failed transaction; a connection that cannot even do that is opened anew.</summary>
    private void Abandon()
    {
        // Some errors (disk full, I/O) have rolled back by themselves.
        if (_statements is not null && (raw.sqlite3_get_autocommit(_connection!.Handle!) != 0 || raw.sqlite3_exec(_connection.Handle!, "ROLLBACK") == raw.SQLITE_OK))
            return;
        Close();
    }

    private void Close()
    {
        _statements?.Dispose();
        _statements = null;
        _connection?.Dispose();
        _connection = null;
    }
}
