using System.Net.Sockets;
using System.Security.Authentication;
using Microsoft.Extensions.Options;

namespace Recipes.Connections;

/// <summary>One try to tell one target.</summary>
internal sealed class AlertSender(WebhookSender webhooks, MailSender mail, IOptions<AlertOptions> options, TimeProvider time)
{
    /// <param name="delivery">The same for every try.</param>
    public async Task<AlertOutcome> SendAsync(string target, AlertNotice notice, Guid delivery, CancellationToken cancellationToken)
    {
        using var activity = ConnectionTelemetry.Activities.StartActivity("alert delivery");
        activity?.SetTag(ConnectionTelemetry.KindTag, notice.Type);
        var outcome = await TryAsync(target, notice, delivery, cancellationToken);
        var word = outcome switch { AlertOutcome.Delivered => "delivered", AlertOutcome.Refused => "refused", _ => "failed" };
        activity?.SetTag(ConnectionTelemetry.OutcomeTag, word);
        ConnectionTelemetry.AlertSent(target.StartsWith(AlertTarget.Mail, StringComparison.Ordinal) ? "mail" : "webhook", notice.Type, word);
        return outcome;
    }

    private async Task<AlertOutcome> TryAsync(string target, AlertNotice notice, Guid delivery, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(options.Value.Timeout, time);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            if (target.StartsWith(AlertTarget.Webhook, StringComparison.Ordinal) && options.Value.Webhooks.FirstOrDefault(w => target.EndsWith($":{w.DisplayName}", StringComparison.OrdinalIgnoreCase)
                && target.Length == AlertTarget.Webhook.Length + w.DisplayName.Length) is { } webhook)
            {
                return await webhooks.SendAsync(webhook, notice, timeout.Token);
            }

            if (target.StartsWith(AlertTarget.Mail, StringComparison.Ordinal) && options.Value.Mail is { } server)
            {
                return EmailAddress.TryParse(target[AlertTarget.Mail.Length..], out var address)
                    ? await mail.SendAsync(server, address, notice, delivery, timeout.Token)
                    : new AlertOutcome.Refused("It is no address that mail can go to.");
            }

            return new AlertOutcome.Refused("It is not among the settings any more.");
        }
        catch (Exception e) when (e is HttpRequestException or IOException or SocketException or AuthenticationException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            var failure = FailureClassifier.FromException(e, "It could not be reached", time.GetUtcNow());
            return new AlertOutcome.TryLater(failure.Message, NoAnswer: true);
        }
    }
}
