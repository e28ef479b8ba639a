using System.Text.Json.Nodes;
using Recipes.Connections;
using Recipes.Engine;
using Recipes.Web;

namespace Recipes.Host;

/// <summary>What people and programs are told of triggers.</summary>
internal sealed class TriggerViews(RecipeCatalogue catalogue, ITriggerStore store, TriggerSwitch triggers, PublicAddress address)
{
    /// <summary>All of a tenant: those of recipes, on or off, and those whose recipe begins otherwise by now or is gone.</summary>
    public async Task<IReadOnlyList<TriggerReply>> ListAsync(Caller caller, CancellationToken cancellationToken)
    {
        var stored = (await store.ListAsync(caller.Tenant, cancellationToken)).ToDictionary(t => t.Recipe);
        var replies = catalogue.All.Where(r => r.Trigger is not null).Select(r => Of(caller, r.Name, r.Trigger, stored.GetValueOrDefault(r.Name)))
            .Concat(stored.Values.Where(t => t.IsOn && catalogue.Find(t.Recipe)?.Trigger is null).Select(t => Of(caller, t.Recipe, null, t)));
        return [.. replies.OrderBy(r => r.Recipe, StringComparer.Ordinal)];
    }

    /// <summary>That of one recipe; null when it has none.</summary>
    public async Task<TriggerReply?> FindAsync(Caller caller, string recipe, CancellationToken cancellationToken)
    {
        var (planned, stored) = (catalogue.Find(recipe)?.Trigger, await store.FindAsync(caller.Tenant, recipe, cancellationToken));
        return planned is null && stored is not { IsOn: true } ? null : Of(caller, recipe, planned, stored);
    }

    public TriggerReply Of(Caller caller, string recipe, PlannedTrigger? planned, TriggerState? stored)
    {
        var maySwitch = TriggerSwitch.MaySwitch(caller);
        // Of one that was off anyway when the recipe came to begin otherwise, nothing is left to tell.
        if (stored is null || (!stored.IsOn && planned is not null && !planned.IsSameAs(stored)))
            return new(recipe, planned!.Activity, planned.Type, "off", planned.Key?.Value, null, null, null, null, 0, null, null, null, null);
        return new(
            recipe, stored.Activity, stored.Type, !stored.IsOn ? "off" : stored.Pause is null ? "on" : "paused", stored.Key?.Value, stored.By.Value, stored.SwitchedAt, stored.IsOn ? stored.NextAt : null,
            stored.LastResult is { } last ? new(last.Outcome, last.Message, last.At, last.Runs, last.Kind) : null, stored.Failures,
            stored.Pause is { } pause ? new(pause.Reason, pause.Message, pause.Since, pause.AuthorizePath is { } path ? address.Of(RecipeWords.AuthorizePath(path, recipe)) : null) : null,
            maySwitch && stored.Cursor is { } cursor ? JsonNode.Parse(cursor) : null,
            maySwitch ? triggers.AddressOf(stored) : null,
            planned is PlannedTrigger.Webhook { Trigger.Registers: true } ? stored.Registration is not null : null);
    }
}
