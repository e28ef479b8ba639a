using System.Text;
using Recipes.Connections;

namespace Recipes.Conformance;

/// <summary>Makes texts that fit a regular expression.</summary>
internal static class PatternSample
{
    private const int Tries = 40;

    /// <summary>Several different texts that fit as a whole, as many as there are and no more than asked for; none when the pattern cannot be read.</summary>
    /// <param name="whole">Whether the pattern has to fit the whole text rather than a part of it.</param>
    public static IReadOnlyList<string> Several(ValuePattern pattern, int most, int seed = 0, bool whole = true)
    {
        var found = new List<string>();
        try
        {
            var node = new PatternParser(pattern.ToString()).Parse();
            for (var i = 0; i < Tries && found.Count < most; i++)
            {
                var text = new StringBuilder();
                node.Write(text, new Random(seed + i));
                var made = text.ToString();
                if (!found.Contains(made) && Fits(pattern, made, whole))
                    found.Add(made);
            }
        }
        catch (Exception fault) when (fault is FormatException or ArgumentOutOfRangeException or IndexOutOfRangeException)
        {
            // Reported by whoever needs one.
        }

        return found;
    }

    /// <summary>One text; null when none is found.</summary>
    public static string? One(ValuePattern pattern, int seed = 0) => Several(pattern, 1, seed) is [var text, ..] ? text : null;

    public static bool Fits(ValuePattern pattern, string text, bool whole = true)
    {
        var match = pattern.Match(text);
        return match.Success && (!whole || (match.Index == 0 && match.Length == text.Length));
    }
}
