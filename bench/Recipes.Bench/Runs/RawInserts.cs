using System.Data.Common;

namespace Recipes.Bench;

/// <summary>Rows inserted one by one, each in a transaction of its own, straight on the driver: what the disk and the database give.</summary>
internal sealed class RawInserts : IDisposable
{
    private readonly DbConnection _connection;
    private readonly DbCommand _insert;

    /// <param name="connection">Open; it is disposed of with this.</param>
    /// <param name="rowBytes">Size of a row, about that of a stored run with its journal.</param>
    public RawInserts(DbConnection connection, int rowBytes)
    {
        _connection = connection;
        using (var create = connection.CreateCommand())
        {
            create.CommandText = connection is Npgsql.NpgsqlConnection
                ? "CREATE TABLE IF NOT EXISTS bench_rows (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, content BYTEA NOT NULL)"
                : "CREATE TABLE IF NOT EXISTS bench_rows (id INTEGER PRIMARY KEY, content BLOB NOT NULL)";
            create.ExecuteNonQuery();
        }

        _insert = connection.CreateCommand();
        _insert.CommandText = "INSERT INTO bench_rows (content) VALUES (@content)";
        var content = _insert.CreateParameter();
        (content.ParameterName, content.Value) = ("@content", new byte[rowBytes]);
        _insert.Parameters.Add(content);
        _insert.Prepare();
    }

    public void Insert() => _insert.ExecuteNonQuery();

    public Task InsertAsync() => _insert.ExecuteNonQueryAsync();

    public void Dispose()
    {
        _insert.Dispose();
        _connection.Dispose();
    }
}
