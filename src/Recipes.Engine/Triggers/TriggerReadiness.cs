using Recipes.Connections;

namespace Recipes.Engine;

/// <summary>Finds out whether a trigger can start runs: its recipe, the person who switched it on, and every connection that a run would need.</summary>
internal sealed class TriggerReadiness(RecipeCatalogue catalogue, RecipeCaller recipes, IUserStore users, IConnectionStore connections, TimeProvider time)
{
    /// <summary>What switching a trigger on takes, and keeping it on.</summary>
    public const Privileges Needed = Privileges.ManageDefinitions;

    /// <param name="mayBeHeld">Whether runs may wait for connections that are broken.</param>
    public async Task<Readiness> CheckAsync(TriggerState trigger, CancellationToken cancellationToken, bool mayBeHeld = false)
    {
        if (catalogue.Find(trigger.Recipe) is not { } recipe)
            return No(TriggerPauseReason.Recipe, $"There is no recipe '{trigger.Recipe}' any more.");
        if (!recipe.CanRun)
            return No(TriggerPauseReason.Recipe, $"The recipe '{trigger.Recipe}' has faults, and no version of it can run.");
        if (recipe.Trigger is not { } planned || !planned.IsSameAs(trigger))
            return No(TriggerPauseReason.Changed, "The recipe begins otherwise than when it was switched on. Switch its trigger on again.");
        if (await users.FindAsync(trigger.Tenant, trigger.By, cancellationToken) is not { } user || (user.Privileges & Needed) != Needed)
            return No(TriggerPauseReason.Person, $"{trigger.By}, who switched it on, may not do so any more. Somebody else has to switch it on again.");
        var caller = new Caller(trigger.Tenant, user.Id, user.Privileges);
        switch (await recipes.ConnectionsNeededAsync(trigger.Recipe, caller, runtimeUser: null, cancellationToken, mayBeHeld))
        {
            case NeededConnections.Found found when found.Connections.FirstOrDefault(n => n.Missing is not null) is { Missing: { } missing }:
                return new Readiness.NotReady(
                    new(TriggerPauseReason.Connection, missing.Reason, time.GetUtcNow(), missing.AuthorizePath), await FindBrokenAsync(trigger.Tenant, missing.Key, cancellationToken));
            case NeededConnections.Found found:
                return new Readiness.Ready(caller, planned, found.Connections.ToDictionary(n => n.Key, n => n.Bound!));
            case NeededConnections.Forbidden forbidden:
                return No(TriggerPauseReason.Person, forbidden.Reason);
            default:
                return No(TriggerPauseReason.Recipe, $"There is no recipe '{trigger.Recipe}' any more.");
        }
    }

    // A recipe that is not callable acts through the organisation's: the only one there is, or the default.
    private async Task<ConnectionId?> FindBrokenAsync(TenantId tenant, StableKey key, CancellationToken cancellationToken)
    {
        if (await connections.FindDefinitionAsync(tenant, key, cancellationToken) is not { } definition)
            return null;
        var all = await connections.ListAsync(tenant, new ConnectionFilter(definition.Id, Owner.Organisation), cancellationToken);
        return all.Where(c => c.State is not (ConnectionState.Connected or ConnectionState.Pending)).OrderByDescending(c => c.Record.IsDefault).FirstOrDefault()?.Id;
    }

    private Readiness.NotReady No(TriggerPauseReason reason, string message) => new(new(reason, message, time.GetUtcNow()), null);
}
