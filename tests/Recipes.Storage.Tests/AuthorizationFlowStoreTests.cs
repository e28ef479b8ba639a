namespace Recipes.Storage.Tests;

public abstract class AuthorizationFlowStoreTests : StoreTests
{
    [StoreFact]
    public async Task A_flow_comes_back_as_it_was_stored_until_it_is_taken()
    {
        await using var host = await StartAsync();
        var flow = Some.Flow(await Some.StoredAsync(host));
        await host.Flows.AddAsync(flow, default);

        (await host.Flows.FindAsync(flow.StateHash, default)).ShouldHoldTheSameAs(flow);
        (await host.Flows.TryTakeAsync(flow.StateHash, default)).ShouldBeTrue();

        (await host.Flows.FindAsync(flow.StateHash, default)).ShouldBeNull();
    }

    [StoreFact]
    public async Task Of_twenty_takers_one_gets_the_flow()
    {
        await using var host = await StartAsync();
        var flow = Some.Flow(await Some.StoredAsync(host));
        await host.Flows.AddAsync(flow, default);

        var taken = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => host.Flows.TryTakeAsync(flow.StateHash, default))));

        taken.Count(t => t).ShouldBe(1);
    }

    [StoreFact]
    public async Task Only_flows_that_have_expired_are_forgotten()
    {
        await using var host = await StartAsync();
        var connection = await Some.StoredAsync(host);
        var (gone, live) = (Some.Flow(connection, "gone", Some.At), Some.Flow(connection, "live", Some.At.AddMicroseconds(1)));
        await host.Flows.AddAsync(gone, default);
        await host.Flows.AddAsync(live, default);

        await host.Flows.PurgeAsync(Some.At.AddMicroseconds(1), default);

        (await host.Flows.FindAsync(gone.StateHash, default)).ShouldBeNull();
        (await host.Flows.FindAsync(live.StateHash, default)).ShouldNotBeNull();
    }
}
