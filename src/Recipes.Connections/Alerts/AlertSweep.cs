using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Recipes.Connections;

/// <summary>Has alerts arrive: decides whom each goes to, and tries until it was taken or given up. Any number of nodes may do so at once.</summary>
public sealed partial class AlertSweep : ISweep
{
    private const int MostAtOnce = 64;
    private const int MostInParallel = 8;

    private readonly IAlertOutbox _outbox;
    private readonly AlertTargets _targets;
    private readonly AlertNotices _notices;
    private readonly AlertSender _sender;
    private readonly IOptions<AlertOptions> _settings;
    private readonly TimeProvider _time;
    private readonly ILogger<AlertSweep> _log;

    internal AlertSweep(IAlertOutbox outbox, AlertTargets targets, AlertNotices notices, AlertSender sender, IOptions<AlertOptions> options, TimeProvider time, ILogger<AlertSweep> log) =>
        (_outbox, _targets, _notices, _sender, _settings, _time, _log) = (outbox, targets, notices, sender, options, time, log);

    public string Name => "alerts";

    public TimeSpan Every => Options.Every;

    // Not before it is needed: who is made before the settings are checked must not be stopped by their faults.
    private AlertOptions Options => _settings.Value;

    // Longer than all that is claimed at once can take, one slow target after the other; what a node that dies has claimed waits for so long.
    private TimeSpan Claim => (Options.Timeout * (MostAtOnce / MostInParallel)) + TimeSpan.FromMinutes(1);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await AddressAsync(cancellationToken);
        // Who does not answer holds up nobody else: the rest of what is for them waits for another round.
        var silent = new ConcurrentDictionary<string, string>(StringComparer.Ordinal);
        while (await _outbox.ClaimAsync(_time.GetUtcNow(), _time.GetUtcNow() + Claim, MostAtOnce, cancellationToken) is { Count: > 0 } claimed)
        {
            var open = new ConcurrentDictionary<Guid, AlertDelivery>(claimed.Select(d => KeyValuePair.Create(d.Id, d)));
            try
            {
                await Parallel.ForEachAsync(claimed, new ParallelOptions { MaxDegreeOfParallelism = MostInParallel, CancellationToken = cancellationToken }, async (delivery, token) =>
                {
                    await DeliverAsync(delivery, silent, token);
                    open.TryRemove(delivery.Id, out _);
                });
            }
            finally
            {
                // A node that ends leaves them to the others, or to its next start.
                foreach (var delivery in open.Values)
                    await _outbox.FailedAsync(delivery, _time.GetUtcNow(), "The host ended before it was sent.", CancellationToken.None);
            }
        }
    }

    private async Task AddressAsync(CancellationToken cancellationToken)
    {
        while (await _outbox.ListNewAsync(_time.GetUtcNow(), MostAtOnce, cancellationToken) is { Count: > 0 } fresh)
        {
            foreach (var alert in fresh)
            {
                var targets = await TargetsOfAsync(alert, cancellationToken);
                if (await _outbox.TryAddressAsync(alert.Id, targets, _time.GetUtcNow(), cancellationToken))
                    LogRaised(_log, AlertType.Of(alert), alert.Connection?.Value ?? alert.Definition.Value, targets.Count);
            }
        }
    }

    // Whose connection it is may be unreadable; that somebody is told must not hang on it. Trouble that passes ends the round: what is addressed is addressed for good.
    private async Task<IReadOnlyCollection<string>> TargetsOfAsync(Alert alert, CancellationToken cancellationToken)
    {
        try
        {
            return await _targets.OfAsync(alert, cancellationToken);
        }
        catch (Exception e) when (e is FormatException or ArgumentException or InvalidCastException or JsonException or CryptographicException)
        {
            LogOwnerUnknown(_log, e, alert.Id);
            return _targets.ConfiguredFor(alert);
        }
    }

    private async Task DeliverAsync(AlertDelivery delivery, ConcurrentDictionary<string, string> silent, CancellationToken cancellationToken)
    {
        AlertOutcome outcome;
        try
        {
            outcome = silent.TryGetValue(ServerOf(delivery.Target), out var why)
                ? new AlertOutcome.TryLater(why)
                : await _sender.SendAsync(delivery.Target, await _notices.OfAsync(delivery.Alert, cancellationToken), delivery.Id, cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            LogBroken(_log, e, delivery.Alert.Id, delivery.Target);
            outcome = new AlertOutcome.TryLater($"An unexpected {e.GetType().Name}; the log says more.");
        }

        switch (outcome)
        {
            case AlertOutcome.Delivered:
                await _outbox.DeliveredAsync(delivery, _time.GetUtcNow(), CancellationToken.None);
                LogDelivered(_log, delivery.Alert.Id, delivery.Target, delivery.Tries);
                break;
            case AlertOutcome.Refused refused:
                await _outbox.FailedAsync(delivery, null, refused.Error, CancellationToken.None);
                LogGivenUp(_log, delivery.Alert.Id, delivery.Target, delivery.Tries, refused.Error);
                break;
            case AlertOutcome.TryLater later:
                if (later.NoAnswer)
                    silent.TryAdd(ServerOf(delivery.Target), later.Error);
                await PutOffAsync(delivery, later);
                break;
            case var other:
                throw new InvalidOperationException($"Unknown outcome {other.GetType().Name}.");
        }
    }

    // All mail goes through one server.
    private static string ServerOf(string target) => target.StartsWith(AlertTarget.Mail, StringComparison.Ordinal) ? AlertTarget.Mail : target;

    private async Task PutOffAsync(AlertDelivery delivery, AlertOutcome.TryLater later)
    {
        if (AlertPauses.AreUsedUp(Options, delivery.Tries))
        {
            await _outbox.FailedAsync(delivery, null, later.Error, CancellationToken.None);
            LogGivenUp(_log, delivery.Alert.Id, delivery.Target, delivery.Tries, later.Error);
            return;
        }

        var now = _time.GetUtcNow();
        var next = now + AlertPauses.After(Options, delivery.Tries);
        if (later.NotBefore > next)
            next = later.NotBefore.Value < now + Options.LongestPause ? later.NotBefore.Value : now + Options.LongestPause;
        await _outbox.FailedAsync(delivery, next, later.Error, CancellationToken.None);
        LogPutOff(_log, delivery.Alert.Id, delivery.Target, delivery.Tries, next, later.Error);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Alert {Type} of {Subject} goes to {Targets} targets")]
    private static partial void LogRaised(ILogger logger, string type, Guid subject, int targets);

    [LoggerMessage(Level = LogLevel.Error, Message = "Alert {Alert} goes to the configured targets alone: its owner could not be read")]
    private static partial void LogOwnerUnknown(ILogger logger, Exception exception, Guid alert);

    [LoggerMessage(Level = LogLevel.Information, Message = "Alert {Alert} was taken by {Target}, try {Tries}")]
    private static partial void LogDelivered(ILogger logger, Guid alert, string target, int tries);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Alert {Alert} was not taken by {Target}, try {Tries}; tried again at {NextTry}: {Error}")]
    private static partial void LogPutOff(ILogger logger, Guid alert, string target, int tries, DateTimeOffset nextTry, string error);

    [LoggerMessage(Level = LogLevel.Error, Message = "Alert {Alert} to {Target} is given up after {Tries} tries: {Error}")]
    private static partial void LogGivenUp(ILogger logger, Guid alert, string target, int tries, string error);

    [LoggerMessage(Level = LogLevel.Error, Message = "Alert {Alert} could not be sent to {Target}")]
    private static partial void LogBroken(ILogger logger, Exception exception, Guid alert, string target);
}
