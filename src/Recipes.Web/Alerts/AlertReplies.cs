namespace Recipes.Web;

/// <summary>An alert on its way to one target, or arrived there.</summary>
/// <param name="Id">Id of the alert: what a webhook gets as <c>webhook-id</c>.</param>
/// <param name="Type">For instance <c>connection.lost</c>.</param>
/// <param name="ConnectionId">Null when it tells of the definition's OAuth client, or of an incident.</param>
/// <param name="Incident">The host that refuses many accounts; left out unless it tells of one.</param>
/// <param name="Target"><c>webhook:</c> and its name, or <c>mail:</c> and the address.</param>
/// <param name="Status"><c>delivered</c>, <c>waiting</c> or <c>givenUp</c>.</param>
/// <param name="Error">Why the last try failed.</param>
public sealed record AlertReply(
    Guid Id, string Type, DateTimeOffset At, Guid DefinitionId, Guid? ConnectionId, string Target, string Status, int Tries, DateTimeOffset? NextTryAt, DateTimeOffset? DeliveredAt, string? Error, string? Incident)
{
    internal static AlertReply Of(AlertDelivery d) => new(
        d.Alert.Id, AlertType.Of(d.Alert), d.Alert.At, d.Alert.Definition.Value, d.Alert.Connection?.Value, d.Target,
        d.DeliveredAt is not null ? "delivered" : d.NextTryAt is not null ? "waiting" : "givenUp", d.Tries, d.NextTryAt, d.DeliveredAt, d.Error, d.Alert.Incident?.Host);
}

/// <summary>How a target fared with a test.</summary>
/// <param name="Status"><c>delivered</c>, <c>failed</c> (a real alert would be tried again) or <c>refused</c>.</param>
public sealed record AlertTestReply(string Target, string Status, string? Error)
{
    internal static AlertTestReply Of(AlertTarget target, AlertOutcome outcome) => outcome switch
    {
        AlertOutcome.Delivered => new(target.Name, "delivered", null),
        AlertOutcome.TryLater later => new(target.Name, "failed", later.Error),
        AlertOutcome.Refused refused => new(target.Name, "refused", refused.Error),
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome.GetType().Name, null),
    };
}
