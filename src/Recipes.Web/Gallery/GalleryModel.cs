using Recipes.Connectors;

namespace Recipes.Web;

/// <summary>The connectors there are, as far as they are looked for.</summary>
public sealed record GalleryModel
{
    /// <summary>All of them, by name for people.</summary>
    public required IReadOnlyList<ConnectorListing> All { get; init; }

    /// <summary>What is looked for; each of its words has to be found.</summary>
    public string? Search { get; init; }

    /// <summary>What is wrong with connector files.</summary>
    public required IReadOnlyList<ConnectorFault> Faults { get; init; }

    /// <summary>What leads on from a connector: the start of an address, with the connector's name to come.</summary>
    public required string Leads { get; init; }

    /// <summary>The page that the search is on.</summary>
    public required string Path { get; init; }

    /// <summary>Further parameters of that page that a search keeps.</summary>
    public IReadOnlyDictionary<string, string> Kept { get; init; } = new Dictionary<string, string>();

    public IReadOnlyList<string> SearchWords => Search?.ToLowerInvariant().Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];

    public bool Fits(ConnectorListing listing) => SearchWords.All(w => listing.Words.Contains(w, StringComparison.Ordinal));

    /// <summary>Those that fit: whose name does, then whose actions do.</summary>
    public IEnumerable<ConnectorListing> Sorted => SearchWords is [var first, ..]
        ? All.OrderByDescending(l => Fits(l)).ThenBy(l => l.Words.IndexOf(first, StringComparison.Ordinal) is var at && at < 0 ? int.MaxValue : at < l.Profile.DisplayName.Length ? 0 : 1)
        : All;
}
