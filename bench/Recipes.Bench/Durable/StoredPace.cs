using System.Threading.Channels;

namespace Recipes.Bench;

/// <summary>Runs stored a second, beside single rows of the same size inserted into the same database by as many callers.</summary>
internal static class StoredPace
{
    private const int RoundCount = 7;
    private static readonly TimeSpan s_slice = TimeSpan.FromMilliseconds(150);

    public static async Task RunAsync(IReadOnlyList<BenchStore> stores)
    {
        var rows = new List<Row>();
        foreach (var store in stores)
        {
            await using var world = await store.OpenAsync();
            var bytes = await StoredRuns.RowBytesAsync(world, BenchStore.OneStep);
            foreach (var parallel in new[] { 1, 8, 64 })
            {
                // SQLite lets one write at a time: more connections would only wait for each other, less fairly.
                var raw = Enumerable.Range(0, store == BenchStore.Sqlite ? 1 : parallel).Select(_ => new RawInserts(world.Connect(), bytes)).ToList();
                try
                {
                    var free = Channel.CreateUnbounded<RawInserts>();
                    raw.ForEach(r => free.Writer.TryWrite(r));
                    var paces = await Rounds.RunAsync(RoundCount,
                        () => Throughput.MeasureAsync(parallel, s_slice, async () =>
                        {
                            var own = await free.Reader.ReadAsync();
                            await own.InsertAsync();
                            free.Writer.TryWrite(own);
                        }),
                        () => Throughput.MeasureAsync(parallel, s_slice, () => world.RunAsync(BenchStore.NoStep)),
                        () => Throughput.MeasureAsync(parallel, s_slice, () => world.RunAsync(BenchStore.OneStep)));
                    var samples = paces.Select(p => new Samples(p, f => f.PerSecond)).ToArray();
                    rows.Add(Row($"{store.Name}, no step outside, {parallel} in parallel", samples[1], samples[0]));
                    rows.Add(Row($"{store.Name}, one step outside, {parallel} in parallel", samples[2], samples[0]));
                }
                finally
                {
                    raw.ForEach(r => r.Dispose());
                }
            }
        }

        Table.Print("g  Runs stored before each call returns, runs/s. One with a step outside is stored twice: before the step, and at its end", rows);
    }

    private static Row Row(string what, Samples figure, Samples raw) => new(
        what, Figures.Number(figure.Median), Figures.Range(figure), $"single-row inserts, as many callers, {Figures.Number(raw.Median)}", Figures.Ratio(figure.RatioTo(raw)));
}
