using System.Globalization;
using Recipes.Node;
using Recipes.Testing;
using Xunit.Abstractions;

namespace Recipes.Connections.Tests;

/// <summary>Three nodes on one PostgreSQL, tokens of two seconds with rotation and reuse detection, many callers: what the provider has on record is compared with what is stored.</summary>
[Collection("Nodes")]
public sealed class SoakTests(ITestOutputHelper output)
{
    private static readonly Size s_tenth = new(Connections: 10, Callers: 5, Steady: TimeSpan.FromSeconds(5), Trouble: TimeSpan.FromSeconds(1), Killing: TimeSpan.FromSeconds(6), KillEvery: TimeSpan.FromSeconds(2), DropEvery: 12, Timeout: TimeSpan.FromSeconds(5), Margin: TimeSpan.FromSeconds(1));
    private static readonly Size s_full = new(Connections: 100, Callers: 50, Steady: TimeSpan.FromSeconds(60), Trouble: TimeSpan.FromSeconds(10), Killing: TimeSpan.FromSeconds(60), KillEvery: TimeSpan.FromSeconds(5), DropEvery: 60, Timeout: TimeSpan.FromSeconds(15), Margin: TimeSpan.FromSeconds(5));

    [NodesFact]
    public Task Three_nodes_lose_no_token_and_use_none_twice_also_while_the_database_fails_writes() => StayAliveAsync(s_tenth);

    [LongFact]
    public Task A_hundred_connections_with_fifty_callers_each_lose_no_token_in_a_minute_nor_while_the_database_fails_writes() => StayAliveAsync(s_full);

    [NodesFact]
    public Task Nodes_that_are_killed_and_replies_that_are_dropped_cost_a_strict_provider_only_the_connections_whose_reply_was_lost() => SurviveAsync(s_tenth);

    [LongFact]
    public Task A_minute_of_killed_nodes_and_dropped_replies_costs_only_the_connections_of_a_strict_provider_whose_reply_was_lost() => SurviveAsync(s_full);

    private async Task StayAliveAsync(Size size)
    {
        await using var cluster = await Cluster.StartAsync(size.Timeout, size.Margin);
        await cluster.Provider.SetLifetimesAsync(TimeSpan.FromSeconds(2));
        var connections = await cluster.ConnectAsync(NodeConnectors.Strict, size.Connections);
        var nodes = await StartThreeAsync(cluster, size);

        await RunAsync(cluster, size.Steady);
        var steady = await cluster.Provider.RotationsAsync();
        // First only connections cannot be written: new tokens are kept in the lease. Then nothing can, and every session is cut off.
        await cluster.Database.ExecuteAsync("CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''no space left''; END'; CREATE TRIGGER refuse BEFORE UPDATE ON connections FOR EACH ROW EXECUTE FUNCTION refuse()");
        await RunAsync(cluster, size.Trouble);
        await cluster.Database.ExecuteAsync("DROP TRIGGER refuse ON connections");
        await RunAsync(cluster, size.Trouble);
        await cluster.Database.ExecuteAsync($"ALTER DATABASE \"{cluster.Database.Name}\" SET default_transaction_read_only = on");
        await cluster.Database.DisconnectAllAsync();
        await RunAsync(cluster, size.Trouble);
        var inTrouble = await cluster.Provider.RotationsAsync();
        await cluster.Database.ExecuteAsync($"BEGIN; SET TRANSACTION READ WRITE; ALTER DATABASE \"{cluster.Database.Name}\" SET default_transaction_read_only = off; COMMIT");
        await cluster.Database.DisconnectAllAsync();
        await RunAsync(cluster, size.Trouble * 2);
        var reports = await Task.WhenAll(nodes.Select(cluster.EndNodeAsync));

        var record = await cluster.Provider.RotationsAsync();
        var stored = await Task.WhenAll(connections.Select(async c => (Account: c.Key, Connection: await cluster.ReadAsync(c.Value))));
        Report("steady and failing writes", size, steady, record, reports, lost: stored.Count(s => s.Connection.State == ConnectionState.ReauthorizationRequired));
        stored.ShouldAllBe(s => s.Connection.State == ConnectionState.Connected);
        record.Reuses.ShouldBeEmpty();
        record.Rotations.Select(r => r.Spent).Distinct().Count().ShouldBe(record.Rotations.Count);
        stored.Sum(s => s.Connection.Record.CredentialVersion - 1).ShouldBe(record.Rotations.Count);
        foreach (var (account, connection) in stored)
            cluster.StoredToken(connection).ShouldBe(record.Rotations.Last(r => r.Account == account).Issued, account);
        // It was no idle time: each connection was refreshed over and over, and again after the trouble.
        stored.Min(s => s.Connection.Record.CredentialVersion).ShouldBeGreaterThan((long)(size.Steady.TotalSeconds / 4));
        record.Rotations.Count.ShouldBeGreaterThan(inTrouble.Rotations.Count);
    }

    private async Task SurviveAsync(Size size)
    {
        await using var cluster = await Cluster.StartAsync(size.Timeout, size.Margin);
        await cluster.Provider.SetLifetimesAsync(TimeSpan.FromSeconds(2));
        var strict = await cluster.ConnectAsync(NodeConnectors.Strict, size.Connections / 2);
        var lenient = await cluster.ConnectAsync(NodeConnectors.Lenient, size.Connections / 2);
        await cluster.Provider.SetGraceAsync(TimeSpan.FromMinutes(30), $"client-{NodeConnectors.Lenient}");
        var nodes = await StartThreeAsync(cluster, size);
        await cluster.Provider.FailAsync(new() { Path = "/token", Drop = true, After = true, Every = size.DropEvery });

        var killed = new Dictionary<string, long>();
        for (var i = 0; i < size.Killing / size.KillEvery; i++)
        {
            await RunAsync(cluster, size.KillEvery, mayReuse: true);
            var victim = nodes[i % nodes.Length];
            killed[victim] = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
            await cluster.KillNodeAsync(victim);
            nodes[i % nodes.Length] = string.Create(CultureInfo.InvariantCulture, $"node-{i % nodes.Length}-after-{i}");
            await cluster.StartNodeAsync(nodes[i % nodes.Length], size.CallersOfNode, size.Pause);
        }

        await cluster.Provider.HealAsync();
        await SettleAsync(cluster, [.. strict, .. lenient], size);
        var reports = await Task.WhenAll(nodes.Select(cluster.EndNodeAsync));

        var record = await cluster.Provider.RotationsAsync();
        var stored = await Task.WhenAll(strict.Concat(lenient).Select(async c => (Account: c.Key, Connection: await cluster.ReadAsync(c.Value))));
        var lost = stored.Where(s => s.Connection.State == ConnectionState.ReauthorizationRequired).ToArray();
        Report($"killed {killed.Count} nodes, dropped {record.Rotations.Count(r => r.Dropped)} replies", size, record, record, reports, lost.Length);
        // The provider's record tells whose reply never arrived: the last rotation's token is not the one that is stored.
        var unanswered = stored.Select(s => (s.Account, s.Connection, Last: record.Rotations.Last(r => r.Account == s.Account)))
            .Where(s => cluster.StoredToken(s.Connection) != s.Last.Issued).ToArray();
        lost.Select(l => l.Account).Order(StringComparer.Ordinal).ShouldBe(unanswered.Select(u => u.Account).Order(StringComparer.Ordinal));
        lost.ShouldAllBe(l => strict.ContainsKey(l.Account));
        record.Rotations.Where(r => r.Dropped && strict.ContainsKey(r.Account)).Select(r => r.Account).ShouldBeSubsetOf(lost.Select(l => l.Account));
        foreach (var (account, connection, last) in unanswered)
        {
            var failure = connection.Record.Failure!;
            var at = DateTimeOffset.FromUnixTimeMilliseconds(last.At);
            (last.Dropped || killed.ContainsKey(last.Node!)).ShouldBeTrue(account);
            failure.ProviderCode.ShouldBe("invalid_grant", account);
            failure.Message.ShouldContain("was lost", customMessage: account);
            // In that round; where its node died, in the first one after its lease, or after that of a node that took over and died as well.
            var isNodeGone = killed.ContainsKey(last.Node!);
            var lastKill = DateTimeOffset.FromUnixTimeMilliseconds(killed.Values.Max());
            failure.At.ShouldBeLessThan(last.Dropped && !isNodeGone ? at + size.Lease : (at > lastKill ? at : lastKill) + size.Lease + size.Lease, $"{account} on {last.Node} at {at:O}; used again {string.Join(", ", record.Reuses.Where(r => r.Account == account).Select(r => $"on {r.Node} at {DateTimeOffset.FromUnixTimeMilliseconds(r.At):O}"))}; {failure.Message}");
        }

        // All of it happened.
        record.Rotations.ShouldContain(r => r.Dropped && lenient.ContainsKey(r.Account));
        lost.ShouldNotBeEmpty();
        var reuses = record.Reuses.GroupBy(r => r.Account).ToArray();
        reuses.Select(r => r.Key).ShouldBe(lost.Select(l => l.Account), ignoreOrder: true);
        // A token that was refused comes again only where nobody was left to hear the refusal.
        foreach (var heard in reuses.SelectMany(r => r.SkipLast(1)))
            (heard.Dropped || killed.ContainsKey(heard.Node!)).ShouldBeTrue($"{heard.Account} on {heard.Node} at {DateTimeOffset.FromUnixTimeMilliseconds(heard.At):O}");
    }

    private static async Task<string[]> StartThreeAsync(Cluster cluster, Size size)
    {
        string[] nodes = ["node-0", "node-1", "node-2"];
        // Not all at once: they start slowly where there is little to compute with.
        foreach (var node in nodes)
            await cluster.StartNodeAsync(node, size.CallersOfNode, size.Pause);
        return nodes;
    }

    /// <summary>Lets the nodes work for a time, and stops early when a token was used twice.</summary>
    private static async Task RunAsync(Cluster cluster, TimeSpan time, bool mayReuse = false)
    {
        var start = TimeProvider.System.GetTimestamp();
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(250));
        while (TimeProvider.System.GetElapsedTime(start) < time)
        {
            await tick.WaitForNextTickAsync();
            if (!mayReuse && await cluster.Provider.RotationsAsync() is { Reuses.Count: > 0 } record)
                record.Reuses.ShouldBeEmpty(string.Join('\n', record.Reuses.Select(r => $"{r.Account} was spent before by {record.Rotations.FirstOrDefault(o => o.Spent == r.Spent)}").Append(cluster.NodesSay())));
        }
    }

    /// <summary>Until each connection is lost, or has the newest token there is.</summary>
    private static async Task SettleAsync(Cluster cluster, IReadOnlyList<KeyValuePair<string, ConnectionId>> connections, Size size)
    {
        var start = TimeProvider.System.GetTimestamp();
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(250));
        var open = connections;
        while (open.Count > 0)
        {
            await tick.WaitForNextTickAsync();
            var record = await cluster.Provider.RotationsAsync();
            var waiting = new List<KeyValuePair<string, ConnectionId>>();
            var states = new List<string>();
            foreach (var (account, id) in open)
            {
                var connection = await cluster.ReadAsync(id);
                if (connection.State != ConnectionState.ReauthorizationRequired && cluster.StoredToken(connection) is var token && record.Rotations.Any(r => r.Spent == token))
                {
                    waiting.Add(KeyValuePair.Create(account, id));
                    states.Add($"{account} is {connection.State}: {connection.Record.Failure?.Message}");
                }
            }

            open = waiting;
            TimeProvider.System.GetElapsedTime(start).ShouldBeLessThan(size.Lease * 10, $"Not settled: {string.Join("; ", states)}");
        }
    }

    private void Report(string what, Size size, OidcRotations measured, OidcRotations record, NodeReport[] reports, int lost) => output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""
        {what}: {size.Connections} connections, {size.CallersOfNode * 3} callers each; {record.Rotations.Count} rotations, {measured.Rotations.Count * 1000.0 / Math.Max(1, measured.Rotations[^1].At - measured.Rotations[0].At):F1} a second; {record.Reuses.Count} reuses; {lost} lost
        calls: {string.Join(", ", reports.SelectMany(r => r.Outcomes).GroupBy(o => o.Key).Select(g => $"{g.Key} {g.Sum(o => o.Value)}"))}; /api/bare answered {string.Join(", ", record.Calls.Select(c => $"{c.Key}: {c.Value}"))}
        leases: {reports.Sum(r => r.Leases.Taken)} taken, {reports.Sum(r => r.Leases.Waits)} waits, {reports.Sum(r => r.Leases.TakenOver)} taken over
        """));

    /// <param name="Callers">Of each connection, over all nodes.</param>
    /// <param name="Trouble">How long each kind of trouble lasts.</param>
    /// <param name="DropEvery">Of so many replies one is dropped after the provider acted.</param>
    private sealed record Size(int Connections, int Callers, TimeSpan Steady, TimeSpan Trouble, TimeSpan Killing, TimeSpan KillEvery, int DropEvery, TimeSpan Timeout, TimeSpan Margin)
    {
        public int CallersOfNode => (Callers + 2) / 3;

        /// <summary>A call of some caller of a connection about every 120 ms: as much as two cores carry without requests that time out, each of which would be a lost reply.</summary>
        public TimeSpan Pause => TimeSpan.FromMilliseconds(120) * Callers;

        public TimeSpan Lease => (2 * Timeout) + Margin;
    }
}
