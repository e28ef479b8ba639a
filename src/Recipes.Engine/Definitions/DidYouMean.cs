namespace Recipes.Engine;

/// <summary>Finds the name somebody probably meant.</summary>
internal static class DidYouMean
{
    /// <summary><c> Did you mean 'x'?</c> with a space in front, or nothing when no name is near.</summary>
    public static string Hint(string written, IEnumerable<string> known)
    {
        string? best = null;
        var least = Math.Max(2, written.Length / 3) + 1;
        foreach (var name in known)
        {
            var distance = Distance(written, name);
            if (distance < least)
                (best, least) = (name, distance);
        }

        return best is null ? "" : $" Did you mean '{best}'?";
    }

    // Levenshtein over one row; case counts as no difference.
    private static int Distance(string left, string right)
    {
        var row = new int[right.Length + 1];
        for (var j = 0; j < row.Length; j++)
            row[j] = j;
        for (var i = 1; i <= left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var above = row[j];
                var change = char.ToLowerInvariant(left[i - 1]) == char.ToLowerInvariant(right[j - 1]) ? 0 : 1;
                row[j] = Math.Min(Math.Min(above, row[j - 1]) + 1, diagonal + change);
                diagonal = above;
            }
        }

        return row[right.Length];
    }
}
