namespace Recipes.CommandLine;

/// <summary>Columns under one another, for people and for <c>grep</c>.</summary>
internal static class Columns
{
    public static void Write(Terminal terminal, IEnumerable<string[]> rows)
    {
        var all = rows.ToList();
        if (all.Count == 0)
            return;
        var widths = Enumerable.Range(0, all[0].Length).Select(i => all.Max(r => r[i].Length)).ToArray();
        foreach (var row in all)
            terminal.Line(string.Join("  ", row.Select((cell, i) => cell.PadRight(widths[i]))).TrimEnd());
    }
}
