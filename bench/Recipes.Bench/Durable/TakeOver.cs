using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Options;
using Recipes.Engine;
using Recipes.Storage;

namespace Recipes.Bench;

/// <summary>How long the runs of a node that is killed lie, until another one has brought all of them to their end.</summary>
internal static class TakeOver
{
    private const string Database = "RECIPES_BENCH_POSTGRES";
    private static readonly TimeSpan s_short = TimeSpan.FromSeconds(3);

    public static async Task RunAsync(BenchStore postgres)
    {
        var usual = MeasureAsync(postgres, new StorageOptions().RunLease);
        var figures = new List<double>();
        for (var round = 0; round < 3; round++)
            figures.Add(await MeasureAsync(postgres, s_short));
        Table.Print("g  A node with all its places taken is killed: until another one has ended each of its runs, s", [Row(s_short, new(figures)), Row(new StorageOptions().RunLease, new([await usual]))]);
    }

    /// <summary>Is the node that is killed.</summary>
    public static async Task HoldAsync(string lease)
    {
        MemoryAction.Hangs = true;
        var storage = new StorageOptions { Postgres = Environment.GetEnvironmentVariable(Database), RunLease = TimeSpan.Parse(lease, CultureInfo.InvariantCulture) };
        await using var world = await BenchStore.OpenAsync(storage, isNew: false);
        await world.Get<RunDispatcher>().StartAsync(CancellationToken.None);
        var runs = PlacesOf(world);
        for (var i = 0; i < runs; i++)
            await world.Caller.CallAsync(BenchStore.OneStep with { Wait = false });
        while (MemoryAction.Begun < runs)
            await Task.Delay(TimeSpan.FromMilliseconds(5));
        // Whoever kills it removes the folder.
        Console.WriteLine(world.Folder.Path);
        // Ends with whoever started it, at the latest.
        await Console.In.ReadToEndAsync();
        Environment.Exit(1);
    }

    private static async Task<double> MeasureAsync(BenchStore postgres, TimeSpan lease)
    {
        var storage = await postgres.NewAsync();
        storage.RunLease = lease;
        await using var world = await BenchStore.OpenAsync(storage, isNew: true);
        var dispatcher = world.Get<RunDispatcher>();
        await dispatcher.StartAsync(CancellationToken.None);
        using var node = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [Environment.GetCommandLineArgs()[0], "hold", lease.ToString("c", CultureInfo.InvariantCulture)])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            Environment = { [Database] = storage.Postgres },
        })!;
        if (await node.StandardOutput.ReadLineAsync() is not { } folder)
            throw new InvalidOperationException("The node did not come up.");
        node.Kill();
        await node.WaitForExitAsync();
        var watch = Stopwatch.StartNew();
        Directory.Delete(folder, recursive: true);
        await QueuePace.UntilAsync(world, "SELECT COUNT(*) FROM run_states");
        var seconds = watch.Elapsed.TotalSeconds;
        await dispatcher.StopAsync(CancellationToken.None);
        if (world.Count("SELECT COUNT(*) FROM runs WHERE status = 'Completed'") != PlacesOf(world))
            throw new InvalidOperationException("A run of the killed node did not complete.");
        return seconds;
    }

    private static int PlacesOf(RecipeWorld world) => world.Get<IOptions<RecipesEngineOptions>>().Value.RunsAtOnce;

    private static Row Row(TimeSpan lease, Samples figure) => new(
        $"lease of {lease.TotalSeconds} s", Figures.Number(figure.Median), Figures.Range(figure), $"the lease, {Figures.Number(lease.TotalSeconds)}", Figures.Ratio(figure.Median / lease.TotalSeconds));
}
