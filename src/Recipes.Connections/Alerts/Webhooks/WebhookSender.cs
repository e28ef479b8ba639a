using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Recipes.Connections;

/// <summary>Posts an alert to a webhook, signed. Goes through the egress guard; redirects are not followed.</summary>
/// <remarks>Source: https://www.standardwebhooks.com. 2xx is delivered, 410 means that it is not wanted any more, everything else is tried again.</remarks>
internal sealed class WebhookSender(EgressGuard guard, TimeProvider time)
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    public async Task<AlertOutcome> SendAsync(WebhookOptions webhook, AlertNotice notice, CancellationToken cancellationToken)
    {
        var address = webhook.Uri!;
        if (guard.Check(address) is { } wrong)
            return new AlertOutcome.TryLater($"Its address {wrong}.");
        var (body, now, id) = (JsonSerializer.SerializeToUtf8Bytes(notice, s_json), time.GetUtcNow(), notice.Id.ToString());
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add("User-Agent", "Recipes");
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("webhook-signature", WebhookSignature.Of(webhook.Secret!, id, now, body));
        using var response = await guard.Invoker.SendAsync(request, cancellationToken);
        return response.StatusCode switch
        {
            _ when response.IsSuccessStatusCode => new AlertOutcome.Delivered(),
            HttpStatusCode.Gone => new AlertOutcome.Refused("It answered 410: it is not wanted there any more."),
            >= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest => new AlertOutcome.TryLater($"It answered {(int)response.StatusCode}; redirects are not followed."),
            _ => new AlertOutcome.TryLater($"It answered {(int)response.StatusCode}.", NotBefore: FailureClassifier.RetryAfter(response, now)),
        };
    }
}
