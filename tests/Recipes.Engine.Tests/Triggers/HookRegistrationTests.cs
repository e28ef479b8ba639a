using Microsoft.Extensions.Logging.Abstractions;
using Recipes.Connections;

namespace Recipes.Engine.Tests.Triggers;

public sealed class HookRegistrationTests
{
    [Fact]
    public async Task A_host_that_stops_while_the_app_answers_knows_of_the_registration_afterwards()
    {
        using var bench = new TriggerBench("Crm.ThingTold");
        using var stop = new CancellationTokenSource();
        var hook = new FakeHook(stop.Cancel);
        var (planned, connection) = (new PlannedTrigger.Webhook("start", "start", hook, StableKey.Parse("crm")), new ConnectionId(Guid.NewGuid()));

        await bench.Registrations.RunAsync(bench.Turn(), planned, connection, stop.Token);
        await bench.Registrations.RunAsync(bench.Turn(), planned, connection, default);

        (hook.Registered, hook.Removed, bench.Store.Trigger.Registration?.Id).ShouldBe((1, 0, "hook-1"));
    }

    [Fact]
    public async Task A_recipe_that_is_missing_for_a_moment_keeps_its_registration()
    {
        using var bench = new TriggerBench("Crm.ThingTold");
        await bench.Registrations.RunAsync(bench.Turn(), new("start", "start", new FakeHook(() => { }), StableKey.Parse("crm")), new(Guid.NewGuid()), default);
        File.Delete(Path.Combine(bench.Kitchen.Directory, "it.json"));
        bench.Kitchen.Folder.Scan();
        var work = new TriggerWork(
            bench.Store, new(bench.Kitchen.Catalogue, bench.Kitchen.Caller, null!, null!, bench.Clock), null!, null!, null!, bench.Registrations, bench.Clock, NullLogger<TriggerWork>.Instance);

        async Task<bool> IsRegisteredAfterAsync(TimeSpan pause)
        {
            bench.Clock.Advance(pause);
            await work.RunAsync(bench.Store.Trigger, Guid.NewGuid(), byHand: false, default);
            bench.Store.Trigger.Pause!.Reason.ShouldBe(TriggerPauseReason.Recipe);
            return bench.Store.Trigger.Registration is not null;
        }

        (await IsRegisteredAfterAsync(TimeSpan.Zero)).ShouldBeTrue();
        (await IsRegisteredAfterAsync(TimeSpan.FromMinutes(9))).ShouldBeTrue();
        (await IsRegisteredAfterAsync(TimeSpan.FromMinutes(1))).ShouldBeFalse();
    }
}
