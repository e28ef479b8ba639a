using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;
using SQLitePCL;

namespace Recipes.Storage;

/// <summary>Runs in the SQLite file.</summary>
internal sealed class SqliteRunTable(IOptions<StorageOptions> options, Node node) : IRunTable
{
    private SqliteConnection? _connection;
    private SqliteRunStatement? _statement;

    public ValueTask WriteAsync(ReadOnlyMemory<PendingRun> runs)
    {
        var statement = Begin();
        try
        {
            foreach (var pending in runs.Span)
                statement.Execute(pending);
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

    private SqliteRunStatement Begin()
    {
        try
        {
            var statement = Open();
            Run("BEGIN IMMEDIATE");
            return statement;
        }
        catch (Exception e)
        {
            Abandon();
            throw new RunTableAwayException(e);
        }
    }

    private SqliteRunStatement Open()
    {
        if (_statement is not null)
            return _statement;
        _connection = new(SqliteRecipes.ConnectionString(options.Value.DatabaseFile, pooled: false));
        _connection.Open();
        SqlitePragmas.Set(_connection, options.Value.RunSynchronous);
        return _statement = new(_connection, node.Id);
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
        if (_statement is not null && (raw.sqlite3_get_autocommit(_connection!.Handle!) != 0 || raw.sqlite3_exec(_connection.Handle!, "ROLLBACK") == raw.SQLITE_OK))
            return;
        Close();
    }

    private void Close()
    {
        _statement?.Dispose();
        _statement = null;
        _connection?.Dispose();
        _connection = null;
    }
}
