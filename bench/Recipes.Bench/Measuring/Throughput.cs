using System.Diagnostics;

namespace Recipes.Bench;

/// <summary>How often something can be done in a second, and what it costs.</summary>
/// <param name="PerSecond">Operations per second of all callers together.</param>
/// <param name="Microseconds">Processor time that this process spends on each, on all its threads.</param>
internal sealed record Pace(double PerSecond, double Microseconds);

/// <summary>Does something as often as it can be done.</summary>
internal static class Throughput
{
    /// <param name="parallel">Callers, each of which begins anew when it has its answer.</param>
    public static async Task<Pace> MeasureAsync(int parallel, TimeSpan duration, Func<ValueTask> operation)
    {
        var before = Environment.CpuUsage.TotalTime;
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
        var count = counts.Sum();
        return new(count / watch.Elapsed.TotalSeconds, (Environment.CpuUsage.TotalTime - before).TotalMicroseconds / count);
    }
}
