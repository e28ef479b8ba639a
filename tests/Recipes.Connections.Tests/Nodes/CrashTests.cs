using Recipes.Node;
using Recipes.Testing;

namespace Recipes.Connections.Tests;

[Collection("Nodes")]
public sealed class CrashTests
{
    [NodesFact]
    public async Task Whichever_step_of_a_refresh_a_node_dies_at_a_token_is_lost_only_where_the_reply_was_and_the_provider_is_strict()
    {
        await using var cluster = await Cluster.StartAsync(timeout: TimeSpan.FromSeconds(2), margin: TimeSpan.FromSeconds(1));
        CrashPoint[] points = [.. Enum.GetValues<CrashPoint>().Where(p => p != CrashPoint.Never)];
        var strict = (await cluster.ConnectAsync(NodeConnectors.Strict, points.Length)).OrderBy(c => c.Key, StringComparer.Ordinal).Select((c, i) => (Point: points[i], Account: c.Key, Id: c.Value));
        var lenient = (await cluster.ConnectAsync(NodeConnectors.Lenient, 1)).Select(c => (Point: CrashPoint.ReplyReceived, Account: c.Key, Id: c.Value));
        var cases = strict.Concat(lenient).ToArray();
        await cluster.Provider.SetGraceAsync(TimeSpan.FromMinutes(30), $"client-{NodeConnectors.Lenient}");

        foreach (var batch in cases.Chunk(2))
            await Task.WhenAll(batch.Select(c => DieAsync(cluster, c.Point, c.Account, c.Id)));
        var atDeath = await cluster.Provider.RotationsAsync();
        await cluster.StartNodeAsync("heir");
        await UntilAsync(async () => (await Task.WhenAll(cases.Select(c => cluster.ReadAsync(c.Id)))).All(c => c.State != ConnectionState.Connected || c.Record.LastSuccessAt is not null));
        var report = await cluster.EndNodeAsync("heir");

        var record = await cluster.Provider.RotationsAsync();
        foreach (var (point, account, id) in cases)
        {
            var connection = await cluster.ReadAsync(id);
            var (wasLost, isStrict) = (point == CrashPoint.ReplyReceived, account.StartsWith(NodeConnectors.Strict, StringComparison.Ordinal));
            var mine = record.Rotations.Where(r => r.Account == account).ToArray();
            connection.State.ShouldBe(wasLost && isStrict ? ConnectionState.ReauthorizationRequired : ConnectionState.Connected, $"{point} {account}");
            atDeath.Rotations.Count(r => r.Account == account).ShouldBe(point < CrashPoint.ReplyReceived ? 0 : 1, $"{point} {account}");
            mine.Length.ShouldBe(wasLost && !isStrict ? 2 : 1, $"{point} {account}");
            cluster.StoredToken(connection).ShouldBe(wasLost && isStrict ? mine[0].Spent : mine[^1].Issued, $"{point} {account}");
            if (wasLost && isStrict)
                connection.Record.Failure!.Message.ShouldContain("was lost");
        }

        // The provider was asked with a replaced token only where its reply was lost.
        record.Reuses.Select(r => r.Account).Distinct().ShouldBe(cases.Where(c => c.Point == CrashPoint.ReplyReceived && c.Account.StartsWith(NodeConnectors.Strict, StringComparison.Ordinal)).Select(c => c.Account));
        record.Reuses.Count.ShouldBe(1);
        report.Leases.TakenOver.ShouldBeGreaterThan(0);
    }

    private static async Task DieAsync(Cluster cluster, CrashPoint point, string account, ConnectionId id)
    {
        var node = await cluster.StartNodeAsync($"{point}-{account}", crash: point, connection: id);
        await UntilAsync(() => Task.FromResult(!node.IsRunning));
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!await condition())
            await tick.WaitForNextTickAsync(limit.Token);
    }
}
