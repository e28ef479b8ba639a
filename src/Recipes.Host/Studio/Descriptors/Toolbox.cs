using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Text;
using System.Text.Json.Nodes;
using Recipes.Connectors;

namespace Recipes.Host;

/// <summary>All activities as Studio reads them, which it does after each change: the engine's own come first, then the apps that the tenant has set up, then the others that are offered.</summary>
internal sealed class Toolbox(ActivityDescriptors activities, ConnectorCatalogue connectors, IConnectionStore store)
{
    private readonly Lazy<FrozenSet<string>> _offered = new(() => connectors.Offered.Select(c => c.Profile.Name).ToFrozenSet());
    private readonly ConcurrentDictionary<TenantId, (FrozenSet<string> Own, StudioDocument Document)> _known = new();

    public async Task<StudioDocument> ReadAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        var own = (await store.ListDefinitionsAsync(tenant, cancellationToken)).Select(d => d.Connector).ToFrozenSet();
        if (_known.TryGetValue(tenant, out var known) && known.Own.SetEquals(own))
            return known.Document;
        var document = StudioDocument.Of(Encoding.UTF8.GetBytes(ToJson(own).ToJsonString()));
        _known[tenant] = (own, document);
        return document;
    }

    private JsonObject ToJson(FrozenSet<string> own)
    {
        var items = activities.All.Select(d => (Activity: d, Category: CategoryOf(d, own))).OrderBy(d => d.Category, StringComparer.Ordinal).ThenBy(d => d.Activity.Type, StringComparer.Ordinal)
            .Select(d => d.Activity.ToJson(d.Category, isOffered: d.Activity.IsOffered && IsOffered(d.Activity, own))).ToArray<JsonNode?>();
        return new() { ["items"] = new JsonArray(items), ["count"] = items.Length };
    }

    // Studio sorts headings by what they say, and shows them without the spaces before it.
    private static string CategoryOf(ActivityDescriptor activity, FrozenSet<string> own) => activity switch
    {
        { Connector: null } => $"  {activity.Category}",
        { Connector: { } app } when own.Contains(app) => $" {activity.Category}",
        _ => activity.Category,
    };

    private bool IsOffered(ActivityDescriptor activity, FrozenSet<string> own) => activity.Connector is not { } app || own.Contains(app) || _offered.Value.Contains(app);
}
