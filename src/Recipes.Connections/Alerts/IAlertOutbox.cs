namespace Recipes.Connections;

/// <summary>Alerts on their way: each is owed to every target until that target has taken it, whatever node dies meanwhile.</summary>
public interface IAlertOutbox
{
    /// <summary>Alerts of which it is not decided yet whom they go to, oldest first.</summary>
    Task<IReadOnlyList<Alert>> ListNewAsync(int most, CancellationToken cancellationToken);

    /// <summary>Decides whom an alert goes to, once: of any number of nodes that do so at once one succeeds, and the deliveries are stored with it.</summary>
    /// <param name="targets">Names of targets, as <see cref="AlertDelivery.Target"/>.</param>
    Task<bool> TryAddressAsync(Guid alert, IReadOnlyCollection<string> targets, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Takes deliveries that are due; nobody else gets them until <paramref name="until"/>.</summary>
    Task<IReadOnlyList<AlertDelivery>> ClaimAsync(DateTimeOffset now, DateTimeOffset until, int most, CancellationToken cancellationToken);

    /// <summary>The target has taken it.</summary>
    Task DeliveredAsync(Guid delivery, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>The target has not taken it.</summary>
    /// <param name="nextTryAt">When it is tried again; null gives it up.</param>
    /// <param name="error">Why, without secrets, at most 500 characters.</param>
    Task FailedAsync(Guid delivery, DateTimeOffset? nextTryAt, string error, CancellationToken cancellationToken);

    /// <summary>The last deliveries of a tenant, newest first, for people.</summary>
    Task<IReadOnlyList<AlertDelivery>> ListAsync(TenantId tenant, int most, CancellationToken cancellationToken);

    /// <summary>Forgets alerts from before a moment.</summary>
    Task PurgeAsync(DateTimeOffset before, CancellationToken cancellationToken);
}

/// <summary>An alert on its way to one target.</summary>
/// <param name="Target">Where it goes: <c>webhook:0</c>, <c>mail:ann@example.com</c>.</param>
/// <param name="Tries">How often it has been tried.</param>
/// <param name="NextTryAt">When it is tried (again); null when it is done or given up.</param>
/// <param name="DeliveredAt">When the target took it; null when it has not.</param>
/// <param name="Error">Why the last try failed; null when none did.</param>
public sealed record AlertDelivery(Guid Id, Alert Alert, string Target, int Tries, DateTimeOffset? NextTryAt, DateTimeOffset? DeliveredAt, string? Error);
