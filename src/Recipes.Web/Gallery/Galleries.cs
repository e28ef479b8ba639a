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
            All = [.. catalogue.Offered.Concat(definitions.Keys.Select(catalogue.Find).OfType<Connector>()).DistinctBy(c => c.Profile.Name)
                .Select(c => new ConnectorListing(c, definitions.GetValueOrDefault(c.Profile.Name))).OrderBy(c => c.Profile.DisplayName, StringComparer.OrdinalIgnoreCase)],
            Faults = catalogue.Faults,
            Search = search?.Trim() is { Length: > 0 } text ? text[..Math.Min(text.Length, LongestSearch)] : null,
            Path = path,
            Leads = leads,
            Kept = kept ?? new Dictionary<string, string>(),
        };
    }
}
