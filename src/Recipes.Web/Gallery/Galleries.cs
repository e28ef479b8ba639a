using Recipes.Connectors;

namespace Recipes.Web;

/// <summary>Puts together what galleries show.</summary>
internal sealed class Galleries(ConnectorCatalogue catalogue, IConnectionStore store)
{
    private const int LongestSearch = 100;

    public async Task<GalleryModel> ShowAsync(Caller caller, string? search, string path, string leads, CancellationToken cancellationToken, IReadOnlyDictionary<string, string>? kept = null)
    {
        var definitions = (await store.ListDefinitionsAsync(caller.Tenant, cancellationToken)).CountBy(d => d.Connector).ToDictionary();
        return new()
        {
            All = [.. InUseOrOffered(definitions.Keys).Select(c => new ConnectorListing(c, definitions.GetValueOrDefault(c.Profile.Name))).OrderBy(c => c.Profile.DisplayName, StringComparer.OrdinalIgnoreCase)],
            Faults = catalogue.Faults,
            Search = search?.Trim() is { Length: > 0 } text ? text[..Math.Min(text.Length, LongestSearch)] : null,
            Path = path,
            Leads = leads,
            Kept = kept ?? new Dictionary<string, string>(),
        };
    }

    /// <summary>The connectors that are offered, and those that are in use.</summary>
    public async Task<IReadOnlyList<Connector>> FindAsync(Caller caller, CancellationToken cancellationToken) =>
        [.. InUseOrOffered((await store.ListDefinitionsAsync(caller.Tenant, cancellationToken)).Select(d => d.Connector))];

    private IEnumerable<Connector> InUseOrOffered(IEnumerable<string> used) => catalogue.Offered.Concat(used.Select(catalogue.Find).OfType<Connector>()).DistinctBy(c => c.Profile.Name);
}
