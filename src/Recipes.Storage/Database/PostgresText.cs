using System.Text;

namespace Recipes.Storage;

internal static class PostgresText
{
    /// <summary>A text as PostgreSQL takes it: what it refuses is replaced by U+FFFD.</summary>
    public static string Of(string text)
    {
        var faults = text.AsSpan().IndexOfAnyExceptInRange('\u0001', '\uD7FF');
        return faults < 0 ? text : Replace(text);
    }

    private static string Replace(string text)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            clean.Append(rune.Value == 0 ? Rune.ReplacementChar : rune);
        return clean.ToString();
    }
}
