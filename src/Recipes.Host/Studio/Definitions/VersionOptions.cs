using System.Globalization;

namespace Recipes.Host;

/// <summary>Which versions of definitions Studio asks for.</summary>
internal sealed record VersionOptions(VersionOptions.Kind Wanted, int Number = 0)
{
    public enum Kind
    {
        All,
        Latest,
        Published,
        LatestOrPublished,
        LatestAndPublished,
        Draft,
        Number,
    }

    /// <param name="text">As in the query; nothing means all.</param>
    public static VersionOptions Parse(string? text) => text?.Trim() switch
    {
        null or "" => new(Kind.All),
        var word when string.Equals(word, "AllVersions", StringComparison.OrdinalIgnoreCase) => new(Kind.All),
        var word when int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var number) => new(Kind.Number, number),
        var word => Enum.TryParse<Kind>(word, ignoreCase: true, out var kind) ? new(kind) : new(Kind.All),
    };

    public bool Takes(DesignedVersion version) => Wanted switch
    {
        Kind.Latest => version.IsLatest,
        Kind.Published => version.IsPublished,
        Kind.LatestOrPublished => version.IsLatest || version.IsPublished,
        Kind.LatestAndPublished => version is { IsLatest: true, IsPublished: true },
        Kind.Draft => version.Id.Version is null,
        Kind.Number => version.Number == Number,
        _ => true,
    };
}
