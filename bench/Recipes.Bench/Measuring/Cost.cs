using System.Diagnostics;

namespace Recipes.Bench;

/// <summary>Time and memory of something that one thread does without waiting.</summary>
internal static class Cost
{
    private const int Batch = 256;

    /// <returns>Microseconds of processor time for each operation: what else the machine does hardly shows in it.</returns>
    public static double Microseconds(TimeSpan duration, Func<ValueTask> operation)
    {
        var watch = Stopwatch.StartNew();
        var before = Environment.CpuUsage.TotalTime;
        var count = 0L;
        while (watch.Elapsed < duration)
        {
            for (var i = 0; i < Batch; i++)
                Do(operation);
            count += Batch;
        }

        return (Environment.CpuUsage.TotalTime - before).TotalMicroseconds / count;
    }

    /// <returns>Bytes allocated for each operation.</returns>
    public static double Bytes(Func<ValueTask> operation)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Batch; i++)
            Do(operation);
        return (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Batch;
    }

    private static void Do(Func<ValueTask> operation)
    {
        var done = operation();
        if (!done.IsCompleted)
            throw new InvalidOperationException("It waited for something, so this thread's time and memory are not all of its cost.");
        done.GetAwaiter().GetResult();
    }
}
