using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Recipes.Connections;

namespace Recipes.Storage;

/// <summary>Refresh leases in the database, one row each. A row without an owner was given back and tells only what is not done with.</summary>
internal sealed class RefreshLeases(IDbContextFactory<RecipesDatabase> databases, TimeProvider time) : IRefreshLeases
{
    public async Task<RefreshLease?> TryTakeAsync(ConnectionId connection, Guid owner, TimeSpan life, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        while (true)
        {
            var taken = await ExecuteAsync(database, $"INSERT INTO refresh_leases (connection_id, owner, expires_at) VALUES ({{1}}, {{2}}, {database.LeaseClock} + {{3}}) ON CONFLICT (connection_id) DO NOTHING",
                connection, owner, life, 0, 0, cancellationToken);
            if (taken)
                return new(null, null, null, null, WasAbandoned: false);
            if (await database.RefreshLeases.FirstOrDefaultAsync(r => r.ConnectionId == connection.Value, cancellationToken) is not { } row)
                continue;
            // As it was read, to the moment: whoever had it in between may have left more than was seen.
            taken = await ExecuteAsync(database, $"UPDATE refresh_leases SET owner = {{2}}, expires_at = {database.LeaseClock} + {{3}} WHERE connection_id = {{1}} AND owner = {{4}} AND expires_at = {{5}} AND expires_at <= {database.LeaseClock}",
                connection, owner, life, database.Raw(row.Owner), database.Raw(row.ExpiresAt), cancellationToken);
            return taken ? new(row.SentVersion, row.SentAt, row.KeptVersion, row.SealedCredential, WasAbandoned: row.Owner != Guid.Empty) : null;
        }
    }

    public async Task<LeaseStanding> FindStandingAsync(ConnectionId connection, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var sql = FormattableStringFactory.Create(
            $"SELECT CASE WHEN owner = {{2}} THEN 0 WHEN expires_at > {database.LeaseClock} THEN 1 ELSE 2 END AS \"Value\" FROM refresh_leases WHERE connection_id = {{1}}",
            database.Raw(time.GetUtcNow()), database.Raw(connection.Value), database.Raw(Guid.Empty));
        return await database.Database.SqlQuery<int>(sql).ToListAsync(cancellationToken) switch
        {
            [] or [0] => LeaseStanding.Free,
            [1] => LeaseStanding.Held,
            _ => LeaseStanding.Abandoned,
        };
    }

    public async Task<bool> TryMarkSentAsync(ConnectionId connection, Guid owner, long credentialVersion, TimeSpan life, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return await ExecuteAsync(database, $$"""
            UPDATE refresh_leases
            SET sent_at = CASE WHEN sent_version = {4} THEN sent_at ELSE {{database.LeaseClock}} END, sent_version = {4}, expires_at = {{database.LeaseClock}} + {3}
            WHERE connection_id = {1} AND owner = {2} AND expires_at > {{database.LeaseClock}}
            """, connection, owner, life, credentialVersion, 0, cancellationToken);
    }

    public async Task<bool> TryKeepAsync(ConnectionId connection, Guid owner, long credentialVersion, byte[] sealedCredential, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return await ExecuteAsync(database, "UPDATE refresh_leases SET kept_version = {4}, sealed_credential = {5} WHERE connection_id = {1} AND owner = {2}",
            connection, owner, null, credentialVersion, sealedCredential, cancellationToken);
    }

    public async Task ReleaseAsync(ConnectionId connection, Guid owner, bool forget, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var sql = forget
            ? "DELETE FROM refresh_leases WHERE connection_id = {1} AND owner = {2}"
            : $"UPDATE refresh_leases SET owner = {{4}}, expires_at = {database.LeaseClock} WHERE connection_id = {{1}} AND owner = {{2}}";
        await ExecuteAsync(database, sql, connection, owner, null, database.Raw(Guid.Empty), 0, cancellationToken);
    }

    public async Task<byte[]?> RemoveAsync(ConnectionId connection, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var sql = FormattableStringFactory.Create("DELETE FROM refresh_leases WHERE connection_id = {0} RETURNING sealed_credential AS \"Value\"", database.Raw(connection.Value));
        return (await database.Database.SqlQuery<byte[]?>(sql).ToListAsync(cancellationToken)).SingleOrDefault();
    }

    /// <param name="sql">Parameters: 0 this node's time, 1 connection, 2 owner, 3 life, 4 and 5 the two given.</param>
    /// <returns>Whether it met a row.</returns>
    private async Task<bool> ExecuteAsync(
        RecipesDatabase database, string sql, ConnectionId connection, Guid owner, TimeSpan? life, object fourth, object fifth, CancellationToken cancellationToken) =>
        1 == await database.Database.ExecuteSqlAsync(FormattableStringFactory.Create(
            sql, database.Raw(time.GetUtcNow()), database.Raw(connection.Value), database.Raw(owner), database.Raw(life ?? TimeSpan.Zero), fourth, fifth), cancellationToken);
}
