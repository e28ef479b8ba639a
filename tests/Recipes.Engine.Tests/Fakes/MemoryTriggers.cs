using Recipes.Connections;

namespace Recipes.Engine.Tests;

/// <summary>One trigger in memory, always claimed.</summary>
internal sealed class MemoryTriggers(TriggerState trigger) : ITriggerStore
{
    public TriggerState Trigger { get; private set; } = trigger;

    public Task<TriggerState?> TryWriteAsync(TriggerState trigger, Guid owner, TimeSpan? life, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Trigger = trigger with { Version = trigger.Version + 1 };
        return Task.FromResult<TriggerState?>(Trigger);
    }

    public Task<bool> TryRenewAsync(TriggerId id, Guid owner, TimeSpan life, CancellationToken cancellationToken) => Task.FromResult(true);

    public Task<TriggerState?> FindAsync(TenantId tenant, string recipe, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<TriggerState?> FindByPathAsync(byte[] pathHash, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IReadOnlyList<TriggerState>> ListAsync(TenantId tenant, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<bool> TryAddAsync(TriggerState trigger, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<bool> TryChangeAsync(TriggerState trigger, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IReadOnlyList<TriggerState>> ClaimAsync(Guid owner, DateTimeOffset now, TimeSpan life, int most, IReadOnlyCollection<string> without, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<TriggerState?> TryClaimAsync(TriggerId id, Guid owner, TimeSpan life, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task NoteAsync(TriggerId id, TriggerResult result, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<int> WakeAsync(DateTimeOffset now, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<int> WakeAsync(IReadOnlyCollection<string> recipes, DateTimeOffset now, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<bool> TryRemoveAsync(TriggerState trigger, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IReadOnlyList<ConnectionNews>> ListNewsAsync(TenantId tenant, long after, int most, CancellationToken cancellationToken) => throw new NotSupportedException();
}
