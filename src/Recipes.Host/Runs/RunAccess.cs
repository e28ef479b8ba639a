using Recipes.Connections;
using Recipes.Engine;

namespace Recipes.Host;

/// <summary>Who may see which runs: one's own (as caller or runtime user), or all with the privilege.</summary>
internal static class RunAccess
{
    /// <returns>Null when there is none that the caller may see.</returns>
    public static async Task<Run?> FindAsync(this IRunStore runs, Caller caller, Guid id, CancellationToken cancellationToken) =>
        await runs.FindAsync(caller.Tenant, new RunId(id), cancellationToken) is { } run
        && (run.Caller == caller.User || run.RuntimeUser == caller.User || caller.Has(Privileges.ViewAllRuns))
            ? run
            : null;

    public static Task<IReadOnlyList<Run>> ListAsync(this IRunStore runs, Caller caller, RunFilter filter, CancellationToken cancellationToken) =>
        runs.ListAsync(caller.Tenant, caller.Has(Privileges.ViewAllRuns) ? filter : filter with { Caller = caller.User }, cancellationToken);

    public static Task<RunsFound> PageAsync(this IRunStore runs, Caller caller, RunQuery query, CancellationToken cancellationToken) =>
        runs.PageAsync(caller.Tenant, caller.Has(Privileges.ViewAllRuns) ? query : query with { User = caller.User }, cancellationToken);

    /// <summary>Counts of one's own would tell little; who sees all runs sees all counts, others none.</summary>
    public static async Task<IReadOnlyDictionary<RunStatus, int>> CountAsync(this IRunStore runs, Caller caller, CancellationToken cancellationToken) =>
        caller.Has(Privileges.ViewAllRuns) ? await runs.CountAsync(caller.Tenant, cancellationToken) : new Dictionary<RunStatus, int>();
}
