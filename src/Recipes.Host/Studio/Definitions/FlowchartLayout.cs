using System.Text.Json.Nodes;

namespace Recipes.Host;

/// <summary>Places steps that have no place on the canvas, as in recipes that were written by hand: one column for each step of the way from the start.</summary>
internal static class FlowchartLayout
{
    private const int Left = 40;
    private const int Top = 120;
    private const int Column = 280;
    private const int Row = 110;

    // What Studio's nodes measure with its own font.
    private const int Width = 200;
    private const int Height = 54;

    public static void Apply(JsonObject chart)
    {
        var steps = (chart["activities"] as JsonArray ?? []).OfType<JsonObject>().Where(s => s.Text("id") is not null).ToList();
        var columns = Columns(chart, steps);
        var rows = new Dictionary<int, int>();
        foreach (var step in steps)
        {
            var metadata = (step["metadata"] ??= new JsonObject()) as JsonObject;
            if (metadata is null || (metadata["designer"] ??= new JsonObject()) is not JsonObject designer)
                continue;
            var column = columns[step.Text("id")!];
            var row = rows[column] = rows.GetValueOrDefault(column) + 1;
            designer["position"] ??= new JsonObject { ["x"] = Left + (column * Column), ["y"] = Top + ((row - 1) * Row) };
            designer["size"] ??= new JsonObject { ["width"] = Width, ["height"] = Height };
        }
    }

    private static Dictionary<string, int> Columns(JsonObject chart, List<JsonObject> steps)
    {
        var edges = (chart["connections"] as JsonArray ?? []).OfType<JsonObject>().Select(e => (From: e["source"].Text("activity"), To: e["target"].Text("activity"))).Where(e => e.From is not null && e.To is not null).ToLookup(e => e.From!, e => e.To!);
        var entered = edges.SelectMany(e => e).ToHashSet();
        var columns = new Dictionary<string, int>();
        var open = new Queue<string>(steps.Select(s => s.Text("id")!).Where(id => id == chart.Text("start") || !entered.Contains(id)));
        foreach (var first in open)
            columns[first] = 0;
        while (open.TryDequeue(out var id))
        {
            foreach (var next in edges[id].Where(n => columns.TryAdd(n, columns[id] + 1)))
                open.Enqueue(next);
        }

        // What only a loop without a beginning leads to.
        foreach (var step in steps)
            columns.TryAdd(step.Text("id")!, 0);
        return columns;
    }
}
