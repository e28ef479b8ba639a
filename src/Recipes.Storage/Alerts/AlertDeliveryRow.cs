using Recipes.Connections;

namespace Recipes.Storage;

internal sealed class AlertDeliveryRow
{
    public Guid Id { get; init; }
    public Guid AlertId { get; init; }
    public required string Target { get; init; }
    public int Tries { get; init; }

    /// <summary>Null when it was delivered or given up.</summary>
    public DateTimeOffset? NextTryAt { get; init; }
    public DateTimeOffset? DeliveredAt { get; init; }
    public string? Error { get; init; }

    public AlertDelivery ToDelivery(AlertRow alert) => new(Id, alert.ToAlert(), Target, Tries, NextTryAt, DeliveredAt, Error);
}
