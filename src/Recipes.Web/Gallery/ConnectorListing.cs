using Recipes.Connectors;

namespace Recipes.Web;

/// <summary>A connector as the gallery shows it.</summary>
/// <param name="Definitions">How many definitions are set up with it.</param>
public sealed record ConnectorListing(Connector Connector, int Definitions)
{
    private const int Hues = 10;

    public ConnectorProfile Profile => Connector.Profile;

    public string Counted => string.Join(" · ", new[] { Counts(Connector.Actions.Count, "action"), Counts(Connector.Triggers.Count, "trigger") }.OfType<string>());

    /// <summary>All that a search looks through, in small letters: its own names first, then what it can do.</summary>
    public string Words { get; } = string.Join(' ', new[] { Connector.Profile.DisplayName, Connector.Profile.Name, Connector.Profile.Description }
        .Concat(Connector.Profile.Schemes.Select(s => s.DisplayName)).Concat(Connector.Actions.Select(a => a.DisplayName)).Concat(Connector.Triggers.Select(t => t.DisplayName)).OfType<string>()).ToLowerInvariant();

    /// <summary>One or two letters to know it by.</summary>
    public static string InitialsOf(string displayName)
    {
        var words = displayName.Split([' ', '-', '.', ',', '(', ')', '/'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return words switch
        {
            [] => "?",
            [{ Length: 1 } one] => one.ToUpperInvariant(),
            [var one] => $"{char.ToUpperInvariant(one[0])}{char.ToLowerInvariant(one[1])}",
            [var first, var second, ..] => $"{char.ToUpperInvariant(first[0])}{char.ToUpperInvariant(second[0])}",
        };
    }

    /// <summary>Number of its colour, 0 to 9: the same wherever it is shown.</summary>
    public static int HueOf(string connector) => (int)(connector.Aggregate(2166136261u, (hash, c) => (hash ^ c) * 16777619u) % Hues);

    private static string? Counts(int number, string of) => number switch { 0 => null, 1 => $"1 {of}", _ => $"{number} {of}s" };
}
