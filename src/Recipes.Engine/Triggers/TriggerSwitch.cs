using Recipes.Connections;
using Recipes.Connectors;

namespace Recipes.Engine;

/// <summary>Switches triggers on and off, and has one come now, for people.</summary>
public sealed class TriggerSwitch
{
    // A node that works on it writes now and then.
    private const int MostAttempts = 20;

    private readonly ITriggerStore _store;
    private readonly RecipeCatalogue _catalogue;
    private readonly RecipeCaller _recipes;
    private readonly IConnectionStore _connections;
    private readonly TriggerWork _work;
    private readonly TriggerVault _vault;
    private readonly IHookAddress _address;
    private readonly TimeProvider _time;

    internal TriggerSwitch(
        ITriggerStore store, RecipeCatalogue catalogue, RecipeCaller recipes, IConnectionStore connections, TriggerWork work, TriggerVault vault, IHookAddress address, TimeProvider time) =>
        (_store, _catalogue, _recipes, _connections, _work, _vault, _address, _time) = (store, catalogue, recipes, connections, work, vault, address, time);

    /// <summary>Whether somebody may switch triggers, and see their addresses and cursors.</summary>
    public static bool MaySwitch(Caller caller) => caller.Has(TriggerReadiness.Needed);

    /// <summary>Where deliveries go; null where there are none.</summary>
    public Uri? AddressOf(TriggerState trigger) => trigger.SealedPath is { } path ? _address.Of(_vault.Open(trigger.Tenant, trigger.Id, path).Reveal()) : null;

    /// <summary>Switches it on, once every connection that its runs need is there. One that was on before goes on from its cursor.</summary>
    public async Task<SwitchResult> SwitchOnAsync(Caller caller, string recipe, SwitchOn request, CancellationToken cancellationToken)
    {
        if (Check(caller, recipe, out var planned) is { } problem)
            return problem;
        if (await MissingAsync(caller, recipe, planned, cancellationToken) is { } missing)
            return missing;
        for (var attempt = 0; attempt < MostAttempts; attempt++)
        {
            var before = await _store.FindAsync(caller.Tenant, recipe, cancellationToken);
            if (before is not null && (request.Anew || !planned.IsSameAs(before)))
            {
                // What was handed over is known by the id: what begins anew is another one.
                if (!await TryRemoveAsync(before, cancellationToken))
                    return new SwitchResult.Conflict("The app could not be told yet to deliver no more to the former address. It is tried again; switch the trigger on then.");
                before = null;
            }

            var after = Begin(caller, recipe, planned, before);
            if (Secure(planned, ref after, request.Secret, out var newSecret) is { } fault)
                return fault;
            if (before is null ? await _store.TryAddAsync(after, cancellationToken) : await _store.TryChangeAsync(after, cancellationToken))
            {
                // Where an app has to be told, whoever switches it on sees at once whether that worked.
                if (planned is PlannedTrigger.Webhook { Trigger.Registers: true })
                    await _work.RunNowAsync(after.Id, byHand: false, cancellationToken);
                return new SwitchResult.Done(await _store.FindAsync(caller.Tenant, recipe, cancellationToken) ?? after, newSecret);
            }
        }

        return new SwitchResult.Conflict("Somebody else is switching this trigger at the same time. Look at it again.");
    }

    /// <summary>Switches it off: from then on no run is started, and the app is told to deliver no more.</summary>
    public async Task<SwitchResult> SwitchOffAsync(Caller caller, string recipe, CancellationToken cancellationToken)
    {
        if (!MaySwitch(caller))
            return NotPermitted();
        for (var attempt = 0; attempt < MostAttempts; attempt++)
        {
            if (await _store.FindAsync(caller.Tenant, recipe, cancellationToken) is not { } trigger)
                return new SwitchResult.NotFound($"The trigger of '{recipe}' was never switched on.");
            if (!trigger.IsOn)
                return new SwitchResult.Done(trigger);
            var now = _time.GetUtcNow();
            var off = trigger with { IsOn = false, By = caller.User, SwitchedAt = now, NextAt = trigger.Registration is null ? null : now, Failures = 0, Pause = null, WaitsFor = null };
            if (!await _store.TryChangeAsync(off, cancellationToken))
                continue;
            if (off.Registration is not null)
                await _work.RunNowAsync(off.Id, byHand: false, cancellationToken);
            return new SwitchResult.Done(await _store.FindAsync(caller.Tenant, recipe, cancellationToken) ?? off);
        }

        return new SwitchResult.Conflict("Somebody else is switching this trigger at the same time. Look at it again.");
    }

    /// <summary>Has it come now: a poll asks, a schedule starts a run.</summary>
    public async Task<SwitchResult> RunNowAsync(Caller caller, string recipe, CancellationToken cancellationToken)
    {
        if (!MaySwitch(caller))
            return NotPermitted();
        if (await _store.FindAsync(caller.Tenant, recipe, cancellationToken) is not { IsOn: true } trigger)
            return new SwitchResult.Conflict($"The trigger of '{recipe}' is off. Switch it on first.");
        if (_catalogue.Find(recipe)?.Trigger is PlannedTrigger.OpenWebhook or PlannedTrigger.Webhook { Trigger.Registers: false })
            return new SwitchResult.Conflict("It is started by deliveries alone: send one to its address.");
        return await _work.RunNowAsync(trigger.Id, byHand: true, cancellationToken) is { } after
            ? new SwitchResult.Done(after)
            : new SwitchResult.Conflict("It is at work at this very moment. Look again in a few seconds.");
    }

    private static SwitchResult.Forbidden NotPermitted() => new("Switching triggers takes the privilege manageDefinitions.");

    private SwitchResult? Check(Caller caller, string recipe, out PlannedTrigger planned)
    {
        planned = null!;
        if (!MaySwitch(caller))
            return NotPermitted();
        if (_catalogue.Find(recipe) is not { } found)
            return new SwitchResult.NotFound($"There is no recipe '{recipe}'.");
        if (!found.CanRun)
            return new SwitchResult.Conflict($"The recipe '{recipe}' has faults, and no version of it can run.");
        if (found.Trigger is not { } trigger)
            return new SwitchResult.Conflict($"The recipe '{recipe}' has no trigger to switch on{(found.IsCallable ? ": it is started by calls" : "")}.");
        planned = trigger;
        return null;
    }

    private async Task<SwitchResult?> MissingAsync(Caller caller, string recipe, PlannedTrigger planned, CancellationToken cancellationToken)
    {
        if (planned is PlannedTrigger.ConnectionEvent { Of: { } key } && await _connections.FindDefinitionAsync(caller.Tenant, key, cancellationToken) is null)
            return new SwitchResult.Incomplete([new(key, $"There is no connection definition '{key}'. An operator has to set it up.", null, [])]);
        return await _recipes.ConnectionsNeededAsync(recipe, caller, runtimeUser: null, cancellationToken) switch
        {
            NeededConnections.Found found => found.Connections.Select(c => c.Missing).OfType<MissingConnection>().ToArray() is { Length: > 0 } missing ? new SwitchResult.Incomplete(missing) : null,
            NeededConnections.Forbidden forbidden => new SwitchResult.Forbidden(forbidden.Reason),
            _ => new SwitchResult.NotFound($"There is no recipe '{recipe}'."),
        };
    }

    private async Task<bool> TryRemoveAsync(TriggerState trigger, CancellationToken cancellationToken)
    {
        if (trigger.Registration is not null)
        {
            var now = _time.GetUtcNow();
            if (!await _store.TryChangeAsync(trigger with { IsOn = false, SwitchedAt = now, NextAt = now, Failures = 0 }, cancellationToken)
                || await _work.RunNowAsync(trigger.Id, byHand: false, cancellationToken) is not { Registration: null } taken)
            {
                return false;
            }

            trigger = taken;
        }

        return await _store.TryRemoveAsync(trigger, cancellationToken);
    }

    private TriggerState Begin(Caller caller, string recipe, PlannedTrigger planned, TriggerState? before)
    {
        var now = _time.GetUtcNow();
        return new()
        {
            Id = before?.Id ?? new(Guid.CreateVersion7(now)),
            Tenant = caller.Tenant,
            Recipe = recipe,
            Activity = planned.Activity,
            Type = planned.Type,
            Key = planned.Key,
            IsOn = true,
            By = caller.User,
            SwitchedAt = now,
            // Only a poll makes up for the time in which it was off: what comes at a time, or happens to a connection, is told to those who wait for it.
            Cursor = planned switch
            {
                PlannedTrigger.Poll => before?.Cursor,
                PlannedTrigger.Schedule { Cron: var cron } => SchedulePlace.Of(cron, now).Write(),
                _ => null,
            },
            NextAt = planned is PlannedTrigger.OpenWebhook or PlannedTrigger.Webhook { Trigger.Registers: false } ? null : planned is PlannedTrigger.Schedule schedule ? schedule.Cron.Next(now) : now,
            LastResult = before?.LastResult,
            Registration = before?.Registration,
            PathHash = before?.PathHash,
            SealedPath = before?.SealedPath,
            SealedSecret = before?.SealedSecret,
            Version = before?.Version ?? 1,
        };
    }

    // An address that nobody can guess, and what deliveries are verified by.
    private SwitchResult.Invalid? Secure(PlannedTrigger planned, ref TriggerState trigger, Secret? given, out Secret? made)
    {
        made = null;
        if (planned is not (PlannedTrigger.Webhook or PlannedTrigger.OpenWebhook))
            return given is null ? null : new("secret", "Only webhooks have a secret.");
        if (trigger.SealedPath is null)
        {
            var path = TriggerVault.NewPath();
            trigger = trigger with { PathHash = TriggerVault.HashOf(path), SealedPath = _vault.Seal(trigger.Tenant, trigger.Id, new(path)) };
        }

        var kept = trigger.SealedSecret;
        switch (planned)
        {
            case PlannedTrigger.OpenWebhook { Proof: WebhookProof.None }:
            case PlannedTrigger.Webhook { Trigger.SecretOrigin: WebhookSecretOrigin.None }:
                if (given is not null)
                    return new("secret", "This webhook verifies nothing, so it has no secret.");
                break;
            case PlannedTrigger.OpenWebhook { Proof: var proof }:
                if (given is not null && OpenWebhooks.FaultOf(proof, given.Reveal()) is { } fault)
                    return new("secret", fault);
                made = given is null && kept is null ? new(OpenWebhooks.SignatureOf(proof).CreateSecret()) : null;
                break;
            case PlannedTrigger.Webhook { Trigger: { SecretOrigin: WebhookSecretOrigin.Ours } ours }:
                made = given is null && kept is null ? new(ours.CreateSecret()) : null;
                break;
            case PlannedTrigger.Webhook { Trigger: { SecretOrigin: WebhookSecretOrigin.Theirs, Registers: false } theirs } when given is null && kept is null:
                return new("secret", $"Give the {theirs.SecretLabel} that the app shows.");
        }

        if ((given ?? made) is { } secret)
            trigger = trigger with { SealedSecret = _vault.Seal(trigger.Tenant, trigger.Id, secret) };
        // What the registration tells the app nobody has to type in.
        if (planned is PlannedTrigger.Webhook { Trigger.Registers: true })
            made = null;
        return null;
    }
}
