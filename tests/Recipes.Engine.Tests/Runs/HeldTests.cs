using Recipes.Connections;
using Recipes.Connectors;
using static Recipes.Engine.Tests.Json;

namespace Recipes.Engine.Tests.Runs;

public sealed class HeldTests
{
    [Fact]
    public async Task A_run_whose_connection_breaks_waits_and_goes_on_at_that_step()
    {
        using var kitchen = Breaking(out var connection);
        var id = await kitchen.StartAsync("it");
        var held = await kitchen.UntilAsync(id, r => r.Status == RunStatus.Held);

        Mend(kitchen, connection());
        var run = await kitchen.EndOfAsync(id);
        await kitchen.StopAsync();

        (held.Wait!.Connection, held.Wait.Connector, held.Failure!.Step, held.EndedAt).ShouldBe((connection(), "crm", "b", null));
        held.Failure.Guidance.ShouldNotBeNull();
        held.Steps().ShouldBe(["call:Done", "a:Done"]);
        run.Status.ShouldBe(RunStatus.Completed);
        run.Steps().ShouldBe(["call:Done", "a:Done", "b:Done", "c:Done"]);
        (kitchen.Actions.Create.Sent.Count, kitchen.Actions.Notify.Sent.Count).ShouldBe((2, 2));
    }

    [Fact]
    public async Task Who_waits_for_a_run_that_is_held_is_told_so()
    {
        using var kitchen = Breaking(out _);

        var result = await kitchen.Caller.CallAsync(new() { Caller = Kitchen.Rep, Recipe = "it" });

        result.ShouldBeOfType<RecipeCallResult.Accepted>().Status.ShouldBe(RunStatus.Held);
    }

    [Fact]
    public async Task A_recipe_that_handles_the_failure_itself_is_not_held()
    {
        var chart = Flowchart([Create("a"), Say("sorry", "{{steps.a.failure.kind}}")], "a:Failed>sorry");
        using var kitchen = new Kitchen().With("it", Definition(chart));
        kitchen.Actions.Create.Fails(FailureKind.ModifiedCredentials, "No.", 401);

        var run = await kitchen.RunAsync("it");

        run.Notes().ShouldBe(["ModifiedCredentials"]);
    }

    [Fact]
    public async Task A_held_run_can_be_resumed_or_dropped_singly_and_all_together()
    {
        using var kitchen = Breaking(out var connection);
        var ids = new List<RunId>();
        for (var i = 0; i < 6; i++)
            ids.Add(await kitchen.StartAsync("it"));
        foreach (var id in ids)
            await kitchen.UntilAsync(id, r => r.Status == RunStatus.Held);
        kitchen.Actions.Notify.Succeeds();
        var control = kitchen.Control;
        var stranger = new Caller(TenantId.Default, UserId.Parse("stranger"), Privileges.Member);

        var answers = new[]
        {
            await control.ResumeAsync(stranger, ids[0], default),
            await control.ResumeAsync(stranger with { Privileges = Privileges.ViewAllRuns }, ids[0], default),
            await control.ResumeAsync(Kitchen.Rep, ids[0], default),
            await control.CancelAsync(Kitchen.Rep, ids[1], default),
            await control.CancelAsync(Kitchen.Rep, ids[1], default),
        };
        await kitchen.EndOfAsync(ids[0]);
        var none = await control.ResumeAllAsync(Kitchen.Rep, new ConnectionId(Guid.NewGuid()), default);
        var resumed = await control.ResumeAllAsync(Kitchen.Rep, connection(), default);
        foreach (var id in ids)
            await kitchen.EndOfAsync(id);
        await kitchen.StopAsync();

        answers.ShouldBe([RunControlResult.NotFound, RunControlResult.Forbidden, RunControlResult.Done, RunControlResult.Done, RunControlResult.NotPossible]);
        (none, resumed).ShouldBe((0, 4));
        kitchen.Runs.All[ids[1]].Status.ShouldBe(RunStatus.Cancelled);
        kitchen.Runs.All[ids[1]].Failure!.Message.ShouldBe("Cancelled by rep-one.");
        ids.Where(i => i != ids[1]).ShouldAllBe(i => kitchen.Runs.All[i].Status == RunStatus.Completed);
    }

    [Fact]
    public async Task A_run_under_way_is_cancelled_after_the_request_that_it_waits_for()
    {
        using var kitchen = new Kitchen().With("it", Definition(Sequence(Callable(), Create("a"), Create("b"))));
        var (begun, gate) = (new TaskCompletionSource(), new TaskCompletionSource());
        kitchen.Actions.Create.Answer = async (_, _, _) =>
        {
            begun.TrySetResult();
            await gate.Task;
            return new ActionResult.Succeeded(new Dictionary<string, object?>(), "POST /things", 201);
        };
        var id = await kitchen.StartAsync("it");
        await begun.Task;

        var answer = await kitchen.Control.CancelAsync(Kitchen.Rep, id, default);
        gate.SetResult();
        var run = await kitchen.EndOfAsync(id);
        await kitchen.StopAsync();

        answer.ShouldBe(RunControlResult.Done);
        (run.Status, run.Failure!.Message, run.Failure.Step).ShouldBe((RunStatus.Cancelled, "Cancelled by rep-one.", "b"));
        kitchen.Actions.Create.Sent.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_step_that_failed_is_done_again_with_the_inputs_put_right()
    {
        using var kitchen = new Kitchen().With("it", Definition(Sequence(Callable(), Create("a"), Create("b"), Say("c", "end"))));
        kitchen.Actions.Create.TakesKeys = true;
        kitchen.Actions.Create.Answer = (_, inputs, _) => ValueTask.FromResult<ActionResult>(kitchen.Actions.Create.Sent.Count > 1 && inputs["title"] is not "right"
            ? new ActionResult.Failed(new() { Kind = FailureKind.Unknown, Message = "Title is wrong.", Status = 422, At = default }, "POST /things", 422)
            : new ActionResult.Succeeded(new Dictionary<string, object?>(), "POST /things", 201));
        var failed = await kitchen.RunAsync("it");
        var control = kitchen.Control;

        var same = await control.RetryAsync(Kitchen.Rep, failed.Id, new Dictionary<string, object?>(), default);
        await kitchen.EndOfAsync(failed.Id);
        await kitchen.UntilAsync(failed.Id, r => r.Journal.Count == 4);
        var corrected = await control.RetryAsync(Kitchen.Rep, failed.Id, new Dictionary<string, object?> { ["title"] = "right" }, default);
        var run = await kitchen.UntilAsync(failed.Id, r => r.Status == RunStatus.Completed);
        var late = await control.RetryAsync(Kitchen.Rep, failed.Id, new Dictionary<string, object?>(), default);
        await kitchen.StopAsync();

        (failed.Status, same, corrected, late).ShouldBe((RunStatus.Faulted, RunControlResult.Done, RunControlResult.Done, RunControlResult.NotPossible));
        run.Steps().ShouldBe(["call:Done", "a:Done", "b:Failed", "b:Failed", "b:Done", "c:Done"]);
        kitchen.Actions.Create.Keys.Distinct().Count().ShouldBe(4);
    }

    [Fact]
    public async Task Only_so_many_runs_of_a_recipe_are_under_way_at_once()
    {
        var definition = Definition(Sequence(Callable(), Create("a")));
        definition["customProperties"] = new System.Text.Json.Nodes.JsonObject { ["Recipes"] = new System.Text.Json.Nodes.JsonObject { ["concurrency"] = 2 } };
        using var kitchen = new Kitchen().With("it", definition);
        var (under, most) = (0, 0);
        kitchen.Actions.Create.Answer = async (_, _, _) =>
        {
            most = Math.Max(most, Interlocked.Increment(ref under));
            // As long as the queue is looked at twice more: whoever else may begin does.
            await kitchen.Runs.LooksAsync(2);
            Interlocked.Decrement(ref under);
            return new ActionResult.Succeeded(new Dictionary<string, object?>(), "POST /things", 201);
        };
        await kitchen.Dispatcher.StartAsync(default);

        var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => kitchen.Caller.CallAsync(new() { Caller = Kitchen.Rep, Recipe = "it", Wait = i % 2 == 0 }).AsTask()));
        foreach (var id in kitchen.Runs.All.Keys)
            await kitchen.EndOfAsync(id);
        await kitchen.StopAsync();

        most.ShouldBe(2);
        results.OfType<RecipeCallResult.Ended>().Count().ShouldBe(4);
        kitchen.Runs.All.Values.ShouldAllBe(r => r.Status == RunStatus.Completed);
    }

    [Fact]
    public async Task Who_comes_when_the_queue_is_full_is_told_when_to_come_back()
    {
        var clock = new Testing.TestClock();
        using var kitchen = new Kitchen(time: clock, configure: o => (o.LongestQueue, o.RunsAtOnce) = (1, 1)).With("it", Definition(Sequence(Callable(), Create("a"))));
        var gate = new TaskCompletionSource();
        kitchen.Actions.Create.Answer = async (_, _, _) =>
        {
            await gate.Task;
            return new ActionResult.Succeeded(new Dictionary<string, object?>(), "POST /things", 201);
        };
        var call = new RecipeCall { Caller = Kitchen.Rep, Recipe = "it", Wait = false };
        await kitchen.Caller.CallAsync(call);
        (await kitchen.Runs.CountWaitingAsync(TenantId.Default, default)).ShouldBe(0);
        // What is known of the queue is a second old at most.
        clock.Advance(TimeSpan.FromSeconds(2));
        var queued = await kitchen.Caller.CallAsync(call);
        clock.Advance(TimeSpan.FromSeconds(2));

        var busy = await kitchen.Caller.CallAsync(call);
        gate.SetResult();
        await kitchen.StopAsync();

        queued.ShouldBeOfType<RecipeCallResult.Accepted>().Status.ShouldBe(RunStatus.Queued);
        busy.ShouldBeOfType<RecipeCallResult.Busy>().RetryAfter.ShouldBeGreaterThan(TimeSpan.Zero);
    }

    /// <summary>A recipe of three actions whose second one is refused.</summary>
    private static Kitchen Breaking(out Func<ConnectionId> connection)
    {
        var kitchen = new Kitchen().With("it", Definition(Sequence(Callable(), Create("a"), Activity("b", "Crm.Notify", ("connection", Literal("crm")), ("subject", Literal("hello"))), Create("c"))));
        kitchen.Actions.Notify.Answer = (client, _, _) =>
        {
            lock (kitchen.Runs.Broken)
                kitchen.Runs.Broken.Add(client.Id);
            return ValueTask.FromResult<ActionResult>(new ActionResult.Failed(new() { Kind = FailureKind.ModifiedCredentials, Message = "Password changed.", Status = 401, At = default }, "POST /notes", 401));
        };
        connection = () => kitchen.Resolver.Bound.Values.Single().Id;
        return kitchen;
    }

    private static void Mend(Kitchen kitchen, ConnectionId connection)
    {
        kitchen.Actions.Notify.Succeeds();
        lock (kitchen.Runs.Broken)
            kitchen.Runs.Broken.Remove(connection);
    }
}
