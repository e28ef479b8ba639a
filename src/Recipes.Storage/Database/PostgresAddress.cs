using System.Net.Sockets;
using Npgsql;

namespace Recipes.Storage;

/// <summary>Which PostgreSQL database, and as whom: what people may be told of a connection string.</summary>
internal sealed record PostgresAddress(string? Host, int Port, string? Database, string? User)
{
    public static PostgresAddress Of(string connectionString)
    {
        var parts = new NpgsqlConnectionStringBuilder(connectionString);
        return new(parts.Host, parts.Port, parts.Database, parts.Username);
    }

    /// <summary>Whether it may mend itself: nobody listens yet, the server is starting or ending, or it has no connection to spare.</summary>
    public static bool MayPass(NpgsqlException e) => e is PostgresException refused
        ? refused.SqlState is PostgresErrorCodes.CannotConnectNow or PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.TooManyConnections
        : e.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused or SocketError.ConnectionReset or SocketError.TimedOut or SocketError.TryAgain }
            or TimeoutException or EndOfStreamException;

    /// <summary>What went wrong and what to do about it, without secrets.</summary>
    public string Explain(NpgsqlException e) => (e as PostgresException)?.SqlState switch
    {
        PostgresErrorCodes.InvalidPassword => $"PostgreSQL on {Host}:{Port} refuses the password of user '{User}'. Correct Password in {Setting}.",
        PostgresErrorCodes.InvalidAuthorizationSpecification =>
            $"PostgreSQL on {Host}:{Port} does not let user '{User}' in: {Words(e)} Make the user, or allow it in pg_hba.conf, or correct Username in {Setting}.",
        PostgresErrorCodes.InvalidCatalogName =>
            $"There is no database '{Database}' on {Host}:{Port}. Make it (CREATE DATABASE \"{Database}\" OWNER \"{User}\"), or correct Database in {Setting}.",
        PostgresErrorCodes.InsufficientPrivilege =>
            $"User '{User}' may not do in {this} what a start needs: {Words(e)} Make the user the owner of that database, or grant CONNECT on it and CREATE and USAGE on its schema public.",
        PostgresErrorCodes.TooManyConnections => $"{this} has no connection to spare. Raise max_connections of the server, or lower Maximum Pool Size in {Setting}.",
        null when e.InnerException is SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData } => $"The host name '{Host}' is not known. Correct Host in {Setting}.",
        null when e.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused } => $"Nobody listens on {Host}:{Port}. Start PostgreSQL there, or correct Host and Port in {Setting}.",
        _ => $"{this} cannot be used: {Words(e)}",
    };

    public override string ToString() => $"the database '{Database}' on {Host}:{Port}";

    private const string Setting = $"{StorageOptions.Section}:{nameof(StorageOptions.Postgres)}";

    private static string Words(NpgsqlException e)
    {
        var words = e is PostgresException refused ? refused.MessageText : e.InnerException?.Message ?? e.Message;
        return words.EndsWith('.') ? words : $"{words}.";
    }
}
