using System.Text.Json.Nodes;

namespace Recipes.Host;

/// <summary>Binds a step that was just added to a connection, where it is clear which: the one its recipe uses for that app already, or the only one there is.</summary>
internal sealed class ConnectionBinder(ActivityDescriptors descriptors, IConnectionStore store)
{
    private const string Member = "connection";

    /// <summary>Where there is none yet, the key that it will have when it is set up: the connector's name.</summary>
    /// <param name="before">The recipe as it was: steps that were there already are left as they are. Null for a new one.</param>
    public async Task BindAsync(JsonObject source, JsonObject? before, TenantId tenant, CancellationToken cancellationToken)
    {
        if (source["root"] is not JsonObject root || !ActivityJson.IsActivity(root))
            return;
        var steps = ActivityJson.AllOf(root).Select(a => (Activity: a, Connector: descriptors.Find(a.Text("type") ?? "")?.Connector)).Where(s => s.Connector is not null).ToList();
        // The item that opens the wizard is no choice.
        foreach (var (activity, _) in steps.Where(s => KeyOf(s.Activity)?.StartsWith(DropDowns.New, StringComparison.Ordinal) == true))
            activity.Remove(Member);
        var known = before?["root"] is JsonObject former && ActivityJson.IsActivity(former) ? ActivityJson.AllOf(former).Select(a => a.Text("id")).ToHashSet() : [];
        var open = steps.Where(s => s.Activity[Member] is null && !known.Contains(s.Activity.Text("id"))).ToList();
        if (open.Count == 0)
            return;
        var definitions = await store.ListDefinitionsAsync(tenant, cancellationToken);
        foreach (var (activity, connector) in open)
        {
            var used = steps.Where(s => s.Connector == connector).Select(s => KeyOf(s.Activity)).FirstOrDefault(k => k is not null);
            var fitting = definitions.Where(d => d.Connector == connector).Select(d => d.Key.Value).ToList();
            // Between several only a person can choose.
            if (used is null && fitting.Count > 1)
                continue;
            activity[Member] = new JsonObject
            {
                ["typeName"] = "String",
                ["expression"] = new JsonObject { ["type"] = "Literal", ["value"] = used ?? fitting.FirstOrDefault() ?? connector },
            };
        }
    }

    private static string? KeyOf(JsonObject activity) => activity[Member] switch
    {
        JsonObject input => input["expression"].Text("value") is { Length: > 0 } key ? key : null,
        JsonValue value when value.TryGetValue<string>(out var key) => key,
        _ => null,
    };
}
