using Recipes.Connections;

namespace Recipes.Engine;

/// <summary>Where triggers are kept. Nodes share it: who works on a trigger claims it, and writes only as long as the claim is theirs.</summary>
public interface ITriggerStore
{
    Task<TriggerState?> FindAsync(TenantId tenant, string recipe, CancellationToken cancellationToken);

    Task<TriggerState?> FindByPathAsync(byte[] pathHash, CancellationToken cancellationToken);

    /// <summary>All of a tenant, by recipe.</summary>
    Task<IReadOnlyList<TriggerState>> ListAsync(TenantId tenant, CancellationToken cancellationToken);

    /// <returns>False when the recipe has one in that tenant already.</returns>
    Task<bool> TryAddAsync(TriggerState trigger, CancellationToken cancellationToken);

    /// <summary>A person's change: it ends whatever claim there is, so that who held it writes nothing any more.</summary>
    /// <returns>False when it was changed since it was read.</returns>
    Task<bool> TryChangeAsync(TriggerState trigger, CancellationToken cancellationToken);

    /// <summary>Claims what is due, in turn over tenants and types, longest due first. What a node that died had claimed is due again when its claim is over.</summary>
    /// <param name="owner">A new id for each call.</param>
    /// <param name="life">How long the claim lasts, by the clock of the database.</param>
    /// <param name="without">Types that are left out.</param>
    Task<IReadOnlyList<TriggerState>> ClaimAsync(Guid owner, DateTimeOffset now, TimeSpan life, int most, IReadOnlyCollection<string> without, CancellationToken cancellationToken);

    /// <summary>Claims one, due or not.</summary>
    /// <returns>Null when somebody works on it, or there is none.</returns>
    Task<TriggerState?> TryClaimAsync(TriggerId id, Guid owner, TimeSpan life, CancellationToken cancellationToken);

    /// <summary>Writes what came of a claim.</summary>
    /// <param name="life">How long the claim goes on; null gives it back.</param>
    /// <returns>As it is stored; null when the claim is not this owner's any more and nothing was written.</returns>
    Task<TriggerState?> TryWriteAsync(TriggerState trigger, Guid owner, TimeSpan? life, CancellationToken cancellationToken);

    /// <summary>Prolongs a claim.</summary>
    /// <returns>False when it is not this owner's any more.</returns>
    Task<bool> TryRenewAsync(TriggerId id, Guid owner, TimeSpan life, CancellationToken cancellationToken);

    /// <summary>Notes what came last of one that is on, whoever works on it.</summary>
    Task NoteAsync(TriggerId id, TriggerResult result, CancellationToken cancellationToken);

    /// <summary>Makes those due whose connection has healed.</summary>
    /// <returns>How many.</returns>
    Task<int> WakeAsync(DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Makes those of recipes due that hang on what the recipe says: schedules, registered webhooks, and what is paused.</summary>
    Task<int> WakeAsync(IReadOnlyCollection<string> recipes, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Removes one that is not registered anywhere, so that the recipe can have a new one.</summary>
    /// <returns>False when it was changed since it was read.</returns>
    Task<bool> TryRemoveAsync(TriggerState trigger, CancellationToken cancellationToken);

    /// <summary>What happened to connections of a tenant, oldest first: the changes between lost and healed, each once, and those that wait (<see cref="Alert.TellFrom"/>) as well.</summary>
    /// <param name="after">Only with a greater number.</param>
    Task<IReadOnlyList<ConnectionNews>> ListNewsAsync(TenantId tenant, long after, int most, CancellationToken cancellationToken);
}
