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

        var id = await kitchen.StartAsync("it");
        var waiting = await kitchen.UntilAsync(id, r => r.Status == RunStatus.Waiting);
        clock.Advance(TimeSpan.FromSeconds(seconds - 1));
        var early = await kitchen.Runs.ClaimAsync(1, _ => 1, [], default);
        clock.Advance(TimeSpan.FromSeconds(1));
        var run = await kitchen.EndOfAsync(id);

        waiting.Wait!.Until.ShouldBe(waiting.StartedAt + TimeSpan.FromSeconds(seconds));
        early.ShouldBeEmpty();
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
    public async Task A_delay_outlives_the_host()
    {
        var clock = new TestClock();
        using var kitchen = new Kitchen(time: clock).With("it", Definition(Sequence(Set("mark", "x", Literal("kept")), Delay("wait", "01:00:00"), Say("b", "{{variables.x}}")), variables: ["x:String"]));

        var id = await kitchen.StartAsync("it");
        await kitchen.UntilAsync(id, r => r.Status == RunStatus.Waiting);
        await kitchen.StopAsync();
        clock.Advance(TimeSpan.FromHours(2));
        using var another = await kitchen.StartAnotherAsync();
        var run = await another.EndOfAsync(id);
        await another.StopAsync();

        run.Notes().ShouldBe(["kept"]);
        run.Steps().ShouldBe(["mark:Done", "wait:Done", "b:Done"]);
    }

    [Fact]
    public async Task Who_waits_for_a_short_delay_is_told_the_end()
    {
        using var kitchen = new Kitchen().With("it", Definition(Sequence(Delay("wait", "00:00:01.2"), Say("b", "b"))));
        await kitchen.Dispatcher.StartAsync(default);

        var run = await kitchen.RunAsync("it");

        run.Notes().ShouldBe(["b"]);
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

        var id = await kitchen.StartAsync("it");
        await kitchen.UntilAsync(id, r => r.Status == RunStatus.Waiting);
        clock.Advance(TimeSpan.FromMinutes(10));
        var run = await kitchen.EndOfAsync(id);

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

        var id = await kitchen.StartAsync("it");
        if (waits)
        {
            await kitchen.UntilAsync(id, r => r.Status == RunStatus.Waiting);
            clock.Advance(TimeSpan.FromMinutes(10));
        }

        var run = await kitchen.EndOfAsync(id);

        string.Join(", ", run.Notes()).ShouldBe(expected);
    }
}
