using Recipes.Connections;

namespace Recipes.Engine;

/// <summary>Narrows a list of runs; null means any.</summary>
/// <param name="Before">Only runs with an id before this one, for paging: ids are in order of time.</param>
/// <param name="Caller">Only runs of which this user is the caller or the runtime user.</param>
/// <param name="Connection">Only runs that this connection was bound to, among the tenant's last few thousand, of that status where one is given.</param>
public sealed record RunFilter(string? Recipe = null, RunStatus? Status = null, UserId? Caller = null, RunId? Before = null, int Most = 50, ConnectionId? Connection = null);

/// <summary>Where runs and their journals are kept.</summary>
public interface IRunStore
{
    /// <summary>Stores a run with its journal, or replaces what was stored of it. Durable when it returns; concurrent writers share a transaction.</summary>
    ValueTask SaveAsync(Run run, CancellationToken cancellationToken);

    /// <summary>Ends every run that is still marked as running and whose node is gone. Runs of this node, and of others that live, go on.</summary>
    /// <returns>How many there were.</returns>
    Task<int> EndLeftoversAsync(RunFailure failure, DateTimeOffset at, CancellationToken cancellationToken);

    Task<Run?> FindAsync(TenantId tenant, RunId id, CancellationToken cancellationToken);

    /// <summary>Newest first, without input, output and journal.</summary>
    Task<IReadOnlyList<Run>> ListAsync(TenantId tenant, RunFilter filter, CancellationToken cancellationToken);
}
