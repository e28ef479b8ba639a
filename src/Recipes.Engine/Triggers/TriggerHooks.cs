using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Recipes.Connections;
using Recipes.Connectors;

namespace Recipes.Engine;

/// <summary>Takes deliveries to webhooks: verifies each, and answers once a run is stored for every event of it.</summary>
public sealed partial class TriggerHooks
{
    private const int MostAtOnce = 64;
    private const int MostAtOnceOfOne = 16;

    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_later = TimeSpan.FromMinutes(1);

    // What came last is told at most so often: a burst would write one row again and again.
    private static readonly TimeSpan s_noteEvery = TimeSpan.FromSeconds(5);

    private readonly ITriggerStore _store;
    private readonly TriggerReadiness _readiness;
    private readonly RecordHandOver _handOver;
    private readonly TriggerVault _vault;
    private readonly TimeProvider _time;
    private readonly ILogger<TriggerHooks> _log;
    private readonly ConcurrentDictionary<TriggerId, int> _underWay = new();
    private readonly ConcurrentDictionary<TriggerId, (TriggerOutcome Outcome, long At)> _noted = new();
    private int _all;

    internal TriggerHooks(ITriggerStore store, TriggerReadiness readiness, RecordHandOver handOver, TriggerVault vault, TimeProvider time, ILogger<TriggerHooks> log) =>
        (_store, _readiness, _handOver, _vault, _time, _log) = (store, readiness, handOver, vault, time, log);

    /// <summary>Takes one delivery.</summary>
    /// <param name="path">The part of the address that nobody can guess.</param>
    public async Task<HookAnswer> ReceiveAsync(string path, WebhookMessage message, CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _all) > MostAtOnce)
        {
            Interlocked.Decrement(ref _all);
            return new HookAnswer.Busy(s_soon);
        }

        try
        {
            if (await _store.FindByPathAsync(TriggerVault.HashOf(path), cancellationToken) is not { } trigger)
                return new HookAnswer.Unknown();
            if (!trigger.IsOn)
                return new HookAnswer.Off();
            try
            {
                return _underWay.AddOrUpdate(trigger.Id, 1, (_, count) => count + 1) > MostAtOnceOfOne ? new HookAnswer.Busy(s_soon) : await TakeAsync(trigger, message, cancellationToken);
            }
            finally
            {
                if (_underWay.AddOrUpdate(trigger.Id, 0, (_, count) => count - 1) == 0)
                    _underWay.TryRemove(KeyValuePair.Create(trigger.Id, 0));
            }
        }
        finally
        {
            Interlocked.Decrement(ref _all);
        }
    }

    private async Task<HookAnswer> TakeAsync(TriggerState trigger, WebhookMessage message, CancellationToken cancellationToken)
    {
        // A sender may not come again: what it brings is taken in, and waits for the connection here.
        var ready = await _readiness.CheckAsync(trigger, cancellationToken, mayBeHeld: true);
        if (ready is Readiness.NotReady { Pause: var pause })
        {
            await NoteAsync(trigger, TriggerOutcome.Failed, $"A delivery has to come again: {pause.Message}", 0, cancellationToken);
            return new HookAnswer.NotNow(s_later);
        }

        var (caller, planned, _) = (Readiness.Ready)ready;
        switch (Read(trigger, planned, message))
        {
            case WebhookVerdict.Accepted accepted:
                var done = await _handOver.HandOverAsync(trigger, caller, accepted.Events, static _ => ValueTask.FromResult(true), cancellationToken, mayBeHeld: true);
                if (done is HandOver.Busy busy)
                    return new HookAnswer.Busy(busy.RetryAfter);
                if (done is HandOver.Stopped stopped)
                {
                    await NoteAsync(trigger, TriggerOutcome.Failed, $"A delivery has to come again: {stopped.Pause.Message}", stopped.Runs, cancellationToken);
                    return new HookAnswer.NotNow(s_later);
                }

                await NoteAsync(trigger, TriggerOutcome.Started, "A delivery came.", accepted.Events.Count, cancellationToken);
                return new HookAnswer.Taken(accepted.Events.Count);
            case WebhookVerdict.Challenge challenge:
                return new HookAnswer.Challenge(challenge.Status, challenge.ContentType, challenge.Body);
            case WebhookVerdict.Ignored:
                await NoteAsync(trigger, TriggerOutcome.Nothing, "A delivery came that the trigger does not wait for.", 0, cancellationToken);
                return new HookAnswer.Ignored();
            case WebhookVerdict.Rejected rejected:
                LogRefused(_log, trigger.Id.Value, trigger.Recipe, rejected.Reason);
                await NoteAsync(trigger, TriggerOutcome.Refused, $"A delivery was refused: {rejected.Reason}", 0, cancellationToken);
                return new HookAnswer.Refused();
            case var other:
                throw new InvalidOperationException($"Unknown verdict {other.GetType().Name}.");
        }
    }

    private WebhookVerdict Read(TriggerState trigger, PlannedTrigger planned, WebhookMessage message)
    {
        string? secret = null;
        try
        {
            secret = trigger.SealedSecret is { } kept ? _vault.Open(trigger.Tenant, trigger.Id, kept).Reveal() : null;
        }
        catch (CryptographicException)
        {
            return new WebhookVerdict.Rejected("The secret cannot be opened: switch the trigger off and on again.");
        }

        return planned switch
        {
            PlannedTrigger.Webhook webhook => webhook.Trigger.Read(message, webhook.Inputs, secret, _time.GetUtcNow()),
            PlannedTrigger.OpenWebhook open => PlainWebhook.Read(message, OpenWebhooks.SignatureOf(open.Proof), secret, _time.GetUtcNow()),
            _ => new WebhookVerdict.Rejected("The recipe waits for no deliveries."),
        };
    }

    // Nobody's delivery fails because this cannot be written.
    private async Task NoteAsync(TriggerState trigger, TriggerOutcome outcome, string message, int runs, CancellationToken cancellationToken)
    {
        if (_noted.TryGetValue(trigger.Id, out var last) && last.Outcome == outcome && _time.GetElapsedTime(last.At) < s_noteEvery)
            return;
        _noted[trigger.Id] = (outcome, _time.GetTimestamp());
        try
        {
            await _store.NoteAsync(trigger.Id, new(outcome, message, _time.GetUtcNow(), runs), cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            LogNotNoted(_log, e, trigger.Id.Value);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A delivery to the trigger {Trigger} of {Recipe} was refused: {Reason}")]
    private static partial void LogRefused(ILogger log, Guid trigger, string recipe, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "What came to trigger {Trigger} could not be noted")]
    private static partial void LogNotNoted(ILogger log, Exception exception, Guid trigger);
}
