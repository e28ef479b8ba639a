namespace Recipes.Connectors;

/// <summary>What a delivery turned out to be.</summary>
public abstract record WebhookVerdict
{
    private WebhookVerdict()
    {
    }

    /// <param name="Events">At least one, in the order of the delivery.</param>
    public sealed record Accepted(IReadOnlyList<TriggerRecord> Events) : WebhookVerdict;

    /// <summary>The app makes sure that somebody listens: answer with exactly this.</summary>
    public sealed record Challenge(int Status, string ContentType, string Body) : WebhookVerdict;

    /// <summary>Genuine, and nothing that the trigger waits for: answer 200.</summary>
    public sealed record Ignored : WebhookVerdict;

    /// <summary>Not genuine, or not readable: answer 401.</summary>
    /// <param name="Reason">One sentence, without secrets, for whoever set it up and never for the caller.</param>
    public sealed record Rejected(string Reason) : WebhookVerdict;
}
