namespace Recipes.Web;

/// <summary>A failure, with what to do about it.</summary>
/// <param name="Status">HTTP status of the app's answer; left out when there was none.</param>
/// <param name="RetryAt">When trying again makes sense, if the app said so.</param>
public sealed record FailureReply(
    FailureKind Kind, string Message, string Guidance, int? Status, string? ProviderCode, string? ProviderWords, DateTimeOffset? RetryAt, DateTimeOffset At)
{
    /// <param name="isHeld">Whether an incident keeps it from being a verdict.</param>
    public static FailureReply? Of(Failure? failure, bool isHeld = false) => failure is null
        ? null
        : new(failure.Kind, failure.Message, isHeld ? Connections.Guidance.Held : Connections.Guidance.For(failure), failure.Status, failure.ProviderCode, failure.ProviderWords, failure.RetryAt, failure.At);
}
