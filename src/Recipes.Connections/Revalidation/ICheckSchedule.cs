namespace Recipes.Connections;

/// <summary>Which connections are to be checked when. Every node takes from the same schedule; a connection is with one node at a time.</summary>
public interface ICheckSchedule
{
    /// <summary>
    /// Takes connections that are due, longest due first: suspects since before <paramref name="suspectBefore"/>, and connected or lost ones whose time has come.
    /// Nobody else gets them until <paramref name="until"/>, unless they are completed before.
    /// </summary>
    Task<IReadOnlyList<ConnectionId>> ClaimAsync(DateTimeOffset now, DateTimeOffset suspectBefore, DateTimeOffset until, int most, CancellationToken cancellationToken);

    /// <summary>It was looked at (or could not be): the next time comes, whatever came of this one.</summary>
    Task CompleteAsync(ConnectionId connection, DateTimeOffset nextAt, CancellationToken cancellationToken);
}
