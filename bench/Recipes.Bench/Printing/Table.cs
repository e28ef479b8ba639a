namespace Recipes.Bench;

/// <summary>Prints one part's figures.</summary>
internal static class Table
{
    public static void Print(string title, IReadOnlyList<Row> rows)
    {
        IReadOnlyList<Row> all = [Row.Headings, .. rows];
        var widths = Row.Headings.Cells.Select((_, column) => all.Max(r => r.Cells[column].Length)).ToList();
        Console.WriteLine();
        Console.WriteLine(title);
        foreach (var row in all)
            Console.WriteLine($"  {string.Join("  ", row.Cells.Select((cell, column) => IsText(column) ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column])))}".TrimEnd());
    }

    private static bool IsText(int column) => column is 0 or 3 or 5;
}
