using Npgsql;

namespace Recipes.Storage;

internal static class PostgresSource
{
    /// <summary>Connections of one node, at most, unless the connection string says otherwise: several nodes share what the server has (100 by default).</summary>
    private const int MostConnections = 30;

    public static NpgsqlDataSource Create(string connectionString)
    {
        var parts = new NpgsqlConnectionStringBuilder(connectionString)
        {
            // What the server says of a row it refuses holds the row.
            IncludeErrorDetail = false,
            LogParameters = false,
            PersistSecurityInfo = false,
        };
        if (!parts.ShouldSerialize("Maximum Pool Size"))
            parts.MaxPoolSize = MostConnections;
        if (!parts.ShouldSerialize("Application Name"))
            parts.ApplicationName = "recipes";
        // Whoever only listens would not notice otherwise that the other side is gone.
        if (!parts.ShouldSerialize("Keepalive"))
            parts.KeepAlive = 30;
        return NpgsqlDataSource.Create(parts.ConnectionString);
    }
}
