using Recipes.Connections;
using Recipes.Connectors;
using static Recipes.Engine.Tests.Json;

namespace Recipes.Engine.Tests.Runs;

public sealed class DurabilityTests
{
    [Fact]
    public async Task Wherever_a_node_dies_the_run_ends_as_if_none_had_and_does_every_step_once_by_its_key()
    {
        var expected = await RunAsync(deaths: []);
        var steps = expected.Run.Journal.Count(e => e.Type == "Crm.Create");
        steps.ShouldBe(9);

        foreach (var deaths in (int[][])[.. Enumerable.Range(1, steps + 2).Select(i => (int[])[i]), [1, 2, 3, 4, 5, 6, 7, 8], [2, 5, 9]])
        {
            var seen = await RunAsync(deaths);

            var name = string.Join(", ", deaths);
            seen.Run.Status.ShouldBe(RunStatus.Completed, name);
            seen.Run.OutputText().ShouldBe(expected.Run.OutputText(), name);
            seen.Run.Steps().ShouldBe(expected.Run.Steps(), name);
            seen.Keys.Distinct().Count().ShouldBe(steps, name);
            seen.Keys.Select(k => k.Split('-')[1]).Distinct().ShouldBe(expected.Keys.Select(k => k.Split('-')[1]), name);
        }
    }

    [Fact]
    public async Task A_write_that_was_under_way_when_its_node_died_is_flagged_and_can_be_settled()
    {
        using var kitchen = Stuck(out var begun);
        var (first, second) = (await kitchen.StartAsync("it"), await kitchen.StartAsync("it"));
        await begun(2);

        kitchen.Runs.Strand();
        kitchen.Actions.Create.Succeeds(("thingId", "t-1"));
        using var another = await kitchen.StartAnotherAsync();
        var flagged = await another.EndOfAsync(first);
        await another.EndOfAsync(second);
        var control = another.Control;
        (await control.SkipAsync(Kitchen.Rep, first, new Dictionary<string, object?> { ["thingId"] = "by hand" }, default)).ShouldBe(RunControlResult.Done);
        (await control.RetryAsync(Kitchen.Rep, second, new Dictionary<string, object?>(), default)).ShouldBe(RunControlResult.Done);
        var (skipped, retried) = (await another.UntilAsync(first, r => r.Status == RunStatus.Completed), await another.UntilAsync(second, r => r.Status == RunStatus.Completed));
        await another.StopAsync();

        (flagged.Status, flagged.Failure!.Step).ShouldBe((RunStatus.Flagged, "a"));
        (skipped.Notes()[^1], retried.Notes()[^1]).ShouldBe(("by hand", "t-1"));
        skipped.Steps().ShouldBe(["call:Done", "a:Failed", "a:Done", "b:Done"]);
    }

    [Fact]
    public async Task A_doubt_outlives_a_retry_that_is_refused_and_keeps_the_key()
    {
        using var kitchen = new Kitchen().With("it", Definition(Sequence(Callable(), Create("a"))));
        kitchen.Actions.Create.TakesKeys = true;
        Connections.Failure[] failures =
        [
            new() { Kind = FailureKind.Unavailable, Message = "No answer.", IsDoubtful = true, At = default },
            new() { Kind = FailureKind.InsufficientPermissions, Message = "Not now.", Status = 403, At = default },
        ];
        var attempts = 0;
        kitchen.Actions.Create.Answer = (_, _, _) => ValueTask.FromResult<ActionResult>(attempts++ < 2
            ? new ActionResult.Failed(failures[attempts - 1], "POST /things", null)
            : new ActionResult.Succeeded(new Dictionary<string, object?>(), "POST /things", 201));
        var first = await kitchen.RunAsync("it");
        var control = kitchen.Control;

        (await control.RetryAsync(Kitchen.Rep, first.Id, new Dictionary<string, object?>(), default)).ShouldBe(RunControlResult.Done);
        var second = await kitchen.UntilAsync(first.Id, r => r.Journal.Count == 3);
        (await control.RetryAsync(Kitchen.Rep, first.Id, new Dictionary<string, object?>(), default)).ShouldBe(RunControlResult.Done);
        var third = await kitchen.UntilAsync(first.Id, r => r.Status == RunStatus.Completed);
        await kitchen.StopAsync();

        (first.Status, second.Status, third.Failure).ShouldBe((RunStatus.Flagged, RunStatus.Flagged, null));
        kitchen.Actions.Create.Keys.Count.ShouldBe(3);
        kitchen.Actions.Create.Keys.Distinct().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task What_a_person_has_put_right_outlives_the_node()
    {
        using var kitchen = new Kitchen().With("it", Definition(Sequence(Callable(), Create("a"), Say("b", "{{steps.a.thingId}}"))));
        kitchen.Actions.Create.TakesKeys = true;
        kitchen.Actions.Create.Fails(FailureKind.Unknown, "Title is wrong.", 422);
        var failed = await kitchen.RunAsync("it");
        var gate = new TaskCompletionSource();
        kitchen.Actions.Create.Answer = async (_, inputs, _) =>
        {
            if (kitchen.Actions.Create.Sent.Count == 2)
                await gate.Task;
            return new ActionResult.Succeeded(new Dictionary<string, object?> { ["thingId"] = inputs["title"] }, "POST /things", 201);
        };
        var control = kitchen.Control;
        await control.RetryAsync(Kitchen.Rep, failed.Id, new Dictionary<string, object?> { ["title"] = "right" }, default);
        await kitchen.UntilAsync(failed.Id, _ => kitchen.Actions.Create.Sent.Count == 2);

        kitchen.Runs.Strand();
        using var another = await kitchen.StartAnotherAsync();
        var run = await another.EndOfAsync(failed.Id);
        gate.SetResult();
        await kitchen.StopAsync();
        await another.StopAsync();

        run.Notes().ShouldBe(["right"]);
    }

    [Fact]
    public async Task A_host_that_stops_begins_nothing_any_more()
    {
        using var kitchen = new Kitchen().With("it", Definition(Sequence(Callable(), Create("a"), Create("b"))));
        kitchen.Actions.Create.Answer = async (_, _, _) =>
        {
            await kitchen.StopAsync(wait: false);
            return new ActionResult.Succeeded(new Dictionary<string, object?>(), "POST /things", 201);
        };

        var id = await kitchen.StartAsync("it");
        var run = await kitchen.UntilAsync(id, r => r.Journal.Count == 2);
        await kitchen.StopAsync();

        (run.Status, run.EndedAt, kitchen.Actions.Create.Sent.Count).ShouldBe((RunStatus.Running, null, 1));
    }

    [Fact]
    public async Task A_read_or_a_write_that_may_be_repeated_is_sent_again_under_its_key()
    {
        using var kitchen = Stuck(out var begun);
        kitchen.Actions.Create.TakesKeys = true;
        var id = await kitchen.StartAsync("it");
        await begun(1);

        kitchen.Runs.Strand();
        kitchen.Actions.Create.Succeeds(("thingId", "t-1"));
        using var another = await kitchen.StartAnotherAsync();
        var run = await another.EndOfAsync(id);
        await another.StopAsync();

        run.Status.ShouldBe(RunStatus.Completed);
        kitchen.Actions.Create.Keys.Count.ShouldBe(2);
        kitchen.Actions.Create.Keys.Distinct().ShouldHaveSingleItem().ShouldNotBeNull();
    }

    [Fact]
    public async Task A_node_that_was_given_up_stores_nothing_any_more()
    {
        using var kitchen = Stuck(out var begun, out var gate);
        kitchen.Actions.Create.TakesKeys = true;
        var id = await kitchen.StartAsync("it");
        await begun(1);
        await kitchen.Dispatcher.StopAsync(default);
        kitchen.Runs.Strand();
        var late = kitchen.Actions.Create.Answer;
        kitchen.Actions.Create.Succeeds(("thingId", "of the other"));
        using var another = await kitchen.StartAnotherAsync();
        await another.EndOfAsync(id);

        gate.SetResult();
        await kitchen.StopAsync();
        await another.StopAsync();

        kitchen.Runs.All[id].Notes().ShouldBe(["of the other"]);
    }

    [Fact]
    public async Task A_node_that_was_given_up_between_two_attempts_makes_no_further_one()
    {
        using var kitchen = new Kitchen().With("it", Definition(Sequence(Callable(), Create("a"))));
        kitchen.Actions.Create.Answer = (_, _, _) =>
        {
            kitchen.Runs.Strand();
            return ValueTask.FromResult<ActionResult>(new ActionResult.Failed(new() { Kind = FailureKind.RateLimited, Message = "Later.", Status = 429, At = default }, "POST /things", 429));
        };

        var result = await kitchen.Caller.CallAsync(new() { Caller = Kitchen.Rep, Recipe = "it" });

        result.ShouldBeOfType<RecipeCallResult.Accepted>();
        kitchen.Actions.Create.Sent.Count.ShouldBe(1);
    }

    [Fact]
    public async Task What_was_done_is_stored_when_the_database_comes_back()
    {
        using var kitchen = new Kitchen().With("it", Definition(Sequence(Callable(), Create("a"), Create("b"), Say("c", "done"))));
        kitchen.Actions.Create.Answer = (_, _, _) =>
        {
            kitchen.Runs.Troubles.Enqueue(new IOException("away"));
            kitchen.Runs.Troubles.Enqueue(new IOException("still away"));
            return ValueTask.FromResult<ActionResult>(new ActionResult.Succeeded(new Dictionary<string, object?>(), "POST /things", 201));
        };

        var run = await kitchen.RunAsync("it");

        run.Status.ShouldBe(RunStatus.Completed);
        kitchen.Actions.Create.Sent.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_run_goes_on_with_the_recipe_that_it_began_with()
    {
        using var kitchen = Stuck(out var begun);
        kitchen.Actions.Create.TakesKeys = true;
        var id = await kitchen.StartAsync("it");
        await begun(1);
        await kitchen.Dispatcher.StopAsync(default);
        kitchen.Runs.Strand();
        kitchen.With("it", Definition(Sequence(Callable(), Say("other", "another recipe by now"))));
        kitchen.Actions.Create.Succeeds(("thingId", "t-1"));

        using var another = await kitchen.StartAnotherAsync();
        var run = await another.EndOfAsync(id);
        await another.StopAsync();

        run.Notes().ShouldBe(["t-1"]);
    }

    [Fact]
    public async Task A_run_that_cannot_go_on_here_waits_for_a_node_where_it_can_and_says_why()
    {
        using var kitchen = Stuck(out var begun);
        var id = await kitchen.StartAsync("it");
        await begun(1);
        await kitchen.Dispatcher.StopAsync(default);
        kitchen.Runs.Strand();
        kitchen.With("it", Definition(Sequence(Callable(), Say("other", "another recipe by now"))));
        await kitchen.Runs.KeepVersionAsync("it", kitchen.Runs.All[id].RecipeVersion, "{}"u8.ToArray(), default);

        using var another = await kitchen.StartAnotherAsync();
        var run = await another.UntilAsync(id, r => r.Status == RunStatus.Waiting);
        await another.StopAsync();

        run.Failure!.Message.ShouldStartWith("The recipe 'it' cannot run any more in the version");
    }

    [Fact]
    public async Task A_key_starts_one_run_whoever_comes_with_it()
    {
        using var kitchen = new Kitchen().With("it", Definition(Sequence(Callable(), Create("a")))).With("other", Definition(Sequence(Callable(), Create("a"))));
        await kitchen.Dispatcher.StartAsync(default);
        var call = new RecipeCall { Caller = Kitchen.Rep, Recipe = "it", OnceKey = "order-1", Wait = false };

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => kitchen.Caller.CallAsync(call).AsTask()));
        var waited = (await kitchen.Caller.CallAsync(call with { Wait = true })).ShouldBeOfType<RecipeCallResult.Ended>().Run;
        var other = (await kitchen.Caller.CallAsync(call with { Recipe = "other", Wait = true })).ShouldBeOfType<RecipeCallResult.Ended>().Run;
        await kitchen.StopAsync();

        answers.Select(a => a.ShouldBeOfType<RecipeCallResult.Accepted>().Run).Distinct().ShouldBe([waited.Id]);
        other.Id.ShouldNotBe(waited.Id);
        kitchen.Actions.Create.Sent.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_run_whose_time_is_up_ends_before_its_next_step()
    {
        var definition = Definition(Sequence(Callable(), Delay("wait", "00:10:00"), Say("late", "late")));
        definition["customProperties"] = new System.Text.Json.Nodes.JsonObject { ["Recipes"] = new System.Text.Json.Nodes.JsonObject { ["timeLimit"] = "00:05:00" } };
        var clock = new Testing.TestClock();
        using var kitchen = new Kitchen(time: clock).With("it", definition);

        var id = await kitchen.StartAsync("it");
        await kitchen.UntilAsync(id, r => r.Status == RunStatus.Waiting);
        clock.Advance(TimeSpan.FromMinutes(10));
        var run = await kitchen.EndOfAsync(id);
        await kitchen.StopAsync();

        (run.Status, run.Failure!.Message).ShouldBe((RunStatus.Faulted, "The run took longer than the recipe allows."));
        run.Notes().ShouldBeEmpty();
    }

    private static Kitchen Stuck(out Func<int, Task> begun) => Stuck(out begun, out _);

    /// <summary>A recipe whose first action never answers on its own.</summary>
    private static Kitchen Stuck(out Func<int, Task> begun, out TaskCompletionSource gate)
    {
        var kitchen = new Kitchen().With("it", Definition(Sequence(Callable(), Create("a"), Say("b", "{{steps.a.thingId}}"))));
        var open = gate = new TaskCompletionSource();
        kitchen.Actions.Create.Answer = async (_, _, _) =>
        {
            await open.Task;
            return new ActionResult.Succeeded(new Dictionary<string, object?> { ["thingId"] = "late" }, "POST /things", 201);
        };
        begun = async count =>
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            while (kitchen.Actions.Create.Sent.Count < count)
                await Task.Delay(5, limit.Token);
        };
        return kitchen;
    }

    /// <summary>Runs a recipe with a bit of everything; a node dies with each of so many requests, just when the app has done it.</summary>
    private static async Task<(Run Run, List<string> Keys)> RunAsync(int[] deaths)
    {
        var inner = Definition(
            Flowchart([Callable(), Create("n1"), Decide("d", "{{eq steps.n1.thingId 'thing'}}"), Create("yes"), Create("no"), Output("out", "text", Template("{{steps.n1.thingId}}-{{input.n}}"))], "call>n1", "n1>d", "d:True>yes", "d:False>no", "yes>out", "no>out"),
            inputs: ["n:Int64"], outputs: ["text:String"]);
        var loop = Activity("each", "Elsa.ForEach", ("items", Object("""["x", "y", 3.5]""")), ("body", Sequence([Create("in-loop"), Set("add", "sum", Template("{{variables.sum}}{{steps.each.currentValue}}"))], "body")));
        var fork = Flowchart([Activity("f", "Elsa.FlowFork", ("branches", Literal("[\"l\",\"r\"]"))), Create("left"), Create("right"), Activity("j", "Elsa.FlowJoin", ("mode", Literal("WaitAll"))), Create("after")], "f:l>left", "f:r>right", "left>j", "right>j", "j>after");
        var outer = Definition(
            Sequence(Callable(), Set("set", "sum", Literal("")), Create("first"), loop, Call("nested", "inner", """{"n": 7}"""), fork, Output("all", "text", Template("{{variables.sum}} {{steps.nested.result.text}} {{steps.first.thingId}}"))),
            outputs: ["text:String"], variables: ["sum:String"]);
        using var kitchen = new Kitchen().With("inner", inner).With("it", outer);
        var nodes = new List<Kitchen> { kitchen };
        var (sent, answered) = (0, 0);
        kitchen.Actions.Create.TakesKeys = true;
        kitchen.Actions.Create.Answer = async (_, _, _) =>
        {
            if (deaths.Contains(Interlocked.Increment(ref sent)))
            {
                await nodes[^1].Dispatcher.StopAsync(default);
                kitchen.Runs.Strand();
                nodes.Add(await kitchen.StartAnotherAsync());
            }

            Interlocked.Increment(ref answered);
            return new ActionResult.Succeeded(new Dictionary<string, object?> { ["thingId"] = "thing", ["by"] = "rep" }, "POST /things", 201);
        };

        var id = await kitchen.StartAsync("it");
        await kitchen.EndOfAsync(id);
        // A node that dies may still be at it.
        var run = await kitchen.UntilAsync(id, _ => Volatile.Read(ref answered) == Volatile.Read(ref sent));
        foreach (var node in nodes)
        {
            await node.StopAsync();
            if (node != kitchen)
                node.Dispose();
        }

        return (run, [.. kitchen.Actions.Create.Keys.Select(k => k!)]);
    }
}
