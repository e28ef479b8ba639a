using Recipes.Connections;
using Recipes.Engine;

namespace Recipes.Bench;

/// <summary>Keeps no run, so that a call costs what the engine costs.</summary>
internal sealed class DroppedRuns : IRunStore
{
    public ValueTask SaveAsync(Run run, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public Task<int> EndLeftoversAsync(RunFailure failure, DateTimeOffset at, CancellationToken cancellationToken) => Task.FromResult(0);

    public Task<Run?> FindAsync(TenantId tenant, RunId id, CancellationToken cancellationToken) => Task.FromResult<Run?>(null);

    public Task<IReadOnlyList<Run>> ListAsync(TenantId tenant, RunFilter filter, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<Run>>([]);
}
