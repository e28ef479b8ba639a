namespace Recipes.Connectors;

/// <summary>"Did you mean" for messages.</summary>
internal static class Suggestion
{
    /// <summary>The nearest of the known names, or null when none is near.</summary>
    public static string? Nearest(string given, IEnumerable<string> known)
    {
        if (given.Length > 100)
            return null;
        var best = known.Select(name => (Name: name, Distance: Distance(given.ToLowerInvariant(), name.ToLowerInvariant()))).OrderBy(c => c.Distance).FirstOrDefault();
        return best.Name is not null && best.Distance <= Math.Max(1, Math.Min(given.Length, best.Name.Length) / 3) ? best.Name : null;
    }

    /// <summary>A half sentence to hang on a message: "; did you mean 'x'?" or the list of what there is.</summary>
    public static string Hint(string given, IReadOnlyCollection<string> known) =>
        Nearest(given, known) is { } near ? $"; did you mean '{near}'?" : known.Count is > 0 and <= 40 ? $"; there are {string.Join(", ", known)}" : "";

    // Levenshtein, where two neighbours swapped count once.
    private static int Distance(string a, string b)
    {
        var rows = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
            rows[i, 0] = i;
        for (var j = 0; j <= b.Length; j++)
            rows[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = a[i - 1] == b[j - 1] ? 0 : 1;
                rows[i, j] = Math.Min(Math.Min(rows[i - 1, j] + 1, rows[i, j - 1] + 1), rows[i - 1, j - 1] + cost);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
            }
        }

        return rows[a.Length, b.Length];
    }
}
