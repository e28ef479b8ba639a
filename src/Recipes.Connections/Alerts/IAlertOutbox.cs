namespace Recipes.Connections;

/// <summary>Alerts on their way: each is owed to every target until that target has taken it, whatever node dies meanwhile.</summary>
public interface IAlertOutbox
{
    /// <summary>Alerts of which it is not decided yet whom they go to, oldest first; those that wait (<see cref="Alert.TellFrom"/>) are left out.</summary>
    Task<IReadOnlyList<Alert>> ListNewAsync(DateTimeOffset now, int most, CancellationToken cancellationToken);

    /// <summary>Decides whom an alert goes to, once: of any number of nodes that do so at once one succeeds, and the deliveries are stored with it.</summary>
    /// <param name="targets">Names of targets, as <see cref="AlertDelivery.Target"/>.</param>
    Task<bool> TryAddressAsync(Guid alert, IReadOnlyCollection<string> targets, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>
    /// Takes deliveries that are due, longest due first; nobody else gets them until <paramref name="until"/>. What one target is told of one connection (or of
    /// one OAuth client) comes in the order in which it happened: a later alert only once the earlier one was delivered or given up.
    /// </summary>
    Task<IReadOnlyList<AlertDelivery>> ClaimAsync(DateTimeOffset now, DateTimeOffset until, int most, CancellationToken cancellationToken);

    /// <summary>The target has taken it.</summary>
    /// <param name="delivery">As it was claimed.</param>
    Task DeliveredAsync(AlertDelivery delivery, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>The target has not taken it. Changes nothing where somebody else has claimed it meanwhile.</summary>
    /// <param name="delivery">As it was claimed.</param>
    /// <param name="nextTryAt">When it is tried again; null gives it up.</param>
    /// <param name="error">Why, without secrets, at most 500 characters.</param>
    Task FailedAsync(AlertDelivery delivery, DateTimeOffset? nextTryAt, string error, CancellationToken cancellationToken);

    /// <summary>The last deliveries of a tenant, newest alert first, for people.</summary>
    Task<IReadOnlyList<AlertDelivery>> ListAsync(TenantId tenant, int most, CancellationToken cancellationToken);

    /// <summary>Forgets alerts from before a moment.</summary>
    /// <param name="most">How many at once.</param>
    /// <returns>How many; fewer than <paramref name="most"/> when there are no more.</returns>
    Task<int> PurgeAsync(DateTimeOffset before, int most, CancellationToken cancellationToken);
}
