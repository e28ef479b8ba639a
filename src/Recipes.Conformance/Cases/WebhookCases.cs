namespace Recipes.Conformance;

/// <summary>The deliveries of a webhook: what its app sends is believed, and nothing that pretends to come from it.</summary>
internal static class WebhookCases
{
    private const string Mend = "Put 'signature' right: header, prefix, content and encoding as the app's documentation has them.";

    // Any will do: the cases move it themselves.
    private static readonly DateTimeOffset s_now = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>None where deliveries are not signed.</summary>
    public static IReadOnlyList<CaseResult> For(DeclaredWebhookTrigger trigger)
    {
        var secret = trigger.CreateSecret();
        var (signer, stranger) = (new WebhookSigner(trigger.Signature, secret), new WebhookSigner(trigger.Signature, trigger.CreateSecret()));
        if (!signer.CanSign)
            return [];
        string? Fault(WebhookMessage message, TimeSpan later = default) => trigger.Signature.FaultOf(message, secret, s_now + later);
        var genuine = signer.Deliver(s_now, "a");
        var bare = genuine with { Headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase), Query = new Dictionary<string, string>(), Body = "{}"u8.ToArray() };
        var results = new List<CaseResult>
        {
            Believed("A genuine delivery is believed", Fault(genuine)),
            Believed("It is believed under the old secret while a new one takes its place", trigger.Signature.FaultOf(genuine, $"{trigger.CreateSecret()}\n{secret}", s_now)),
            Refused("One that is signed with another secret is refused", Fault(stranger.Deliver(s_now, "a"))),
            Refused("One without a signature is refused", Fault(bare)),
            Refused("Without a secret none is believed", trigger.Signature.FaultOf(genuine, null, s_now)),
        };
        if (signer.SignsContent)
            results.Add(Refused("One that was changed on its way is refused", Fault(genuine with { Body = signer.Deliver(s_now, "b").Body })));
        if (signer.IsTimed)
        {
            results.Add(Refused("One that comes again much later is refused", Fault(genuine, signer.Tolerance + TimeSpan.FromSeconds(2))));
            results.Add(Refused("One from the future is refused", Fault(genuine, -signer.Tolerance - TimeSpan.FromSeconds(2))));
        }

        return results;
    }

    private static CaseResult Believed(string name, string? fault) =>
        new(CaseKind.Webhooks, name, fault is null ? [] : [new(null, null, "the delivery is believed", fault.TrimEnd('.'), Mend)]);

    private static CaseResult Refused(string name, string? fault) =>
        new(CaseKind.Webhooks, name, fault is not null ? [] : [new(null, null, "the delivery is refused", "it was believed", Mend)]);
}
