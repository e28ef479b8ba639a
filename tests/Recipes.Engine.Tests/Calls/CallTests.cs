using System.Text.Json.Nodes;
using Recipes.Connections;
using static Recipes.Engine.Tests.Json;

namespace Recipes.Engine.Tests.Calls;

public sealed class CallTests
{
    private static RecipeCall CallOf(string recipe, params (string Name, object? Value)[] input) =>
        new() { Caller = Kitchen.Rep, Recipe = recipe, Input = input.ToDictionary(i => i.Name, i => i.Value) };

    [Fact]
    public async Task Every_input_that_is_missing_unknown_or_of_the_wrong_type_is_named()
    {
        using var kitchen = new Kitchen().With("it", Definition(Sequence(Callable()), inputs: ["account:String", "amount:Int32", "open:Boolean", "tags:List<String>"]));

        var result = await kitchen.Caller.CallAsync(CallOf("it", ("amount", "12"), ("amonut", 1L), ("open", 1L), ("tags", new List<object?> { "a", 1L })));

        var invalid = result.ShouldBeOfType<RecipeCallResult.Invalid>();
        invalid.Faults.Select(f => f.Message).ShouldBe([
            "The input 'account' is missing: give a value of type String.",
            "The input 'amount' should be Int32, but is the text '12'.",
            "The input 'open' should be Boolean, but is the number 1.",
            "The input 'tags' item 2 should be String, but is the number 1.",
            "The recipe has no input 'amonut'. Did you mean 'amount'?",
        ]);
        kitchen.Runs.All.ShouldBeEmpty();
    }

    [Fact]
    public async Task Defaults_and_optional_inputs_need_not_be_given()
    {
        var definition = Definition(Sequence(Callable(), Output("a", "a", Template("{{add input.n 1}}")), Output("b", "b", Template("{{default input.note 'none'}}"))), inputs: ["n:Int32", "note:String"], outputs: ["a:Int32", "b:String"]);
        definition["inputs"]![0]!["defaultValue"] = "4";
        definition["customProperties"]!["Recipes"] = new JsonObject { ["optionalInputs"] = new JsonArray("note") };
        using var kitchen = new Kitchen().With("it", definition);

        var run = await kitchen.RunAsync("it");

        run.OutputText().ShouldBe("""{"a":5,"b":"none"}""");
        kitchen.Catalogue.Find("it")!.Inputs.Select(i => i.Required).ShouldBe([false, false]);
    }

    [Fact]
    public async Task Unknown_and_broken_recipes_are_told_apart()
    {
        using var kitchen = new Kitchen().With("broken", Definition(Sequence(Activity("a", "Nope"))));

        (await kitchen.Caller.CallAsync(CallOf("none"))).ShouldBeOfType<RecipeCallResult.NotFound>();
        (await kitchen.Caller.CallAsync(CallOf("broken"))).ShouldBeOfType<RecipeCallResult.Broken>().Faults.Single().Activity.ShouldBe("a");
    }

    [Fact]
    public async Task What_all_its_steps_and_nested_recipes_need_is_asked_for_at_once()
    {
        using var kitchen = new Kitchen();
        (kitchen.Actions.Create.Needs, kitchen.Actions.Notify.Needs) = (["things.write"], ["notes.write", "things.write"]);
        kitchen.With("inner", Definition(Sequence(Callable(), Activity("tell", "Crm.Notify", ("connection", Literal("crm")), ("subject", Literal("x"))))))
            .With("outer", Definition(Sequence(Callable(), Create("make"), Create("make-more"), Call("nested", "inner"))));

        await kitchen.RunAsync("outer");

        var need = kitchen.Resolver.Requests.ShouldHaveSingleItem().Needs.ShouldHaveSingleItem();
        need.Scopes.ShouldBe(["things.write", "notes.write"]);
    }

    [Fact]
    public async Task A_nested_call_inherits_connections_and_runtime_user()
    {
        using var kitchen = new Kitchen()
            .With("inner", Definition(Sequence(Callable(), Create("inner-make"), Output("o", "id", Template("{{steps.inner-make.thingId}}"))), inputs: ["n:Int32"], outputs: ["id:String"]))
            .With("outer", Definition(Sequence(Callable(), Create("make"), Call("nested", "inner", """{"n":"{{input.n}}"}"""), Output("o2", "id", Template("{{steps.nested.result.id}}"))), inputs: ["n:Int32"], outputs: ["id:String"]));
        kitchen.Actions.Create.Succeeds(("thingId", "42"));

        var run = await kitchen.RunAsync("outer", ("n", 1L));

        run.OutputText().ShouldBe("""{"id":"42"}""");
        run.RuntimeUser.ShouldBe(Kitchen.Rep.User);
        kitchen.Resolver.Requests.Count.ShouldBe(1);
        kitchen.Actions.Create.Sent.Select(s => s.Connection).Distinct().Count().ShouldBe(1);
        run.Journal.Select(e => (e.Step, e.Recipe, e.Depth, e.Outcome)).ShouldBe([
            ("call", "outer", 0, "Done"), ("make", "outer", 0, "Done"), ("nested", "outer", 0, "Done"),
            ("call", "inner", 1, "Done"), ("inner-make", "inner", 1, "Done"), ("o", "inner", 1, "Done"), ("o2", "outer", 0, "Done"),
        ]);
        run.Journal.Where(e => e.Connection is not null).ShouldAllBe(e => e.ActingAs == "rep-one");
    }

    [Fact]
    public async Task Needs_of_called_recipes_are_resolved_before_any_step_and_with_the_tightest_policy()
    {
        var inner = Definition(Sequence(Callable(), Create("inner-make")));
        inner["customProperties"]!["Recipes"] = new JsonObject { ["runtimeUser"] = new JsonObject { ["crm"] = "required" } };
        var outer = Definition(Sequence(Callable(), Activity("post", "Chat.Post", ("connection", Literal("chat")), ("text", Literal("x"))), Call("nested", "inner")));
        outer["customProperties"]!["Recipes"] = new JsonObject { ["runtimeUser"] = new JsonObject { ["crm"] = "optional" } };
        using var kitchen = new Kitchen().With("inner", inner).With("outer", outer);
        kitchen.Resolver.Missing.Add("crm");

        var result = await kitchen.Caller.CallAsync(CallOf("outer"));

        var refused = result.ShouldBeOfType<RecipeCallResult.Refused>();
        refused.Missing.Single().AuthorizePath.ShouldBe("/connect/crm");
        kitchen.Resolver.Requests.Single().Needs.Select(n => (n.Key.Value, n.Policy)).ShouldBe([("chat", null), ("crm", RuntimeUserPolicy.Required)]);
        kitchen.Actions.Post.Sent.ShouldBeEmpty();
        var stored = kitchen.Runs.All.Values.Single();
        (stored.Status, stored.Journal.Count).ShouldBe((RunStatus.Refused, 0));
        stored.Failure!.Guidance.ShouldNotBeNull().ShouldContain("/connect/crm");
    }

    [Fact]
    public async Task A_key_without_definition_or_of_another_connector_refuses_the_call()
    {
        using var kitchen = new Kitchen().With("it", Definition(Sequence(Callable(), Create("a", "nothing"), Activity("b", "Chat.Post", ("connection", Literal("crm")), ("text", Literal("x"))))));

        var refused = (await kitchen.Caller.CallAsync(CallOf("it"))).ShouldBeOfType<RecipeCallResult.Refused>();

        refused.Missing.Select(m => m.Key.Value).ShouldBe(["nothing", "crm"]);
        kitchen.Actions.Post.Sent.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_recipe_that_is_not_callable_takes_no_runtime_user_and_no_connections()
    {
        using var kitchen = new Kitchen().With("it", Definition(Sequence(Create("a"))));

        var asUser = await kitchen.Caller.CallAsync(CallOf("it") with { RuntimeUser = UserId.Parse("rep-two") });
        var named = await kitchen.Caller.CallAsync(CallOf("it") with { Connections = new Dictionary<StableKey, ConnectionId> { [StableKey.Parse("crm")] = default } });
        await kitchen.RunAsync("it");

        asUser.ShouldBeOfType<RecipeCallResult.Forbidden>();
        named.ShouldBeOfType<RecipeCallResult.Forbidden>();
        kitchen.Resolver.Requests.Single().Callable.ShouldBeFalse();
    }

    [Fact]
    public async Task A_connection_for_a_key_that_the_recipe_does_not_use_is_refused()
    {
        using var kitchen = new Kitchen().With("it", Definition(Sequence(Callable(), Create("a"))));

        var result = await kitchen.Caller.CallAsync(CallOf("it") with { Connections = new Dictionary<StableKey, ConnectionId> { [StableKey.Parse("crn")] = default } });

        result.ShouldBeOfType<RecipeCallResult.Forbidden>().Reason.ShouldBe("The recipe 'it' uses no connection 'crn'. Did you mean 'crm'?");
        kitchen.Actions.Create.Sent.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_connection_that_is_gone_by_then_fails_the_step()
    {
        using var kitchen = new Kitchen().With("it", Definition(Sequence(Callable(), Create("a"))));
        await kitchen.RunAsync("it");
        kitchen.Clients.Gone.Add(kitchen.Resolver.Bound[StableKey.Parse("crm")].Id);

        var run = await kitchen.RunAsync("it");

        (run.Status, run.Failure!.Message, run.Failure.Step).ShouldBe((RunStatus.Faulted, "The connection of this run does not exist any more.", "a"));
    }

    [Fact]
    public async Task What_the_resolver_forbids_is_forbidden_and_no_run()
    {
        using var kitchen = new Kitchen().With("it", Definition(Sequence(Callable(), Create("a"))));
        kitchen.Resolver.Forbid = "Not you.";

        var result = await kitchen.Caller.CallAsync(CallOf("it"));

        result.ShouldBeOfType<RecipeCallResult.Forbidden>().Reason.ShouldBe("Not you.");
        kitchen.Runs.All.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_runtime_user_is_judged_even_where_no_connection_is_needed()
    {
        using var kitchen = new Kitchen().With("it", Definition(Sequence(Callable())));
        kitchen.Resolver.Forbid = "Not you.";

        var result = await kitchen.Caller.CallAsync(CallOf("it") with { RuntimeUser = UserId.Parse("rep-two") });

        result.ShouldBeOfType<RecipeCallResult.Forbidden>();
    }

    [Fact]
    public async Task Without_waiting_the_run_is_stored_as_running_first()
    {
        using var kitchen = new Kitchen().With("it", Definition(Sequence(Callable(), Create("a"))));
        var gate = new TaskCompletionSource();
        kitchen.Actions.Create.Answer = async (_, _, _) =>
        {
            await gate.Task;
            return new Connectors.ActionResult.Succeeded(new Dictionary<string, object?>(), null, 200);
        };

        var accepted = (await kitchen.Caller.CallAsync(CallOf("it") with { Wait = false })).ShouldBeOfType<RecipeCallResult.Accepted>();
        var first = kitchen.Runs.All[accepted.Run].Status;
        gate.SetResult();
        await kitchen.Runs.FirstEnded.WaitAsync(TimeSpan.FromSeconds(20));

        first.ShouldBe(RunStatus.Running);
        kitchen.Runs.Saved.ShouldBe([RunStatus.Running, RunStatus.Running, RunStatus.Completed]);
        kitchen.Runs.All[accepted.Run].EndedAt.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_run_under_way_when_the_host_stops_is_left_to_go_on()
    {
        using var kitchen = new Kitchen().With("it", Definition(Sequence(Callable(), Create("a"))));
        var begun = new TaskCompletionSource();
        kitchen.Actions.Create.Answer = async (_, _, stopping) =>
        {
            begun.SetResult();
            await new TaskCompletionSource().Task.WaitAsync(stopping);
            throw new InvalidOperationException();
        };
        var accepted = (await kitchen.Caller.CallAsync(CallOf("it") with { Wait = false })).ShouldBeOfType<RecipeCallResult.Accepted>();
        await begun.Task;

        await kitchen.StopAsync();

        var run = kitchen.Runs.All[accepted.Run];
        (run.Status, run.Failure, run.EndedAt).ShouldBe((RunStatus.Running, null, null));
        (await kitchen.Runs.CountWaitingAsync(run.Tenant, default)).ShouldBe(1);
    }

    [Fact]
    public async Task A_caller_that_goes_away_does_not_stop_the_run()
    {
        using var kitchen = new Kitchen().With("it", Definition(Sequence(Callable(), Create("a"), Create("b"))));
        using var gone = new CancellationTokenSource();
        var (begun, gate) = (new TaskCompletionSource(), new TaskCompletionSource());
        kitchen.Actions.Create.Answer = async (_, _, _) =>
        {
            begun.TrySetResult();
            await gate.Task;
            return new Connectors.ActionResult.Succeeded(new Dictionary<string, object?>(), null, 200);
        };
        var call = kitchen.Caller.CallAsync(CallOf("it"), gone.Token).AsTask();
        await begun.Task;

        await gone.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => call);
        gate.SetResult();
        var run = await kitchen.Runs.FirstEnded.WaitAsync(TimeSpan.FromSeconds(20));

        run.Status.ShouldBe(RunStatus.Completed);
        kitchen.Actions.Create.Sent.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Calls_nested_too_deep_are_stopped()
    {
        using var kitchen = new Kitchen(maxDepth: 2).With("r0", Definition(Sequence(Callable())));
        for (var i = 1; i <= 3; i++)
            kitchen.With($"r{i}", Definition(Sequence(Callable(), Call("next", $"r{i - 1}"))));

        var two = await kitchen.RunAsync("r2");
        var three = await kitchen.RunAsync("r3");

        two.Status.ShouldBe(RunStatus.Completed);
        (three.Status, three.Failure!.Message, three.Failure.Recipe).ShouldBe((RunStatus.Faulted, "Calls are nested deeper than 2.", "r1"));
    }

    [Fact]
    public async Task A_caller_may_handle_the_failure_of_a_nested_call()
    {
        using var kitchen = new Kitchen()
            .With("inner", Definition(Sequence(Callable(), Activity("no", "Elsa.Fault", ("message", Literal("No."))))))
            .With("outer", Definition(Flowchart([Callable(), Call("nested", "inner"), Say("sorry", "{{steps.nested.failure.message}}")], "call>nested", "nested:Failed>sorry")))
            .With("plain", Definition(Sequence(Callable(), Call("nested", "inner"))));

        var handled = await kitchen.RunAsync("outer");
        var plain = await kitchen.RunAsync("plain");

        handled.Notes().ShouldBe(["No."]);
        handled.Steps().ShouldBe(["call:Done", "nested:Failed", "call:Done", "no:Faulted", "sorry:Done"]);
        (plain.Status, plain.Failure!.Step, plain.Failure.Recipe).ShouldBe((RunStatus.Faulted, "no", "inner"));
    }

    [Fact]
    public async Task Finish_in_a_called_recipe_ends_only_that_recipe()
    {
        using var kitchen = new Kitchen()
            .With("inner", Definition(Flowchart([Callable(), Activity("stop", "Elsa.Finish")], "call>stop")))
            .With("outer", Definition(Sequence(Callable(), Call("nested", "inner"), Say("after", "after"))));

        var run = await kitchen.RunAsync("outer");

        run.Notes().ShouldBe(["after"]);
    }

    [Fact]
    public async Task Connections_needed_says_what_a_call_would_use_and_what_is_missing()
    {
        using var kitchen = new Kitchen().With("it", Definition(Sequence(Callable(), Create("a"), Activity("b", "Chat.Post", ("connection", Literal("chat")), ("text", Literal("x"))))));
        kitchen.Resolver.Missing.Add("chat");

        var needed = (await kitchen.Caller.ConnectionsNeededAsync("it", Kitchen.Rep, null, default)).ShouldBeOfType<NeededConnections.Found>().Connections;

        needed.Select(n => (n.Key.Value, n.Connector, n.Policy)).ShouldBe([("crm", "crm", RuntimeUserPolicy.Optional), ("chat", "chat", RuntimeUserPolicy.Optional)]);
        needed[0].Bound!.ActingAs.ShouldBe(Owner.Of(Kitchen.Rep.User));
        needed[1].Missing!.AuthorizePath.ShouldBe("/connect/chat");
        needed[1].Bound.ShouldBeNull();
    }

    [Fact]
    public async Task Runs_in_parallel_do_not_mix()
    {
        using var kitchen = new Kitchen().With("it", Definition(Flowchart(
            [Callable(), Set("s", "v", Template("{{input.n}}")), Create("make"), Output("o", "n", Template("{{variables.v}}"))], "call>s", "s>make", "make>o"), inputs: ["n:Int32"], outputs: ["n:Int32"], variables: ["v:Int32"]));
        kitchen.Actions.Create.Answer = async (_, _, _) =>
        {
            await Task.Yield();
            return new Connectors.ActionResult.Succeeded(new Dictionary<string, object?>(), null, 200);
        };

        var outputs = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => Task.Run(async () => (await kitchen.RunAsync("it", ("n", (long)i))).OutputText())));

        outputs.ShouldBe(Enumerable.Range(0, 200).Select(i => $"{{\"n\":{i}}}"));
    }
}
