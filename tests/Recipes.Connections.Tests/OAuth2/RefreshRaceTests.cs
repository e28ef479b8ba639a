using Recipes.Testing;

namespace Recipes.Connections.Tests;

/// <summary>However many ask at once, on one node or on two: the provider is asked once.</summary>
public sealed class RefreshRaceTests(OidcFixture oidc) : IClassFixture<OidcFixture>
{
    private OidcProvider Provider => oidc.Provider;

    [NodeTheory]
    [InlineData(1, 1, 0)]
    [InlineData(30, 0, 3)]
    [InlineData(30, 1, 0)]
    [InlineData(7, 20, 2)]
    [InlineData(25, 25, 1)]
    public async Task Any_number_of_callers_on_two_nodes_some_of_whom_give_up_make_one_refresh(int here, int there, int everyManyGivesUp)
    {
        using var folder = new TempFolder();
        await using var one = await ConnectionsHarness.StartAsync(Provider, folder: folder);
        await using var other = await ConnectionsHarness.StartAsync(Provider, folder: folder);
        var seen = await one.Get<SnapshotLoader>().LoadAsync(await one.ConsentAsync(Provider), CancellationToken.None);
        await Provider.ResetCountersAsync();
        await Provider.SetLatencyAsync(TimeSpan.FromMilliseconds(300));
        using var impatient = new CancellationTokenSource();

        var asking = Enumerable.Range(0, here + there).Select(i =>
        {
            var (node, givesUp) = (i < here ? one : other, everyManyGivesUp > 0 && i % everyManyGivesUp == 0);
            return (GivesUp: givesUp, Task: node.Get<Refresher>().RefreshAsync(seen!, givesUp ? impatient.Token : CancellationToken.None));
        }).ToArray();
        while ((await Provider.CountersAsync()).Refreshes == 0)
            await Task.Yield();
        await impatient.CancelAsync();
        var results = await Task.WhenAll(asking.Where(a => !a.GivesUp).Select(a => a.Task));
        // Even where all gave up, it goes on to its end.
        var after = await other.Get<Refresher>().RefreshAsync(seen!, CancellationToken.None);
        await Provider.HealAsync();

        foreach (var impatientOne in asking.Where(a => a.GivesUp))
            await Should.ThrowAsync<OperationCanceledException>(() => impatientOne.Task);
        results.Append(after).ShouldAllBe(r => r.Fresh!.Record.CredentialVersion == seen!.Record.CredentialVersion + 1);
        (await Provider.CountersAsync()).Refreshes.ShouldBe(1);
    }

    [NodeFact]
    public async Task A_node_that_waits_for_another_takes_its_failure_and_does_not_send()
    {
        using var folder = new TempFolder();
        await using var one = await ConnectionsHarness.StartAsync(Provider, folder: folder);
        await using var other = await ConnectionsHarness.StartAsync(Provider, folder: folder);
        var id = await one.ConsentAsync(Provider);
        var seen = await one.Get<SnapshotLoader>().LoadAsync(id, CancellationToken.None);
        await Provider.ResetCountersAsync();
        await Provider.FailAsync(new() { Path = "/token", Status = 503, RetryAfter = "7" });
        await Provider.SetLatencyAsync(TimeSpan.FromMilliseconds(300));

        var first = one.Get<Refresher>().RefreshAsync(seen!, CancellationToken.None);
        while ((await Provider.CountersAsync()).Refreshes == 0)
            await Task.Yield();
        var second = await other.Get<Refresher>().RefreshAsync(seen!, CancellationToken.None);
        var failure = (await first).Failure;
        await Provider.HealAsync();

        second.Failure.ShouldBe(failure);
        failure!.Kind.ShouldBe(FailureKind.RateLimited);
        (await Provider.CountersAsync()).Refreshes.ShouldBe(1);
    }
}
