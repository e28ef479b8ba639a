using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Recipes.Connections;
using Recipes.Connectors;

namespace Recipes.Engine;

/// <summary>Registers webhooks at their apps through a connection, renews them before they end, and takes them back.</summary>
internal sealed partial class HookRegistrations(IConnectionClients clients, IActionCatalogue catalogue, TriggerVault vault, IHookAddress address, TimeProvider time, ILogger<HookRegistrations> log)
{
    /// <summary>After so many failures it is given up to take a registration back: its deliveries are refused in any case.</summary>
    private const int MostRemovals = 10;

    private static readonly TimeSpan s_renewBefore = TimeSpan.FromDays(1);

    /// <summary>Has the webhook registered as its recipe says now.</summary>
    public async Task RunAsync(TriggerTurn turn, PlannedTrigger.Webhook webhook, ConnectionId connection, CancellationToken cancellationToken)
    {
        var (now, trigger, inputs) = (time.GetUtcNow(), turn.Trigger, Json(webhook.Inputs));
        var known = trigger.Registration;
        if (known is not null && known.Inputs == inputs && known.Connection == connection && !(RenewalOf(known) <= now))
        {
            await turn.TryEndAsync(trigger with { Failures = 0, NextAt = RenewalOf(known) }, cancellationToken);
            return;
        }

        // With another account, or for other events, the old one has no use; one that only ends is replaced without a gap.
        if (known is not null && (known.Inputs != inputs || known.Connection != connection) && !await TryForgetAsync(turn, cancellationToken))
            return;
        trigger = turn.Trigger;
        var path = vault.Open(trigger.Tenant, trigger.Id, trigger.SealedPath!).Reveal();
        var secret = webhook.Trigger.SecretOrigin == WebhookSecretOrigin.Ours ? vault.Open(trigger.Tenant, trigger.Id, trigger.SealedSecret!).Reveal() : null;
        switch (await RegisterAsync(webhook, connection, address.Of(path), secret, now, cancellationToken))
        {
            case RegistrationAnswer.Registered registered:
                var registration = new HookRegistration(connection, registered.Registration.Id, Json(registered.Registration.Data), inputs, now, registered.ExpiresAt);
                var changed = trigger with
                {
                    Registration = registration,
                    SealedSecret = registered.Secret is { } theirs ? vault.Seal(trigger.Tenant, trigger.Id, theirs) : trigger.SealedSecret,
                    Failures = 0,
                    LastResult = new(TriggerOutcome.Nothing, "The app was told where to deliver.", now),
                    NextAt = RenewalOf(registration),
                };
                // The app has it: a host that stops now still has to know of it.
                if (!await turn.TryWriteAsync(changed, CancellationToken.None))
                {
                    // Switched off meanwhile: nobody else knows of this one.
                    await UnregisterAsync(webhook.Trigger, webhook.Inputs, registration, CancellationToken.None);
                    return;
                }

                if (trigger.Registration is { } replaced && replaced.Id != registration.Id)
                    await UnregisterAsync(webhook.Trigger, webhook.Inputs, replaced, CancellationToken.None);
                await turn.TryEndAsync(turn.Trigger, CancellationToken.None);
                break;
            case RegistrationAnswer.Failed { Failure: var failure }:
                await FailAsync(turn, failure, cancellationToken);
                break;
        }
    }

    /// <summary>Takes back the registration of one that is off.</summary>
    public async Task RemoveAsync(TriggerTurn turn, CancellationToken cancellationToken)
    {
        if (turn.Trigger.Registration is null || await TryForgetAsync(turn, cancellationToken))
            await turn.TryEndAsync(turn.Trigger with { NextAt = null }, cancellationToken);
    }

    /// <summary>Takes the registration back.</summary>
    /// <returns>False when it could not be: then the turn has ended, and it comes again.</returns>
    public async Task<bool> TryForgetAsync(TriggerTurn turn, CancellationToken cancellationToken)
    {
        var (trigger, registration) = (turn.Trigger, turn.Trigger.Registration!);
        // A connector that is gone, or does not register any more, cannot be asked.
        var failure = catalogue.FindTrigger(trigger.Type) is WebhookTrigger { Registers: true } webhook
            ? await UnregisterAsync(webhook, (IReadOnlyDictionary<string, object?>)PlainData.Parse(registration.Inputs)!, registration, cancellationToken)
            : null;
        if (failure is not null && trigger.Failures < MostRemovals)
        {
            await FailAsync(turn, failure, cancellationToken);
            return false;
        }

        return await turn.TryWriteAsync(
            trigger with { Registration = null, Failures = 0, LastResult = failure is null ? trigger.LastResult : new(TriggerOutcome.Failed, $"The app could not be told to deliver no more: remove it there. {failure.Message}", time.GetUtcNow()) }, cancellationToken);
    }

    private static DateTimeOffset? RenewalOf(HookRegistration registration)
    {
        if (registration.ExpiresAt is not { } ends)
            return null;
        var half = (ends - registration.At) / 2;
        return ends - (half < s_renewBefore ? half : s_renewBefore);
    }

    private async Task<RegistrationAnswer> RegisterAsync(
        PlannedTrigger.Webhook webhook, ConnectionId connection, Uri where, string? secret, DateTimeOffset now, CancellationToken cancellationToken)
    {
        try
        {
            return await webhook.Trigger.RegisterAsync(await clients.GetAsync(connection, cancellationToken), webhook.Inputs, where, secret, now, cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            return new RegistrationAnswer.Failed(ActionFailures.From(e, now));
        }
    }

    private async Task<Failure?> UnregisterAsync(WebhookTrigger webhook, IReadOnlyDictionary<string, object?> inputs, HookRegistration registration, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        try
        {
            var kept = new WebhookRegistration(registration.Id, (IReadOnlyDictionary<string, object?>)PlainData.Parse(registration.Data)!);
            return await webhook.UnregisterAsync(await clients.GetAsync(registration.Connection, cancellationToken), inputs, kept, now, cancellationToken);
        }
        catch (KeyNotFoundException)
        {
            // Without the connection nobody can ask; what the app still delivers is refused.
            return null;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            LogNotRemoved(e, webhook.Type);
            return ActionFailures.From(e, now);
        }
    }

    private async Task FailAsync(TriggerTurn turn, Failure failure, CancellationToken cancellationToken)
    {
        var failures = turn.Trigger.Failures + 1;
        await turn.TryEndAsync(turn.Trigger with
        {
            Failures = failures,
            LastResult = new(TriggerOutcome.Failed, failure.Message, failure.At) { Kind = failure.Kind },
            NextAt = TriggerPauses.After(failures, TimeSpan.Zero, failure, time.GetUtcNow(), Random.Shared.NextDouble()),
        }, cancellationToken);
    }

    private static string Json(IReadOnlyDictionary<string, object?> data)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
            PlainData.Write(writer, data);
        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A registration of {Type} could not be taken back")]
    private partial void LogNotRemoved(Exception exception, string type);
}
