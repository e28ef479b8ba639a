using Recipes.Connections;

namespace Recipes.Storage.Tests;

public abstract class DeviceFlowStoreTests : StoreTests
{
    [StoreFact]
    public async Task A_flow_comes_back_as_it_was_stored_and_a_newer_one_takes_its_place()
    {
        await using var host = await StartAsync();
        var connection = await Some.StoredAsync(host);
        var (first, second) = (Some.DeviceFlow(connection), Some.DeviceFlow(connection) with { UserCode = "OTHER" });
        await host.DeviceFlows.ReplaceAsync(first, default);
        (await host.DeviceFlows.FindAsync(connection.Id, default)).ShouldHoldTheSameAs(first);

        await host.DeviceFlows.ReplaceAsync(second, default);

        (await host.DeviceFlows.FindAsync(connection.Id, default)).ShouldHoldTheSameAs(second);
    }

    [StoreFact]
    public async Task Of_twenty_that_saw_the_same_flow_one_may_ask()
    {
        await using var host = await StartAsync();
        var flow = Some.DeviceFlow(await Some.StoredAsync(host));
        await host.DeviceFlows.ReplaceAsync(flow, default);

        var claims = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => host.DeviceFlows.TryClaimAsync(flow, Some.At.AddMinutes(1), default))));

        claims.Count(c => c).ShouldBe(1);
    }

    [StoreFact]
    public async Task Only_pending_ones_that_are_due_are_listed_and_an_ended_one_holds_no_code()
    {
        await using var host = await StartAsync();
        var (due, later, ended) = (Some.DeviceFlow(await Some.StoredAsync(host, "due")), Some.DeviceFlow(await Some.StoredAsync(host, "later"), Some.At.AddMinutes(1)), Some.DeviceFlow(await Some.StoredAsync(host, "ended")));
        foreach (var flow in new[] { due, later, ended })
            await host.DeviceFlows.ReplaceAsync(flow, default);
        await host.DeviceFlows.EndAsync(ended.Id, DeviceFlowStatus.Failed, Some.Failure, default);

        var listed = await host.DeviceFlows.ListDueAsync(Some.At.AddSeconds(5), 10, default);
        var found = await host.DeviceFlows.FindAsync(ended.ConnectionId, default);

        listed.ShouldBe([due.ConnectionId]);
        found.ShouldHoldTheSameAs(ended with { Status = DeviceFlowStatus.Failed, Failure = Some.Failure, SealedDeviceCode = [] });
    }
}
