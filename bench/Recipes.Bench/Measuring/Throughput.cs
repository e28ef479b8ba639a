using System.Diagnostics;

namespace Recipes.Bench;

/// <summary>Counts how often something can be done in a second.</summary>
internal static class Throughput
{
    /// <param name="parallel">Callers, each of which begins anew when it has its answer.</param>
    /// <returns>Operations per second of all callers together.</returns>
    public static async Task<double> MeasureAsync(int parallel, TimeSpan duration, Func<ValueTask> operation)
    {
        var watch = Stopwatch.StartNew();
        var counts = await Task.WhenAll(Enumerable.Range(0, parallel).Select(_ => Task.Run(async () =>
        {
            var count = 0L;
            while (watch.Elapsed < duration)
            {
                await operation();
                count++;
            }

            return count;
        })));
        return counts.Sum() / watch.Elapsed.TotalSeconds;
    }
}
