using System.Text.Json.Nodes;
using static Recipes.Engine.Tests.Json;

namespace Recipes.Engine.Tests.Plans;

public sealed class LoopTests
{
    [Fact]
    public async Task ForEach_runs_its_body_for_each_item_and_says_which()
    {
        var loop = ForEach("each", Template("{{input.names}}"), Say("say", "{{steps.each.currentIndex}} {{steps.each.currentValue}} {{variables.name}}"), "name");
        using var kitchen = new Kitchen().With("it", Definition(Sequence(loop, Say("after", "after")), inputs: ["names:List<String>"], variables: ["name:String"]));

        var run = await kitchen.RunAsync("it", ("names", List("a", "b", "c")));

        run.Failure.ShouldBeNull();
        run.Notes().ShouldBe(["1 of 3", "0 a a", "2 of 3", "1 b b", "3 of 3", "2 c c", "after"]);
        run.Steps()[0].ShouldBe("each:Iterated");
    }

    [Fact]
    public async Task A_list_without_items_runs_nothing_and_goes_on()
    {
        var chart = Flowchart([ForEach("each", Object("[]"), Say("say", "never")), Say("after", "after")], "each>after");

        var notes = await Kitchen.NotesAsync(Definition(chart));

        notes.ShouldBe(["There are no items.", "after"]);
    }

    [Fact]
    public async Task The_list_is_worked_out_once()
    {
        var body = Set("grow", "list", Object("""["{{variables.list}}", "more"]"""));
        var root = Sequence(ForEach("each", Wrapped("Variable", "list"), body));

        var notes = await Kitchen.NotesAsync(Definition(root, variables: ["list:Object=[1,2]"]));

        notes.ShouldBe(["1 of 2", "2 of 2"]);
    }

    [Fact]
    public async Task An_item_that_does_not_fit_the_loop_variable_ends_the_run_in_its_round()
    {
        var root = Sequence(ForEach("each", Object("""[1, "many"]"""), Say("say", "{{variables.n}}"), "n"));
        using var kitchen = new Kitchen().With("it", Definition(root, variables: ["n:Int32"]));

        var run = await kitchen.RunAsync("it");

        run.Failure!.Message.ShouldBe("Output 'currentValue' should be Int32, but is the text 'many'.");
        run.Steps().ShouldBe(["each:Iterated", "say:Done", "each:Faulted"]);
        run.Journal[2].Note.ShouldBe("2 of 2");
    }

    [Fact]
    public async Task Items_that_are_no_list_are_named()
    {
        using var kitchen = new Kitchen().With("it", Definition(Sequence(ForEach("each", Template("{{input.names}}"), Say("say", "x"))), inputs: ["names:Object"]));

        var run = await kitchen.RunAsync("it", ("names", "none"));

        run.Failure!.Message.ShouldBe("Input 'items' should be list of Object, but is the text 'none'.");
    }

    [Fact]
    public async Task While_asks_before_every_round()
    {
        var loop = While("while", "{{lt variables.n 3}}", Sequence(Set("next", "n", Template("{{add variables.n 1}}"))));
        using var kitchen = new Kitchen().With("it", Definition(Sequence([loop, Say("after", "{{variables.n}}")], "root"), variables: ["n:Int32=1"]));

        var run = await kitchen.RunAsync("it");

        run.Steps().ShouldBe(["while:True", "next:Done", "while:True", "next:Done", "while:False", "after:Done"]);
        run.Notes().ShouldBe(["Round 1", "Round 2", "Rounds: 2", "3"]);
    }

    [Fact]
    public async Task A_condition_that_fails_in_a_later_round_ends_the_run_there()
    {
        var loop = While("while", "{{variables.more}}", Set("spoil", "more", Literal("perhaps")));
        using var kitchen = new Kitchen().With("it", Definition(Sequence(loop), variables: ["more:Object=true"]));

        var run = await kitchen.RunAsync("it");

        (run.Failure!.Step, run.Failure.Message).ShouldBe(("while", "Input 'condition' should be Boolean, but is the text 'perhaps'."));
        run.Steps().ShouldBe(["while:True", "spoil:Done", "while:Faulted"]);
    }

    [Fact]
    public async Task Break_leaves_the_nearest_loop_from_deep_inside()
    {
        var choice = Activity("if", "Elsa.If", ("condition", Template("{{eq steps.inner.currentValue 2}}")), ("then", Sequence([Activity("break", "Elsa.Break")], "deep")));
        var inner = ForEach("inner", Object("[1,2,3]"), Flowchart([choice, Say("say", "{{steps.outer.currentValue}}{{steps.inner.currentValue}}")], "if>say"));
        using var kitchen = new Kitchen().With("it", Definition(Sequence(ForEach("outer", Object("""["a","b"]"""), Sequence([inner, Say("end", "end")], "body")))));

        var run = await kitchen.RunAsync("it");

        run.Failure.ShouldBeNull();
        run.Journal.Where(e => e.Type is "Elsa.WriteLine" or "Elsa.Break").Select(e => e.Note).ShouldBe(["a1", "Leaves 'inner' in round 2.", "end", "b1", "Leaves 'inner' in round 2.", "end"]);
    }

    [Fact]
    public async Task A_failure_in_a_loop_is_like_any_other()
    {
        var make = Activity("make", "Crm.Create", ("connection", Literal("crm")), ("title", Template("{{steps.each.currentValue}}")));
        using var kitchen = new Kitchen()
            .With("callee", Definition(Sequence(Callable(), ForEach("each", Object("""["a","b","c"]"""), make))))
            .With("it", Definition(Flowchart([Call("one", "callee"), Say("sorry", "{{steps.one.failure.step}}")], "one:Failed>sorry")));
        kitchen.Actions.Create.Answer = (_, inputs, _) => ValueTask.FromResult<Recipes.Connectors.ActionResult>((string)inputs["title"]! == "b"
            ? new Recipes.Connectors.ActionResult.Failed(new() { Kind = Recipes.Connections.FailureKind.InsufficientPermissions, Message = "No.", At = default }, "POST /", 403)
            : new Recipes.Connectors.ActionResult.Succeeded(new Dictionary<string, object?>(), "POST /", 201));

        var run = await kitchen.RunAsync("it");

        run.Status.ShouldBe(RunStatus.Completed);
        run.Notes()[^1].ShouldBe("make");
        kitchen.Actions.Create.Sent.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_loop_without_end_is_stopped()
    {
        using var kitchen = new Kitchen(maxSteps: 100).With("it", Definition(Sequence([While("while", "{{eq 1 1}}", Sequence())], "root")));

        var run = await kitchen.RunAsync("it");

        run.Failure!.Message.ShouldContain("stopped after 100 steps");
    }

    [Fact]
    public async Task Variables_of_a_body_start_anew_in_every_round()
    {
        var body = Sequence(Set("next", "n", Template("{{add variables.n 1}}")), Say("say", "{{variables.n}}"));
        body["variables"] = new JsonArray(new JsonObject { ["id"] = "n", ["name"] = "n", ["typeName"] = "Int32", ["value"] = "5" });

        var notes = await Kitchen.NotesAsync(Definition(Sequence([ForEach("each", Object("[1,2]"), body)], "root")));

        notes.ShouldBe(["1 of 2", "6", "2 of 2", "6"]);
    }

    /// <summary>Any nest of loops with breaks does what the same loops written in C# do.</summary>
    [Fact]
    public async Task Random_nests_of_loops_run_as_they_would_in_code()
    {
        for (var seed = 0; seed < 40; seed++)
        {
            var random = new Random(seed);
            var expected = new List<string>();
            var names = 0;
            var (json, run) = Nest(random, 0, inLoop: false, () => $"n{names++}", expected);
            run();

            using var kitchen = new Kitchen(maxSteps: 100_000).With("it", Definition(Sequence([json], "root")));
            var ended = await kitchen.RunAsync("it");

            ended.Failure.ShouldBeNull($"seed {seed}");
            ended.Journal.Where(e => e.Type == "Elsa.WriteLine").Select(e => e.Note).ShouldBe(expected, $"seed {seed}");
        }
    }

    // A piece of a recipe and what it does; false when a break is under way.
    private static (JsonObject Json, Func<bool> Run) Nest(Random random, int depth, bool inLoop, Func<string> name, List<string> written)
    {
        var id = name();
        switch (depth >= 4 ? 0 : random.Next(4))
        {
            case 1:
                var count = random.Next(4);
                var (body, runBody) = Nest(random, depth + 1, inLoop: true, name, written);
                return (ForEach(id, Object($"[{string.Join(',', Enumerable.Range(0, count))}]"), body), () =>
                {
                    for (var i = 0; i < count && runBody(); i++)
                    {
                    }

                    return true;
                }
                );
            case 2 or 3:
                var parts = Enumerable.Range(0, random.Next(1, 4)).Select(_ => Nest(random, depth + 1, inLoop, name, written)).ToList();
                if (inLoop && random.Next(3) == 0)
                    parts.Add((Activity(name(), "Elsa.Break"), () => false));
                return (Sequence([.. parts.Select(p => p.Json)], id), () => parts.TrueForAll(p => p.Run()));
            default:
                return (Say(id, id), () =>
                {
                    written.Add(id);
                    return true;
                }
                );
        }
    }

    private static List<object?> List(params object?[] items) => [.. items];
}
