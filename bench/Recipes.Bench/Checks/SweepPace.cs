using System.Diagnostics;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Recipes.Connections;
using Recipes.Storage;

namespace Recipes.Bench;

/// <summary>Part f: a round over connections at twenty hosts that are twenty milliseconds away, beside one check after the other.</summary>
internal static class SweepPace
{
    private const int Connections = 600;
    private const int OneByOne = 60;
    private const int RoundCount = 5;

    public static async Task RunAsync()
    {
        await using var server = await ServerProcess.StartLoopbackAsync();
        await using var world = await RecipeWorld.CreateAsync(RunSynchronous.Normal, [], "127.0.0.0/8");
        var hosts = LoopbackServer.OtherHosts(server.Address);
        var ids = await BenchConnections.AtHostsAsync(world, hosts, Connections);
        var (sweep, prober) = (world.Get<RevalidationSweep>(), world.Get<Prober>());
        var (paces, alone, bytes, aloneBytes) = (new List<double>(), new List<double>(), new List<double>(), new List<double>());
        var heap = 0d;
        for (var round = -1; round < RoundCount; round++)
        {
            await MakeDueAsync(world);
            var before = GC.GetTotalMemory(forceFullCollection: true);
            var swept = await MeasureAsync(Connections, () => sweep.RunAsync(CancellationToken.None));
            heap = (GC.GetTotalMemory(forceFullCollection: true) - before) / 1024d / 1024;
            var single = await MeasureAsync(OneByOne, async () =>
            {
                foreach (var id in ids.Take(OneByOne))
                {
                    if (await prober.ProbeAsync(id, Actor.System, CancellationToken.None) is not ProbeResult.Passed)
                        throw new InvalidOperationException("A check failed.");
                }
            });
            // The first is for the JIT.
            if (round < 0)
                continue;
            paces.Add(swept.PerSecond);
            bytes.Add(swept.Kilobytes);
            alone.Add(single.PerSecond);
            aloneBytes.Add(single.Kilobytes);
        }

        var (ours, theirs, memory, theirMemory) = (new Samples(paces), new Samples(alone), new Samples(bytes), new Samples(aloneBytes));
        Table.Print($"f  Checks of {Connections} connections at {hosts.Count} hosts, 4 at once for each, recorded with their log; checks/s and KB allocated for each",
        [
            new("sweep, checks/s", Figures.Number(ours.Median), Figures.Range(ours), $"one after the other, {Figures.Number(theirs.Median)}", Figures.Ratio(ours.RatioTo(theirs)), Figures.AtLeast(5, ours.RatioTo(theirs), " times")),
            new("sweep, KB", Figures.Number(memory.Median), Figures.Range(memory), $"one after the other, {Figures.Number(theirMemory.Median)}", Figures.Ratio(memory.RatioTo(theirMemory))),
            new("more in memory after a round, MB", heap.ToString("0.0", CultureInfo.InvariantCulture), ""),
        ]);
    }

    private static async Task<(double PerSecond, double Kilobytes)> MeasureAsync(int checks, Func<Task> run)
    {
        var (watch, before) = (Stopwatch.StartNew(), GC.GetTotalAllocatedBytes());
        await run();
        return (checks / watch.Elapsed.TotalSeconds, (GC.GetTotalAllocatedBytes() - before) / 1024d / checks);
    }

    private static async Task MakeDueAsync(RecipeWorld world)
    {
        await using var database = new SqliteConnection($"Data Source={world.Folder.File(Path.Combine("data", "recipes.db"))}");
        await database.OpenAsync();
        await using var due = new SqliteCommand("UPDATE connections SET check_at = 0", database);
        await due.ExecuteNonQueryAsync();
    }
}
