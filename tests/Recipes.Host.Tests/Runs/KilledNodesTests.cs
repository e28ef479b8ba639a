using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Xunit.Abstractions;

namespace Recipes.Host.Tests.Runs;

/// <summary>Nodes that are killed again and again while they run recipes of ten writes each: what is stored of the runs is compared with what the app has on record.</summary>
[Collection("Runs")]
public sealed class KilledNodesTests(ITestOutputHelper output)
{
    private const int Callers = 8;
    private static readonly TimeSpan s_lease = TimeSpan.FromSeconds(3);

    [PostgresFact]
    public Task Three_nodes_that_are_killed_and_suspended_lose_no_run_and_do_nothing_twice() => SurviveAsync(nodes: 3, runs: 300, losses: 3);

    [LongFact]
    public Task Three_nodes_that_are_killed_and_suspended_lose_none_of_five_thousand_runs_and_do_nothing_twice() => SurviveAsync(nodes: 3, runs: 5000, losses: 24);

    [Fact]
    public Task A_node_on_a_file_that_is_killed_loses_no_run_and_does_nothing_twice() => SurviveAsync(nodes: 1, runs: 200, losses: 2);

    [LongFact]
    public Task A_node_on_a_file_that_is_killed_loses_none_of_five_thousand_runs_and_does_nothing_twice() => SurviveAsync(nodes: 1, runs: 5000, losses: 24);

    private async Task SurviveAsync(int nodes, int runs, int losses)
    {
        var started = TimeProvider.System.GetTimestamp();
        await using var ledger = await Ledger.StartAsync();
        await using var cluster = await RunCluster.StartAsync(nodes, ledger, s_lease);
        await cluster.ConnectAsync("ledger", "clerk");
        using var callers = new Callers([.. cluster.Nodes.Select(n => n.Address)], cluster.Token, patience: TimeSpan.FromSeconds(5));
        ledger.DropEvery = 97;
        var ready = TimeProvider.System.GetElapsedTime(started);

        var calling = callers.CallAsync(runs, Callers, _ => "book");
        await LoseAsync(cluster, ledger, runs, losses, calling);
        await calling;
        var ended = TimeSpan.Zero;
        await Waiting.UntilAsync(async () =>
        {
            ended = TimeProvider.System.GetElapsedTime(started);
            var counts = await callers.GetAsync("/api/runs/counts");
            return counts.AsObject().All(c => c.Key == "flagged" || (int)c.Value! == 0);
        }, seconds: 300);

        var all = await callers.ReadAllAsync();
        var requests = ledger.Requests;
        Report(all, requests, cluster, callers, ready, ended, TimeProvider.System.GetElapsedTime(started));
        all.Select(r => (string)r["id"]!).ShouldBe(callers.Accepted.Values, ignoreOrder: true);
        callers.Accepted.Count.ShouldBe(runs);
        requests.Where(r => r.Key is null).GroupBy(r => (r.Call, r.Step)).Where(g => g.Count() > 1).ShouldBeEmpty("a write without a key is never sent again");
        var byCall = requests.ToLookup(r => r.Call);
        foreach (var run in all)
            CheckRun(run, [.. byCall[(string)run["input"]!["call"]!]], cluster);
        // It was no idle time.
        cluster.Losses.Count.ShouldBe(losses);
        requests.ShouldContain(r => r.Key != null && !r.IsEffect);
        all.ShouldContain(r => (string?)r["status"] == "flagged");
    }

    /// <summary>Kills nodes, whichever, spread over all the work; where there are others every fourth one is only suspended, until they have taken over its runs.</summary>
    private static async Task LoseAsync(RunCluster cluster, Ledger ledger, int runs, int losses, Task calling)
    {
        var suspended = new List<Task>();
        for (var i = 0; i < losses; i++)
        {
            var next = (int)(runs * Ledger.Steps * 0.9 * (i + Random.Shared.NextDouble()) / losses);
            await Waiting.UntilAsync(() => ledger.Count >= next || calling.IsFaulted, seconds: 300);
            var node = cluster.Nodes[(i + 1) % cluster.Nodes.Count];
            if (cluster.Nodes.Count > 1 && i % 4 == 1)
            {
                suspended.Add(node.SuspendAsync(s_lease + s_lease));
                continue;
            }

            await Task.WhenAll(suspended);
            await node.KillAsync();
            await node.StartAsync();
        }

        await Task.WhenAll(suspended);
    }

    private static void CheckRun(JsonNode run, LedgerRequest[] requests, RunCluster cluster)
    {
        var about = $"{run.ToJsonString()}\n{string.Join('\n', requests.AsEnumerable())}\n{string.Join('\n', cluster.Losses)}";
        var journal = run["journal"]!.AsArray().Select(e => ((string)e!["step"]!, (string)e["outcome"]!)).ToArray();
        var effects = requests.Where(r => r.IsEffect).GroupBy(r => r.Step).ToDictionary(g => g.Key, g => g.Count());
        var flaggedAt = (string?)run["status"] == "flagged" ? int.Parse(((string)run["failure"]!["step"]!)[1..], CultureInfo.InvariantCulture) : 0;
        var done = flaggedAt == 0 ? Ledger.Steps : flaggedAt - 1;
        ((string?)run["status"]).ShouldBe(flaggedAt == 0 ? "completed" : "flagged", about);
        journal.ShouldBe([("start", "Done"), .. Enumerable.Range(1, done).Select(i => ($"s{i}", "Done")), .. flaggedAt == 0 ? Array.Empty<(string, string)>() : [($"s{flaggedAt}", "Failed")]], about);
        Enumerable.Range(1, Ledger.Steps).Select(i => effects.GetValueOrDefault(i)).Where((_, i) => i + 1 != flaggedAt).ShouldBe(Enumerable.Range(1, Ledger.Steps).Where(i => i != flaggedAt).Select(i => i <= done ? 1 : 0), about);
        requests.ShouldAllBe(r => r.Step <= Math.Max(done, flaggedAt), about);
        requests.Where(r => r.Key is not null).GroupBy(r => r.Step).ShouldAllBe(g => g.Select(r => r.Key).Distinct().Count() == 1, about);
        requests.Select(r => r.Key).OfType<string>().Distinct().Count().ShouldBe((Math.Max(done, flaggedAt) + 1) / 2, about);
        // One step after the other, whoever does them. Only what its node had begun before it was suspended may come late.
        foreach (var (before, after) in requests.Zip(requests.Skip(1)).Where(p => p.Second.Step < p.First.Step))
            cluster.Losses.ShouldContain(l => l.Process == after.Node && l.At < after.At, about);
        requests.ShouldAllBe(r => r.Key != null || r.IsAnswered || r.Step == flaggedAt, about);
        if (flaggedAt == 0)
            return;

        // In doubt is only what nobody could know: the reply was lost, or whoever was to get it. Who was suspended right before the request sends it late.
        Ledger.HasKey(flaggedAt).ShouldBeFalse(about);
        var doubtful = requests.SingleOrDefault(r => r.Step == flaggedAt);
        var begun = (DateTimeOffset)run["journal"]!.AsArray()[^1]!["startedAt"]!;
        (doubtful is null
            ? cluster.Losses.Any(l => l.At > begun - TimeSpan.FromMilliseconds(100))
            : doubtful.IsDropped || cluster.Losses.Any(l => l.Process == doubtful.Node)).ShouldBeTrue(about);
    }

    private void Report(IReadOnlyList<JsonNode> runs, IReadOnlyList<LedgerRequest> requests, RunCluster cluster, Callers callers, TimeSpan ready, TimeSpan ended, TimeSpan whole) => output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""
        {runs.Count} runs on {cluster.Nodes.Count} nodes, {cluster.Losses.Count} times one was lost: {string.Join(", ", runs.GroupBy(r => (string)r["status"]!).Select(g => $"{g.Key} {g.Count()}"))}; {callers.Repeats} calls made again
        {requests.Count} writes: {requests.Count(r => r.IsEffect)} effects, {requests.Count(r => r.Key != null && !r.IsEffect)} known by their key, {requests.Count(r => r.IsDropped)} replies dropped, {requests.Count(r => !r.IsAnswered && !r.IsDropped)} to nobody
        ready after {ready.TotalSeconds:F1} s, all ended after {ended.TotalSeconds:F1} s, {runs.Count / (ended - ready).TotalSeconds:F1} runs a second, {whole.TotalSeconds:F1} s in all
        """));
}
