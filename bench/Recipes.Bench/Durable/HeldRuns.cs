using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Options;
using Recipes.Engine;

namespace Recipes.Bench;

/// <summary>What runs cost a node that are held for broken connections: memory, and time for a look at the queue.</summary>
internal static class HeldRuns
{
    private const int Held = 100_000;
    private const int Connections = 100;
    private const int Each = 8;
    private const int Looks = 25;

    public static async Task RunAsync(IReadOnlyList<BenchStore> stores)
    {
        var rows = new List<Row>();
        foreach (var store in stores)
        {
            await using var world = await store.OpenAsync();
            await world.RunAsync(BenchStore.OneStep);
            var ids = await BenchConnections.AtHostsAsync(world, [new("http://127.0.0.1:1")], Connections);
            var queue = world.Get<IRunQueue>();
            var dispatcher = world.Get<RunDispatcher>();
            var none = await LookAsync(queue, 0, () => Task.CompletedTask);
            var due = await LookAsync(queue, Each, () => QueueAsync(world));
            await WatchAsync(dispatcher);
            var before = Megabytes();
            Hold(world, store == BenchStore.Sqlite);
            await WatchAsync(dispatcher);
            var more = Megabytes() - before;
            var unhealed = await LookAsync(queue, 0, () => Task.CompletedTask);
            world.Execute($"UPDATE connections SET state = 'Connected' WHERE id = '{ids[Connections / 2].Value}'");
            var healed = await LookAsync(queue, Each, () => Task.CompletedTask);
            rows.Add(Row($"{store.Name}, a look, none healed, ms", unhealed, "a look, nothing held or due", none));
            rows.Add(Row($"{store.Name}, a look, one healed, {Each} claimed, ms", healed, $"a look, {Each} due, none held", due));
            rows.Add(new($"{store.Name}, heap of the node, MB more", more.ToString("0.0", CultureInfo.InvariantCulture), "", $"before, {Figures.Number(before)}", Figures.Ratio((before + more) / before)));
        }

        Table.Print($"g  {Held:N0} runs held for {Connections} broken connections".Replace('.', ','), rows);
    }

    private static async Task<Samples> LookAsync(IRunQueue queue, int claimed, Func<Task> prepare)
    {
        var times = new List<double>();
        for (var look = -Looks; look < Looks; look++)
        {
            await prepare();
            var watch = Stopwatch.StartNew();
            var runs = await queue.ClaimAsync(64, _ => Each, [], CancellationToken.None);
            if (runs.Count != claimed)
                throw new InvalidOperationException($"A look claimed {runs.Count} runs instead of {claimed}.");
            // The first half is for the JIT.
            if (look >= 0)
                times.Add(watch.Elapsed.TotalMilliseconds);
        }

        return new(times);
    }

    private static async Task QueueAsync(RecipeWorld world)
    {
        var dispatcher = world.Get<RunDispatcher>();
        while (dispatcher.TryEnter())
        {
        }

        for (var i = 0; i < Each; i++)
            await world.Caller.CallAsync(BenchStore.OneStep with { Wait = false });
        for (var i = 0; i < world.Get<IOptions<RecipesEngineOptions>>().Value.RunsAtOnce; i++)
            dispatcher.Leave();
    }

    // As the host does: a look each second.
    private static async Task WatchAsync(RunDispatcher dispatcher)
    {
        await dispatcher.StartAsync(CancellationToken.None);
        await Task.Delay(TimeSpan.FromSeconds(2.5));
        await dispatcher.StopAsync(CancellationToken.None);
    }

    private static double Megabytes() => GC.GetTotalMemory(forceFullCollection: true) / 1e6;

    // Written at one go: a hundred thousand runs that fail one by one would take minutes.
    private static void Hold(RecipeWorld world, bool isSqlite)
    {
        world.Execute("DELETE FROM run_states");
        world.Execute("UPDATE connections SET state = 'Suspect' WHERE definition_id IN (SELECT id FROM connection_definitions WHERE key <> 'crm-key')");
        var numbers = $"WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {Held})";
        var id = isSqlite ? "printf('%08x-0000-7000-8000-000000000000', i)" : "(lpad(to_hex(i), 8, '0') || '-0000-7000-8000-000000000000')::uuid";
        var state = isSqlite ? "zeroblob(400)" : "decode(repeat('00', 400), 'hex')";
        world.Execute($"""
            {numbers}
            INSERT INTO runs (id, tenant, recipe, recipe_version, status, caller, started_at, failure, connections, input, journal)
            SELECT {id}, tenant, recipe, recipe_version, 'Held', caller, started_at, NULL, connections, input, journal FROM n, (SELECT * FROM runs WHERE status = 'Completed' LIMIT 1) r
            """);
        world.Execute($"""
            {numbers}
            INSERT INTO run_states (run_id, tenant, recipe, due_at, since, held_by, connector, held_for, losses, is_ended, state)
            SELECT {id}, tenant, recipe, started_at, started_at, c.id, 'sandbox-crm', 0, 0, FALSE, {state}
            FROM n, (SELECT * FROM runs WHERE status = 'Completed' LIMIT 1) r, (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place FROM connections WHERE state = 'Suspect') c
            WHERE c.place = i % {Connections}
            """);
        world.Execute("ANALYZE");
    }

    private static Row Row(string what, Samples figure, string other, Samples compared) => new(
        what, Figures.Number(figure.Median), Figures.Range(figure), $"{other}, {Figures.Number(compared.Median)}", Figures.Ratio(figure.Median / compared.Median));
}
