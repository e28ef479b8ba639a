using System.Data;
using System.Data.Common;
using Microsoft.EntityFrameworkCore;

namespace Recipes.Storage;

/// <summary>The few questions of a start, asked on the connection itself: EF Core's model takes as long to wake as everything else together.</summary>
internal static class PlainQuery
{
    /// <param name="sql">Text without parameters.</param>
    /// <param name="read">Reads one row.</param>
    public static async Task<List<T>> ReadAsync<T>(this RecipesDatabase database, string sql, Func<DbDataReader, T> read, CancellationToken cancellationToken)
    {
        await database.Database.OpenConnectionAsync(cancellationToken);
        try
        {
            await using var command = database.Database.GetDbConnection().CreateCommand();
            command.CommandText = sql;
            var rows = new List<T>();
            await using var reader = await command.ExecuteReaderAsync(CommandBehavior.SequentialAccess, cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
                rows.Add(read(reader));
            return rows;
        }
        finally
        {
            await database.Database.CloseConnectionAsync();
        }
    }
}
