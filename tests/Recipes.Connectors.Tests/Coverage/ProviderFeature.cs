using System.Text.Json;
using Recipes.Testing;

namespace Recipes.Connectors.Tests;

/// <summary>Something that real providers need of a connector, counted over 981 of them.</summary>
/// <param name="Name">As the count calls it.</param>
/// <param name="Providers">How many need it.</param>
/// <param name="Format">How the connector format says it; null when it cannot.</param>
/// <param name="Tests">The tests that show it on the wire, each as <c>Class.Method</c>.</param>
/// <param name="Missing">Why the format cannot say it.</param>
/// <param name="Within">A feature that all providers with this one have as well.</param>
internal sealed record ProviderFeature(string Name, int Providers, string Means, string? Format, IReadOnlyList<string> Tests, string? Missing, string? Within)
{
    private static readonly string s_file = RepositoryRoot.Combine("tests", "Recipes.Connectors.Tests", "Coverage", "features.json");

    /// <summary>All that were counted, and over how many providers.</summary>
    public static (int Providers, IReadOnlyList<ProviderFeature> Features) Load()
    {
        using var json = JsonDocument.Parse(File.ReadAllText(s_file));
        var features = json.RootElement.GetProperty("features").EnumerateArray().Select(f => new ProviderFeature(
            f.GetProperty("feature").GetString()!,
            f.GetProperty("providers").GetInt32(),
            f.GetProperty("means").GetString()!,
            Text(f, "format"),
            f.TryGetProperty("tests", out var tests) ? [.. tests.EnumerateArray().Select(t => t.GetString()!)] : [],
            Text(f, "missing"),
            Text(f, "within"))).ToList();
        return (json.RootElement.GetProperty("providers").GetInt32(), features);
    }

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetString() : null;
}
