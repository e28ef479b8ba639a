using System.Data.Common;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Recipes.Storage;

/// <summary>Sets on every opened connection what SQLite does not keep in the file.</summary>
internal sealed class SqlitePragmas : DbConnectionInterceptor
{
    public static SqlitePragmas Instance { get; } = new();

    private SqlitePragmas() { }

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData) => Set((SqliteConnection)connection, RunSynchronous.Full);

    public override Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        Set((SqliteConnection)connection, RunSynchronous.Full);
        return Task.CompletedTask;
    }

    internal static void Set(SqliteConnection connection, RunSynchronous synchronous)
    {
        using var command = connection.CreateCommand();
        command.CommandText = string.Create(CultureInfo.InvariantCulture,
            $"PRAGMA busy_timeout = {SqliteRecipes.BusySeconds * 1000}; PRAGMA synchronous = {(synchronous == RunSynchronous.Full ? "FULL" : "NORMAL")}; PRAGMA foreign_keys = ON;");
        command.ExecuteNonQuery();
    }
}
