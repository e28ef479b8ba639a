namespace Recipes.Engine;

/// <summary>One claim of one trigger: what is written through it counts only as long as the claim holds.</summary>
internal sealed class TriggerTurn(ITriggerStore store, TriggerState trigger, Guid owner, TimeProvider time)
{
    /// <summary>How long a claim lasts. Longer than any single request, as it is prolonged only between two.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan s_renewAfter = TimeSpan.FromSeconds(20);

    private long _renewed = time.GetTimestamp();

    /// <summary>As it was written last.</summary>
    public TriggerState Trigger { get; private set; } = trigger;

    /// <summary>Writes and keeps the claim.</summary>
    /// <returns>False when the claim is lost: whoever has it goes on from what was written before.</returns>
    public Task<bool> TryWriteAsync(TriggerState changed, CancellationToken cancellationToken) => TryWriteAsync(changed, Life, cancellationToken);

    /// <summary>Writes and gives the claim back.</summary>
    public Task<bool> TryEndAsync(TriggerState changed, CancellationToken cancellationToken) => TryWriteAsync(changed, null, cancellationToken);

    /// <summary>Whether the claim still holds; prolongs it now and then.</summary>
    public async ValueTask<bool> HoldsAsync(CancellationToken cancellationToken)
    {
        if (time.GetElapsedTime(_renewed) < s_renewAfter)
            return true;
        _renewed = time.GetTimestamp();
        return await store.TryRenewAsync(Trigger.Id, owner, Life, cancellationToken);
    }

    /// <summary>Ends with what came of handing over: moved on when all was taken, and as before, due again, when not.</summary>
    /// <param name="moved">As it is once everything was taken.</param>
    /// <param name="putOff">As it is when there is too much to do; null when that changes nothing.</param>
    public Task<bool> TryEndAsync(HandOver came, TriggerState moved, CancellationToken cancellationToken, TriggerState? putOff = null)
    {
        var now = time.GetUtcNow();
        return came switch
        {
            HandOver.Done => TryEndAsync(moved, cancellationToken),
            HandOver.Busy busy => TryEndAsync((putOff ?? Trigger) with { LastResult = new(TriggerOutcome.Failed, "There is too much to do at the moment: it goes on as soon as there is room.", now), NextAt = now + busy.RetryAfter }, cancellationToken),
            HandOver.Stopped stopped => TryEndAsync(
                Trigger with { Pause = stopped.Pause, LastResult = new(TriggerOutcome.Failed, stopped.Pause.Message, now, stopped.Runs), NextAt = now + TriggerPauses.LookAgain }, cancellationToken),
            HandOver.ClaimLost => Task.FromResult(false),
            _ => throw new InvalidOperationException($"Unknown answer {came.GetType().Name}."),
        };
    }

    private async Task<bool> TryWriteAsync(TriggerState changed, TimeSpan? life, CancellationToken cancellationToken)
    {
        _renewed = time.GetTimestamp();
        if (await store.TryWriteAsync(changed with { Version = Trigger.Version }, owner, life, cancellationToken) is not { } written)
            return false;
        Trigger = written;
        return true;
    }
}
