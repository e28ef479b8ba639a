namespace Recipes.Connectors;

/// <summary>A webhook without a connector: anybody's JSON, form or text.</summary>
public static class PlainWebhook
{
    // What may tell a delivery that comes again.
    private static readonly string[] s_ids = ["webhook-id", "Idempotency-Key"];

    // Only what it is told by: who sends it and with which credential is nobody's business.
    private static readonly string[] s_headers = ["Content-Type", "User-Agent", "webhook-id", "webhook-timestamp"];

    /// <summary>Members of <see cref="TriggerRecord.Data"/>.</summary>
    public static IReadOnlyList<ActionOutput> Outputs { get; } =
    [
        new("body", "Body", ValueType.Any), new("query", "Query", ValueType.Object), new("headers", "Headers", ValueType.Object), new("method", "Method", ValueType.Text),
    ];

    /// <summary>Verifies a delivery. Without an id of its own each is another, even with the same body.</summary>
    /// <param name="secretParameter">A parameter of the query that holds the secret, to be left out of the data; null where none does.</param>
    public static WebhookVerdict Read(WebhookMessage message, DeliverySignature signature, string? secret, DateTimeOffset now, string? secretParameter = null)
    {
        if (signature.FaultOf(message, secret, now) is { } fault)
            return new WebhookVerdict.Rejected(fault);
        if (!WebhookBody.TryRead(message, out var body, out var unreadable))
            return new WebhookVerdict.Rejected(unreadable!);
        var id = s_ids.Select(message.Headers.GetValueOrDefault).FirstOrDefault(v => !string.IsNullOrEmpty(v));
        return new WebhookVerdict.Accepted([new(id is null ? Guid.CreateVersion7(now).ToString() : TriggerRecord.Shorten(id), new Dictionary<string, object?>
        {
            ["body"] = body,
            ["query"] = message.Query.Where(q => q.Key != secretParameter).ToDictionary(q => q.Key, object? (q) => q.Value),
            ["headers"] = s_headers.Where(message.Headers.ContainsKey).ToDictionary(h => h.ToLowerInvariant(), object? (h) => message.Headers[h]),
            ["method"] = message.Method,
        })]);
    }
}
