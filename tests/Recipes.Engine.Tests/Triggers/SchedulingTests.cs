namespace Recipes.Engine.Tests.Triggers;

public sealed class SchedulingTests
{
    [Theory]
    [InlineData(MisfireRule.Once)]
    [InlineData(MisfireRule.All)]
    public async Task A_changed_schedule_starts_nothing_for_times_before_it_was_there(MisfireRule misfire)
    {
        using var bench = new TriggerBench();
        await RunAsync(bench, "0 6 * * *", misfire);
        bench.Clock.Advance(TimeSpan.FromHours(5.5));

        await RunAsync(bench, "0 * * * *", misfire);
        var atOnce = bench.Runs;
        bench.Clock.Advance(TimeSpan.FromHours(1));
        await RunAsync(bench, "0 * * * *", misfire);
        var onTime = bench.Runs;
        await RunAsync(bench, "0 * * * *", misfire, zone: "Asia/Kolkata");

        (atOnce, onTime, bench.Runs).ShouldBe((0, 1, 1));
    }

    [Fact]
    public async Task A_time_that_only_waited_for_room_is_not_skipped_and_one_that_nobody_could_start_is()
    {
        using var bench = new TriggerBench();
        await RunAsync(bench, "0 * * * *", MisfireRule.Skip);
        bench.Clock.Advance(TimeSpan.FromHours(1));
        bench.IsBusy = true;
        await RunAsync(bench, "0 * * * *", MisfireRule.Skip);
        bench.Clock.Advance(TimeSpan.FromMinutes(10));
        await RunAsync(bench, "0 * * * *", MisfireRule.Skip);
        bench.IsBusy = false;

        await RunAsync(bench, "0 * * * *", MisfireRule.Skip);
        var putOff = bench.Runs;
        bench.Clock.Advance(TimeSpan.FromHours(1));
        await RunAsync(bench, "0 * * * *", MisfireRule.Skip);

        (putOff, bench.Runs).ShouldBe((1, 1));
    }

    private static async Task RunAsync(TriggerBench bench, string cron, MisfireRule misfire, string zone = "UTC")
    {
        CronSchedule.TryRead(cron, zone, out var schedule, out _).ShouldBeTrue();
        await new Scheduling(bench.HandOver, bench.Clock).RunAsync(bench.Turn(), TriggerBench.Operator, new("start", "start", schedule, misfire), byHand: false, default);
    }
}
