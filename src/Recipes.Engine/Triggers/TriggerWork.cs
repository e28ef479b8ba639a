using Microsoft.Extensions.Logging;
using Recipes.Connections;

namespace Recipes.Engine;

/// <summary>Does what a claimed trigger is there for. Whatever goes wrong is written down and it comes again.</summary>
internal sealed partial class TriggerWork(
    ITriggerStore store, TriggerReadiness readiness, Polling polling, Scheduling scheduling, ConnectionEvents events, HookRegistrations registrations, TimeProvider time, ILogger<TriggerWork> log)
{
    // A file that is written anew may be missing for a moment, and an app may not give the same registration again.
    private static readonly TimeSpan s_goneFor = TimeSpan.FromMinutes(10);

    /// <summary>Works on one trigger, due or not.</summary>
    /// <returns>What became of it; null when somebody works on it, or there is none.</returns>
    public async Task<TriggerState?> RunNowAsync(TriggerId id, bool byHand, CancellationToken cancellationToken)
    {
        var owner = Guid.CreateVersion7(time.GetUtcNow());
        return await store.TryClaimAsync(id, owner, TriggerTurn.Life, cancellationToken) is { } claimed ? await RunAsync(claimed, owner, byHand, cancellationToken) : null;
    }

    /// <param name="trigger">As it was claimed.</param>
    /// <param name="byHand">Whether a person wants it now: a schedule comes then, whatever the time.</param>
    public async Task<TriggerState> RunAsync(TriggerState trigger, Guid owner, bool byHand, CancellationToken cancellationToken)
    {
        var turn = new TriggerTurn(store, trigger, owner, time);
        try
        {
            await RunAsync(turn, byHand, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The host stops: due as before, for another node or the next start.
            await LeaveAsync(turn, turn.Trigger);
            throw;
        }
        catch (Exception e)
        {
            LogFailed(e, trigger.Id.Value, trigger.Recipe);
            var (now, failures) = (time.GetUtcNow(), turn.Trigger.Failures + 1);
            await LeaveAsync(turn, turn.Trigger with
            {
                Failures = failures,
                LastResult = new(TriggerOutcome.Failed, $"It failed unexpectedly ({e.GetType().Name}) and is tried again.", now),
                NextAt = TriggerPauses.After(failures, TimeSpan.Zero, null, now, Random.Shared.NextDouble()),
            });
        }

        return turn.Trigger;
    }

    private async Task RunAsync(TriggerTurn turn, bool byHand, CancellationToken cancellationToken)
    {
        var trigger = turn.Trigger;
        if (!trigger.IsOn)
        {
            await registrations.RemoveAsync(turn, cancellationToken);
            return;
        }

        switch (await readiness.CheckAsync(trigger, cancellationToken))
        {
            case Readiness.NotReady no:
                await PauseAsync(turn, no, cancellationToken);
                return;
            case Readiness.Ready ready:
                if (trigger.Pause is not null && !await turn.TryWriteAsync(trigger with { Pause = null, WaitsFor = null }, cancellationToken))
                    return;
                await RunAsync(turn, ready, byHand, cancellationToken);
                return;
        }
    }

    private Task RunAsync(TriggerTurn turn, Readiness.Ready ready, bool byHand, CancellationToken cancellationToken) => ready.Planned switch
    {
        PlannedTrigger.Schedule schedule => scheduling.RunAsync(turn, ready.Caller, schedule, byHand, cancellationToken),
        PlannedTrigger.ConnectionEvent connectionEvent => events.RunAsync(turn, ready.Caller, connectionEvent, cancellationToken),
        PlannedTrigger.Poll poll => polling.RunAsync(turn, ready.Caller, poll, ready.Connections[poll.Through].Id, cancellationToken),
        PlannedTrigger.Webhook { Trigger.Registers: true } webhook => registrations.RunAsync(turn, webhook, ready.Connections[webhook.Through!.Value].Id, cancellationToken),
        _ => turn.TryEndAsync(turn.Trigger with { NextAt = null }, cancellationToken),
    };

    private async Task PauseAsync(TriggerTurn turn, Readiness.NotReady no, CancellationToken cancellationToken)
    {
        var trigger = turn.Trigger;
        var (now, since) = (time.GetUtcNow(), trigger.Pause is { } before && before.Reason == no.Pause.Reason ? before.Since : no.Pause.Since);
        // What is gone, or is something else now, has no use for deliveries.
        if (no.Pause.Reason is TriggerPauseReason.Recipe or TriggerPauseReason.Changed && trigger.Registration is not null && now - since >= s_goneFor && !await registrations.TryForgetAsync(turn, cancellationToken))
            return;
        trigger = turn.Trigger;
        if (trigger.Pause is null)
            LogPaused(trigger.Id.Value, trigger.Recipe, no.Pause.Reason);
        await turn.TryEndAsync(trigger with { Pause = no.Pause with { Since = since }, WaitsFor = no.WaitsFor, NextAt = now + TriggerPauses.LookAgain }, cancellationToken);
    }

    // Where the store is what fails, the claim ends by itself.
    private async Task LeaveAsync(TriggerTurn turn, TriggerState changed)
    {
        try
        {
            await turn.TryEndAsync(changed, CancellationToken.None);
        }
        catch (Exception e)
        {
            LogNotLeft(e, changed.Id.Value);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The trigger {Trigger} of {Recipe} failed; it comes again")]
    private partial void LogFailed(Exception exception, Guid trigger, string recipe);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The trigger {Trigger} of {Recipe} is paused: {Reason}")]
    private partial void LogPaused(Guid trigger, string recipe, TriggerPauseReason reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The claim of trigger {Trigger} could not be given back; it ends by itself")]
    private partial void LogNotLeft(Exception exception, Guid trigger);
}
