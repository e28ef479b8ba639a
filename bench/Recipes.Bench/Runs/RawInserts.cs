using Microsoft.Data.Sqlite;
using Recipes.Storage;

namespace Recipes.Bench;

/// <summary>Rows inserted one by one, each in a transaction of its own, straight on the driver: what the disk and SQLite give.</summary>
internal sealed class RawInserts : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _insert;

    /// <param name="rowBytes">Size of a row, about that of a stored run with its journal.</param>
    public RawInserts(string file, RunSynchronous synchronous, int rowBytes)
    {
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false }.ToString());
        _connection.Open();
        Execute("PRAGMA journal_mode = WAL");
        Execute(synchronous == RunSynchronous.Full ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
        Execute("CREATE TABLE rows (id INTEGER PRIMARY KEY, content BLOB NOT NULL)");
        _insert = _connection.CreateCommand();
        _insert.CommandText = "INSERT INTO rows (content) VALUES ($content)";
        _insert.Parameters.AddWithValue("$content", new byte[rowBytes]);
        _insert.Prepare();
    }

    public void Insert() => _insert.ExecuteNonQuery();

    public void Dispose()
    {
        _insert.Dispose();
        _connection.Dispose();
    }

    private void Execute(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
