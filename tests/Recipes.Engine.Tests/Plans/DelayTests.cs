using System.Text.Json.Nodes;
using Recipes.Testing;
using static Recipes.Engine.Tests.Json;

namespace Recipes.Engine.Tests.Plans;

public sealed class DelayTests
{
    [Theory]
    [InlineData("00:00:05", 5)]
    [InlineData("PT2M", 120)]
    [InlineData("30.00:00:00", 30 * 86_400)]
    [InlineData("", 60)]
    public async Task A_delay_lets_the_run_wait_for_its_time(string time, int seconds)
    {
        var clock = new TestClock();
        using var kitchen = new Kitchen(time: clock).With("it", Definition(Sequence(Say("a", "a"), Delay("wait", time), Say("b", "b"))));

        var running = kitchen.RunAsync("it");
        await clock.WhenWaitingAsync();
        clock.Advance(TimeSpan.FromSeconds(seconds - 1));
        var early = running.IsCompleted;
        clock.Advance(TimeSpan.FromSeconds(1));
        var run = await running;

        early.ShouldBeFalse();
        run.Notes().ShouldBe(["a", "b"]);
        run.Journal[1].Duration.ShouldBe(TimeSpan.FromSeconds(seconds));
        run.Journal[2].StartedAt.ShouldBe(run.StartedAt + TimeSpan.FromSeconds(seconds));
    }

    [Fact]
    public async Task A_delay_of_nothing_goes_straight_on()
    {
        var notes = await Kitchen.NotesAsync(Definition(Sequence(Delay("wait", "00:00:00"), Say("b", "b"))));

        notes.ShouldBe(["b"]);
    }

    [Theory]
    [InlineData("-00:00:01")]
    [InlineData("367.00:00:00")]
    public async Task A_delay_outside_its_range_ends_the_run(string time)
    {
        using var kitchen = new Kitchen().With("it", Definition(Sequence(Activity("wait", "Elsa.Delay", ("timeSpan", Template("{{input.time}}")))), inputs: ["time:String"]));

        var run = await kitchen.RunAsync("it", ("time", time));

        run.Failure!.Message.ShouldBe($"Input 'timeSpan' is '{time}', but has to be from 0 to 366 days.");
    }

    [Fact]
    public async Task A_host_that_stops_ends_a_run_that_waits()
    {
        var clock = new TestClock();
        using var kitchen = new Kitchen(time: clock).With("it", Definition(Sequence(Delay("wait", "01:00:00"), Say("b", "b"))));

        var running = kitchen.RunAsync("it");
        await clock.WhenWaitingAsync();
        await kitchen.Caller.StopAsync(default);
        var run = await running;

        (run.Failure!.Step, run.Failure.Message).ShouldBe(("wait", "The host stopped before the run had ended."));
        run.Steps().ShouldBe(["wait:Faulted"]);
    }

    [Fact]
    public async Task A_branch_that_only_waits_comes_last_and_is_dropped_by_a_join_that_waits_for_any()
    {
        var edges = new[] { "start>late", "start>work", "late>join", "work>join", "join>end" };
        var late = Sequence([Delay("wait", "00:10:00"), Say("timeout", "timeout")], "late");

        var notes = await Kitchen.NotesAsync(Definition(Flowchart([Say("start", "start"), late, Say("work", "work"), Join("WaitAny"), Say("end", "end")], edges))).WaitAsync(TimeSpan.FromSeconds(10));

        notes.ShouldBe(["start", "work", "end"]);
    }

    [Fact]
    public async Task A_branch_that_only_waits_is_waited_for_by_a_join_of_all()
    {
        var clock = new TestClock();
        var chart = Flowchart([Say("start", "start"), Delay("wait", "00:10:00"), Say("work", "work"), Join("WaitAll"), Say("end", "end")], "start>wait", "start>work", "wait>join", "work>join", "join>end");
        using var kitchen = new Kitchen(time: clock).With("it", Definition(chart));

        var running = kitchen.RunAsync("it");
        await clock.WhenWaitingAsync();
        clock.Advance(TimeSpan.FromMinutes(10));
        var run = await running;

        run.Notes().ShouldBe(["start", "work", "end"]);
        run.Steps()[2].ShouldBe("wait:Done");
    }

    [Theory]
    [InlineData("WaitAny", false, "work, end")]
    [InlineData("WaitAll", true, "work, timeout, end")]
    public async Task A_fork_runs_a_branch_that_only_waits_last(string mode, bool waits, string expected)
    {
        var clock = new TestClock();
        var fork = Activity("fork", "Elsa.Fork", ("joinMode", mode), ("branches", new JsonArray(Sequence([Delay("wait", "00:10:00"), Say("timeout", "timeout")], "late"), Say("work", "work"))));
        using var kitchen = new Kitchen(time: clock).With("it", Definition(Sequence(fork, Say("end", "end"))));

        var running = kitchen.RunAsync("it");
        if (waits)
        {
            await clock.WhenWaitingAsync();
            clock.Advance(TimeSpan.FromMinutes(10));
        }

        var run = await running.WaitAsync(TimeSpan.FromSeconds(10));

        string.Join(", ", run.Notes()).ShouldBe(expected);
    }
}
