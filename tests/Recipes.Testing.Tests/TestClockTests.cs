namespace Recipes.Testing.Tests;

public sealed class TestClockTests
{
    [Fact]
    public void Timers_fire_in_order_with_the_clock_at_their_time()
    {
        var clock = new TestClock();
        var start = clock.GetUtcNow();
        var fired = new List<(string Name, TimeSpan At)>();
        using var once = clock.CreateTimer(_ => fired.Add(("once", clock.GetUtcNow() - start)), null, TimeSpan.FromSeconds(25), Timeout.InfiniteTimeSpan);
        using var often = clock.CreateTimer(_ => fired.Add(("often", clock.GetUtcNow() - start)), null, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10));

        clock.Advance(TimeSpan.FromSeconds(31));

        fired.ShouldBe(
        [
            ("often", TimeSpan.FromSeconds(10)),
            ("often", TimeSpan.FromSeconds(20)),
            ("once", TimeSpan.FromSeconds(25)),
            ("often", TimeSpan.FromSeconds(30)),
        ]);
        (clock.GetUtcNow() - start).ShouldBe(TimeSpan.FromSeconds(31));
        clock.GetElapsedTime(start.Ticks).ShouldBe(TimeSpan.FromSeconds(31));
    }

    [Fact]
    public async Task A_delay_ends_when_the_clock_has_advanced()
    {
        var clock = new TestClock();

        var delay = Task.Delay(TimeSpan.FromMinutes(5), clock);
        await clock.WhenWaitingAsync();
        clock.Advance(TimeSpan.FromMinutes(4));
        var early = delay.IsCompleted;
        clock.Advance(TimeSpan.FromMinutes(1));

        early.ShouldBeFalse();
        await delay;
        clock.WaitingTimers.ShouldBe(0);
    }

    [Fact]
    public void A_disposed_timer_does_not_fire()
    {
        var clock = new TestClock();
        var fired = 0;
        var timer = clock.CreateTimer(_ => fired++, null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));

        clock.Advance(TimeSpan.FromSeconds(2));
        timer.Dispose();
        clock.Advance(TimeSpan.FromSeconds(2));

        fired.ShouldBe(2);
        timer.Change(TimeSpan.Zero, TimeSpan.Zero).ShouldBeFalse();
    }

    [Fact]
    public async Task A_timer_due_now_fires_without_an_advance()
    {
        var clock = new TestClock();
        var fired = new TaskCompletionSource();

        using var timer = clock.CreateTimer(_ => fired.TrySetResult(), null, TimeSpan.Zero, TimeSpan.FromSeconds(1));

        await fired.Task.WaitAsync(TimeSpan.FromSeconds(10));
        clock.WaitingTimers.ShouldBe(1);
    }
}
