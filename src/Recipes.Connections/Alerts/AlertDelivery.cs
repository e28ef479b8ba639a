namespace Recipes.Connections;

/// <summary>An alert on its way to one target.</summary>
/// <param name="Target">Where it goes: <c>webhook:hooks.example.com</c>, <c>mail:ann@example.com</c>.</param>
/// <param name="Tries">How often it has been tried, this time included once it is claimed.</param>
/// <param name="NextTryAt">When it is tried (again); null when it is done or given up.</param>
/// <param name="DeliveredAt">When the target took it; null when it has not.</param>
/// <param name="Error">Why the last try failed; null when none did.</param>
public sealed record AlertDelivery(Guid Id, Alert Alert, string Target, int Tries, DateTimeOffset? NextTryAt, DateTimeOffset? DeliveredAt, string? Error);
