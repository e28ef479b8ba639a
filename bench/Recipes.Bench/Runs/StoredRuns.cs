using Recipes.Engine;
using Recipes.Storage;

namespace Recipes.Bench;

/// <summary>Part b: calls of the same recipe, each with its run and journal in the database before it returns.</summary>
internal static class StoredRuns
{
    private static readonly TimeSpan s_slice = TimeSpan.FromMilliseconds(300);

    public static async Task RunAsync()
    {
        var rows = new List<Row>();
        foreach (var synchronous in new[] { RunSynchronous.Normal, RunSynchronous.Full })
        {
            await using var world = await RecipeWorld.CreateAsync(synchronous, [BenchRecipes.FiveSteps]);
            using var raw = new RawInserts(world.Connect(), await RowBytesAsync(world, Call()));
            var call = Call();
            var paces = await Rounds.RunAsync(rounds: 15,
                () => Throughput.MeasureAsync(1, s_slice, () =>
                {
                    raw.Insert();
                    return ValueTask.CompletedTask;
                }),
                () => Throughput.MeasureAsync(1, s_slice, () => world.RunAsync(call)),
                () => Throughput.MeasureAsync(8, s_slice, () => world.RunAsync(call)));
            var samples = paces.Select(p => new Samples(p, f => f.PerSecond)).ToArray();
            var name = synchronous.ToString().ToUpperInvariant();
            rows.Add(Row($"1 caller, {name}", samples[1], samples[0], null));
            rows.Add(Row($"8 callers, {name}", samples[2], samples[0], 4000));
        }

        Table.Print("b  Calls of the same recipe, run and journal stored before each returns, calls/s", rows);
    }

    private static RecipeCall Call() => new() { Caller = RecipeWorld.Operator, Recipe = BenchRecipes.FiveSteps, Input = RunCost.Input() };

    /// <summary>About what is kept of a run: the journal makes up most of it.</summary>
    public static async Task<int> RowBytesAsync(RecipeWorld world, RecipeCall call)
    {
        var ended = (RecipeCallResult.Ended)await world.Caller.CallAsync(call);
        return System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(ended.Run.Journal).Length;
    }

    private static Row Row(string what, Samples figure, Samples raw, double? aim) => new(
        what, Figures.Number(figure.Median), Figures.Range(figure), $"single-row inserts by one thread, {Figures.Number(raw.Median)}", Figures.Ratio(figure.RatioTo(raw)),
        aim is { } least ? Figures.AtLeast(least, figure.Median) : "");
}
