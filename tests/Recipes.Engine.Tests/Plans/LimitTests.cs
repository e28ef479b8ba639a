using static Recipes.Engine.Tests.Json;

namespace Recipes.Engine.Tests.Plans;

/// <summary>How large and how long a run may become.</summary>
public sealed class LimitTests
{
    [Fact]
    public async Task A_run_that_collects_too_much_is_stopped_where_it_does()
    {
        var root = Sequence([ForEach("each", Object($"[{string.Join(',', Enumerable.Range(0, 100))}]"), Set("grow", "all", Template("{{variables.all}}0123456789")))], "root");
        using var kitchen = new Kitchen(configure: o => (o.MaxRunSize, o.MaxInputSize) = (1000, 1000)).With("it", Definition(root, variables: ["all:String=x"]));

        var run = await kitchen.RunAsync("it");

        run.Failure!.Step.ShouldBe("grow");
        run.Failure.Message.ShouldMatch(@"^The run would hold 10\d\d bytes of data \(inputs, variables and what its steps left\); it may hold 1000 bytes\.$");
        run.Journal.Count(e => e.Step == "grow").ShouldBeInRange(90, 99);
    }

    [Fact]
    public async Task What_is_replaced_and_what_a_callee_held_does_not_count()
    {
        var text = new string('x', 200);
        var root = Sequence([Callable(), ForEach("each", Object($"[{string.Join(',', Enumerable.Range(0, 50))}]"), Sequence([Set("set", "v", Literal(text)), Call("one", "callee")], "body"))], "root");
        using var kitchen = new Kitchen(configure: o => (o.MaxRunSize, o.MaxInputSize) = (1000, 1000))
            .With("callee", Definition(Sequence(Callable(), Set("set", "v", Literal(text + "y"))), variables: ["v:String"]))
            .With("it", Definition(root, variables: ["v:String"]));

        var run = await kitchen.RunAsync("it");

        run.Failure.ShouldBeNull();
        run.Journal.Count(e => e.Depth == 1 && e.Step == "set").ShouldBe(50);
    }

    [Fact]
    public async Task A_step_whose_answer_is_too_much_can_be_handled_as_failed()
    {
        var chart = Flowchart([Callable(), Call("one", "callee"), Say("sorry", "{{steps.one.failure.message}}")], "call>one", "one:Failed>sorry");
        using var kitchen = new Kitchen(configure: o => (o.MaxRunSize, o.MaxInputSize) = (1000, 1000))
            .With("callee", Definition(Sequence(Callable(), Create("make"))))
            .With("it", Definition(chart, inputs: ["text:String"]));
        kitchen.Actions.Create.Succeeds(("thingId", new string('x', 500)));

        var run = await kitchen.RunAsync("it", ("text", new string('y', 900)));

        run.Status.ShouldBe(RunStatus.Completed);
        run.Notes().Single().ShouldStartWith("The run would hold");
    }

    [Fact]
    public async Task An_input_that_is_too_large_is_refused_before_anything_runs()
    {
        using var kitchen = new Kitchen(configure: o => o.MaxInputSize = 1000).With("it", Definition(Sequence(Say("a", "a")), inputs: ["a:String", "b:Object"]));

        var result = await kitchen.Caller.CallAsync(new() { Caller = Kitchen.Rep, Recipe = "it", Input = new Dictionary<string, object?> { ["a"] = "x", ["b"] = new List<object?> { new string('x', 2000) } } });

        var fault = result.ShouldBeOfType<RecipeCallResult.Invalid>().Faults.ShouldHaveSingleItem();
        fault.Input.ShouldBe("b");
        fault.Message.ShouldBe("The input is too large: it has 2020 bytes in all, and at most 1000 bytes are taken.");
        kitchen.Runs.All.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("\"02:00:00\"", 7200)]
    [InlineData("\"PT1H30M\"", 5400)]
    [InlineData("\"366.00:00:00\"", 366 * 86_400)]
    [InlineData("null", null)]
    public void A_recipe_says_how_long_a_run_may_take(string json, int? seconds)
    {
        using var kitchen = new Kitchen();
        kitchen.Write("it", """{"customProperties":{"Recipes":{"concurrency":7,"timeLimit":TIME}},"root":{"id":"a","type":"Elsa.WriteLine","text":"x"}}""".Replace("TIME", json, StringComparison.Ordinal));
        kitchen.Folder.Scan();

        var plan = kitchen.Catalogue.Find("it")!.Plan!;

        plan.TimeLimit.ShouldBe(seconds is { } given ? TimeSpan.FromSeconds(given) : null);
        plan.Concurrency.ShouldBe(7);
    }
}
