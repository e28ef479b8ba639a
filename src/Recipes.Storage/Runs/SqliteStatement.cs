using System.Buffers;
using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Recipes.Storage;

/// <summary>A prepared statement that writes. Binds spans straight to SQLite: <see cref="SqliteCommand"/> would copy every value into an array of its own.</summary>
internal sealed class SqliteStatement : IDisposable
{
    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;

    public SqliteStatement(SqliteConnection connection, string sql)
    {
        _database = connection.Handle!;
        SqliteException.ThrowExceptionForRC(raw.sqlite3_prepare_v2(_database, sql, out _statement), _database);
    }

    public SqliteStatement Bind(int index, string? text)
    {
        if (text is null)
            return this; // Unbound is null.
        byte[]? rented = null;
        var longest = Encoding.UTF8.GetMaxByteCount(text.Length);
        var utf8 = longest <= 512 ? stackalloc byte[512] : rented = ArrayPool<byte>.Shared.Rent(longest);
        var length = Encoding.UTF8.GetBytes(text, utf8);
        var result = raw.sqlite3_bind_text(_statement, index, utf8[..length]);
        if (rented is not null)
            ArrayPool<byte>.Shared.Return(rented);
        return Check(result);
    }

    public SqliteStatement Bind(int index, Guid? id)
    {
        if (id is not { } some)
            return this;
        Span<byte> utf8 = stackalloc byte[36];
        some.TryFormat(utf8, out _, "D");
        return Check(raw.sqlite3_bind_text(_statement, index, utf8));
    }

    public SqliteStatement Bind(int index, DateTimeOffset? at) => at is { } some ? Check(raw.sqlite3_bind_int64(_statement, index, some.UtcTicks)) : this;

    public SqliteStatement Bind(int index, long number) => Check(raw.sqlite3_bind_int64(_statement, index, number));

    /// <summary>Text that is UTF-8 already; nothing when it is empty.</summary>
    public SqliteStatement BindUtf8(int index, ReadOnlySpan<byte> text) => text.IsEmpty ? this : Check(raw.sqlite3_bind_text(_statement, index, text));

    public SqliteStatement BindBlob(int index, ReadOnlySpan<byte> bytes) =>
        Check(bytes.IsEmpty ? raw.sqlite3_bind_zeroblob(_statement, index, 0) : raw.sqlite3_bind_blob(_statement, index, bytes));

    /// <returns>Rows that were written.</returns>
    /// <exception cref="SqliteException">When SQLite refuses it.</exception>
    public int Execute()
    {
        var result = raw.sqlite3_step(_statement);
        if (result != raw.SQLITE_DONE)
            SqliteException.ThrowExceptionForRC(result, _database);
        return raw.sqlite3_changes(_database);
    }

    /// <summary>Makes it ready for other values.</summary>
    public void Reset()
    {
        // Reset repeats the error of the step; it has been thrown already.
        _ = raw.sqlite3_reset(_statement);
        _ = raw.sqlite3_clear_bindings(_statement);
    }

    public void Dispose() => _statement.Dispose();

    private SqliteStatement Check(int result)
    {
        SqliteException.ThrowExceptionForRC(result, _database);
        return this;
    }
}
