using System.Diagnostics;
using Microsoft.Extensions.Options;
using Recipes.Engine;

namespace Recipes.Bench;

/// <summary>Runs that nobody waits for: accepted into the queue, and taken out of it by one node, beside as many calls that wait for theirs.</summary>
internal static class QueuePace
{
    private const int Runs = 1500;
    private const int Callers = 64;
    private const int RoundCount = 5;

    public static async Task RunAsync(IReadOnlyList<BenchStore> stores)
    {
        var rows = new List<Row>();
        foreach (var store in stores)
        {
            await using var world = await store.OpenAsync();
            var dispatcher = world.Get<RunDispatcher>();
            await dispatcher.StartAsync(CancellationToken.None);
            var (accepted, drained, waited) = (new List<double>(), new List<double>(), new List<double>());
            for (var round = -1; round < RoundCount; round++)
            {
                var places = world.Get<IOptions<RecipesEngineOptions>>().Value.RunsAtOnce;
                // Nothing begins while all of them are taken.
                for (var i = 0; i < places; i++)
                    dispatcher.TryEnter();
                var accepting = await PaceAsync(() => CallAsync(world, BenchStore.OneStep with { Wait = false }));
                for (var i = 0; i < places; i++)
                    dispatcher.Leave();
                var draining = await PaceAsync(() => UntilAsync(world, "SELECT COUNT(*) FROM run_states"));
                var waiting = await PaceAsync(() => CallAsync(world, BenchStore.OneStep));
                // The first is for the JIT.
                if (round < 0)
                    continue;
                accepted.Add(accepting);
                drained.Add(draining);
                waited.Add(waiting);
            }

            await dispatcher.StopAsync(CancellationToken.None);
            var called = new Samples(waited);
            rows.Add(Row($"{store.Name}, accepted", new(accepted), called));
            rows.Add(Row($"{store.Name}, drained by one node", new(drained), called));
        }

        Table.Print($"g  {Runs} runs of one step outside, accepted by {Callers} callers that do not wait, then taken out of the queue, runs/s", rows);
    }

    /// <summary>Waits until a count is zero.</summary>
    public static async Task UntilAsync(RecipeWorld world, string count)
    {
        while (world.Count(count) > 0)
            await Task.Delay(TimeSpan.FromMilliseconds(20));
    }

    private static Task CallAsync(RecipeWorld world, RecipeCall call) => Parallel.ForEachAsync(Enumerable.Range(0, Runs), new ParallelOptions { MaxDegreeOfParallelism = Callers }, async (_, stopping) =>
    {
        if (await world.Caller.CallAsync(call, stopping) is not (RecipeCallResult.Accepted or RecipeCallResult.Ended { Run.Status: RunStatus.Completed }))
            throw new InvalidOperationException("A run was not taken in.");
    });

    private static async Task<double> PaceAsync(Func<Task> work)
    {
        var watch = Stopwatch.StartNew();
        await work();
        return Runs / watch.Elapsed.TotalSeconds;
    }

    private static Row Row(string what, Samples figure, Samples called) => new(
        what, Figures.Number(figure.Median), Figures.Range(figure), $"calls that wait, {Figures.Number(called.Median)}", Figures.Ratio(figure.RatioTo(called)));
}
