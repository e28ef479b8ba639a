namespace Recipes.Connectors;

/// <summary>How an app makes sure that somebody listens, and what it wants to hear.</summary>
/// <param name="When">Whether a message is one: true for what is not false.</param>
/// <param name="Answer">A text, or what becomes JSON.</param>
/// <param name="Sign">A text to hash with the secret, for <c>signed</c> in the answer; null where there is none.</param>
/// <param name="IsVerified">Whether it is signed like any delivery.</param>
internal sealed record ChallengeRules(Template When, BodyTemplate Answer, Template? Sign, int Status, bool IsVerified)
{
    // What comes along is sent back: a token, never a page.
    private const int LongestAnswer = 4096;

    /// <summary>What templates of a challenge may read.</summary>
    public static TemplateScope Scope { get; } = new("method", "query", "headers", "body", "signed");

    /// <summary>Null when the message is none.</summary>
    /// <param name="data">The roots of <see cref="Scope"/> but for <c>signed</c>.</param>
    /// <param name="sign">Hashes with the secret.</param>
    /// <exception cref="TemplateException">Something that the answer is made of is missing.</exception>
    public WebhookVerdict? Read(Dictionary<string, object?> data, Func<string, string?> sign)
    {
        if (!PlainComparer.IsTrue(When.Evaluate(data)))
            return null;
        if (Sign is not null)
            data = new(data) { ["signed"] = sign(Sign.Render(data)) };
        var isText = Answer is not BodyTemplate.Map;
        var answer = isText ? PlainText.Of(Answer.Evaluate(data)) : PlainData.ToJson(Answer.Evaluate(data));
        return answer.Length <= LongestAnswer ? new WebhookVerdict.Challenge(Status, isText ? "text/plain; charset=utf-8" : "application/json", answer)
            : new WebhookVerdict.Rejected("What it wants to hear is longer than any token.");
    }
}
