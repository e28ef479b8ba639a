using Recipes.Connections;
using Recipes.Engine;

namespace Recipes.Bench;

/// <summary>Keeps no run, so that a call costs what the engine costs.</summary>
internal sealed class DroppedRuns : IRunStore, IRunQueue
{
    public TimeSpan Lease => TimeSpan.FromSeconds(30);

    public ValueTask SaveAsync(Run run, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public ValueTask<bool> StartAsync(RunStart start, CancellationToken cancellationToken) => ValueTask.FromResult(true);

    public ValueTask<bool> StepAsync(RunStep step, CancellationToken cancellationToken) => ValueTask.FromResult(true);

    public ValueTask<bool> EndAsync(Run run, Guid claim, ReadOnlyMemory<byte> state, CancellationToken cancellationToken) => ValueTask.FromResult(true);

    public Task<RunId?> FindOnceAsync(TenantId tenant, string onceKey, CancellationToken cancellationToken) => Task.FromResult<RunId?>(null);

    public Task<Run?> FindAsync(TenantId tenant, RunId id, CancellationToken cancellationToken) => Task.FromResult<Run?>(null);

    public Task<IReadOnlyList<Run>> ListAsync(TenantId tenant, RunFilter filter, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<Run>>([]);

    public Task<RunsFound> PageAsync(TenantId tenant, RunQuery query, CancellationToken cancellationToken) => Task.FromResult(new RunsFound([], 0));

    public Task<ReadOnlyMemory<byte>> FindStateAsync(TenantId tenant, RunId id, CancellationToken cancellationToken) => Task.FromResult<ReadOnlyMemory<byte>>(default);

    public Task<bool> RemoveAsync(TenantId tenant, RunId run, CancellationToken cancellationToken) => Task.FromResult(false);

    public Task<IReadOnlyDictionary<RunStatus, int>> CountAsync(TenantId tenant, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyDictionary<RunStatus, int>>(new Dictionary<RunStatus, int>());

    public Task KeepVersionAsync(string recipe, string version, ReadOnlyMemory<byte> source, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<byte[]?> FindVersionAsync(string recipe, string version, CancellationToken cancellationToken) => Task.FromResult<byte[]?>(null);

    public Task<int> PurgeAsync(DateTimeOffset before, int most, CancellationToken cancellationToken) => Task.FromResult(0);

    public Task<IReadOnlyList<ClaimedRun>> ClaimAsync(int most, Func<string, int> mostHealed, IReadOnlyCollection<Guid> inHand, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<ClaimedRun>>([]);

    public Task<ClaimedRun?> ClaimAsync(RunId run, CancellationToken cancellationToken) => Task.FromResult<ClaimedRun?>(null);

    public Task RenewAsync(IReadOnlyCollection<Guid> claims, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<int> CountWaitingAsync(TenantId tenant, CancellationToken cancellationToken) => Task.FromResult(0);

    public Task<bool?> CancelAsync(TenantId tenant, RunId run, string canceller, CancellationToken cancellationToken) => Task.FromResult<bool?>(null);

    public Task<string?> FindCancellerAsync(RunId run, Guid claim, CancellationToken cancellationToken) => Task.FromResult<string?>(null);

    public Task<bool> ResumeAsync(TenantId tenant, RunId run, CancellationToken cancellationToken) => Task.FromResult(false);

    public Task<ClaimedRun?> ReopenAsync(TenantId tenant, RunId run, CancellationToken cancellationToken) => Task.FromResult<ClaimedRun?>(null);

    public Task<IReadOnlyList<RunId>> HeldAsync(TenantId tenant, ConnectionId? connection, int most, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<RunId>>([]);
}
