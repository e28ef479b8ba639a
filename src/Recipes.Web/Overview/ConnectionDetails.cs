namespace Recipes.Web;

/// <summary>Puts together what the pages of one connection show.</summary>
internal sealed class ConnectionDetails(ConnectionSetup setup, ConnectionViews views, IConnectionLog log, NextChecks checks, TimeProvider time)
{
    /// <returns>Null when there is no such connection that the caller may manage.</returns>
    public async Task<ConnectionDetail?> FindAsync(Caller caller, ConnectionId id, bool withUses, CancellationToken cancellationToken)
    {
        if (await setup.FindAsync(caller, id, cancellationToken) is not { } connection)
            return null;
        var (definition, connector, scheme) = await views.DescribeAsync(connection, cancellationToken);
        var detail = new ConnectionDetail(connection, definition, connector, scheme, caller.User, await views.CanBeMadeDefaultAsync(connection, cancellationToken)) { NextCheckAt = await checks.FindAsync(connection, cancellationToken) };
        return withUses && await setup.FindUsesAsync(caller, id, cancellationToken) is { } uses ? detail with { Uses = uses } : detail;
    }

    /// <summary>Adds its last days and the newest entries of its log.</summary>
    public async Task<ConnectionDetail> WithPastAsync(ConnectionDetail detail, int days, int mostEntries, CancellationToken cancellationToken)
    {
        var entries = await log.ListAsync(detail.Connection.Id, null, mostEntries + 1, cancellationToken);
        return detail with
        {
            History = await ConnectionHistory.ReadAsync(log, detail.Connection, days, time.GetUtcNow(), cancellationToken),
            Log = [.. entries.Take(mostEntries)],
            HasMoreLog = entries.Count > mostEntries,
        };
    }
}
