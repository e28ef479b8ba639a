using Recipes.Connections;

namespace Recipes.Engine;

/// <summary>Where runs and their journals are kept. What is stored is durable when a call returns; concurrent writers share a transaction.</summary>
public interface IRunStore
{
    /// <summary>Stores a run that is over before anything of it had to be kept, or replaces what was stored of it.</summary>
    ValueTask SaveAsync(Run run, CancellationToken cancellationToken);

    /// <summary>Takes a run in: from now on it is not lost.</summary>
    /// <returns>False when there is a run with its key already; see <see cref="FindOnceAsync"/>.</returns>
    ValueTask<bool> StartAsync(RunStart start, CancellationToken cancellationToken);

    /// <summary>Stores how far a run has come.</summary>
    /// <returns>False when the claim is not good any more: another node has the run, or it was cancelled. Then it is to be left alone.</returns>
    ValueTask<bool> StepAsync(RunStep step, CancellationToken cancellationToken);

    /// <summary>Stores how a run has ended.</summary>
    /// <param name="run">With its whole journal.</param>
    /// <param name="state">What is needed to have its last step done again; empty where there is none.</param>
    /// <returns>False when the claim is not good any more.</returns>
    ValueTask<bool> EndAsync(Run run, Guid claim, ReadOnlyMemory<byte> state, CancellationToken cancellationToken);

    /// <summary>The run that was started with a key.</summary>
    Task<RunId?> FindOnceAsync(TenantId tenant, string onceKey, CancellationToken cancellationToken);

    /// <summary>A run with its journal as far as it is stored.</summary>
    Task<Run?> FindAsync(TenantId tenant, RunId id, CancellationToken cancellationToken);

    /// <summary>Newest first, without input, output and journal.</summary>
    Task<IReadOnlyList<Run>> ListAsync(TenantId tenant, RunFilter filter, CancellationToken cancellationToken);

    /// <summary>One page of the runs that a query asks for, and how many there are in all.</summary>
    Task<RunsFound> PageAsync(TenantId tenant, RunQuery query, CancellationToken cancellationToken);

    /// <summary>What a run needs to go on, as it was stored last; empty when nothing is kept of it.</summary>
    Task<ReadOnlyMemory<byte>> FindStateAsync(TenantId tenant, RunId id, CancellationToken cancellationToken);

    /// <summary>How many runs of a tenant stand in each status, of those that have not ended or are flagged.</summary>
    Task<IReadOnlyDictionary<RunStatus, int>> CountAsync(TenantId tenant, CancellationToken cancellationToken);

    /// <summary>Keeps the file that runs of this version go on with, whatever becomes of the recipe.</summary>
    Task KeepVersionAsync(string recipe, string version, ReadOnlyMemory<byte> source, CancellationToken cancellationToken);

    /// <summary>Null when it was never kept.</summary>
    Task<byte[]?> FindVersionAsync(string recipe, string version, CancellationToken cancellationToken);

    /// <summary>Removes runs that ended before a time, with what was kept of them.</summary>
    /// <param name="most">At most so many at once.</param>
    /// <returns>How many there were.</returns>
    Task<int> PurgeAsync(DateTimeOffset before, int most, CancellationToken cancellationToken);
}
