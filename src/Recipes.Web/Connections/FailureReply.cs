namespace Recipes.Web;

/// <summary>A failure, with what to do about it.</summary>
/// <param name="Status">HTTP status of the app's answer; left out when there was none.</param>
/// <param name="RetryAt">When trying again makes sense, if the app said so.</param>
public sealed record FailureReply(
    FailureKind Kind, string Message, string Guidance, int? Status, string? ProviderCode, string? ProviderWords, DateTimeOffset? RetryAt, DateTimeOffset At)
{
    public static FailureReply? Of(Failure? failure) => failure is null
        ? null
        : new(failure.Kind, failure.Message, Connections.Guidance.For(failure), failure.Status, failure.ProviderCode, failure.ProviderWords, failure.RetryAt, failure.At);
}
