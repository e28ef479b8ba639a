using static Recipes.Engine.Tests.Json;

namespace Recipes.Engine.Tests.Plans;

public sealed class FlowchartTests
{
    [Theory]
    [InlineData(20_000L, "big")]
    [InlineData(10L, "small")]
    public async Task A_decision_takes_one_branch(long amount, string expected)
    {
        var chart = Flowchart([Callable(), Decide("check", "{{gt input.amount 10000}}"), Say("yes", "big"), Say("no", "small")], "call>check", "check:True>yes", "check:False>no");

        var notes = await Kitchen.NotesAsync(Definition(chart, inputs: ["amount:Int32"]), ("amount", amount));

        notes.ShouldBe([expected]);
    }

    [Fact]
    public async Task Every_edge_of_an_outcome_is_followed_and_the_join_runs_once()
    {
        // The way over b is longer than the one over c, so the join has to wait for it.
        var chart = Flowchart([Say("a", "a"), Say("b", "b"), Say("b2", "b2"), Say("c", "c"), Say("join", "join"), Say("end", "end")], "a>b", "a>c", "b>b2", "b2>join", "c>join", "join>end");

        var notes = await Kitchen.NotesAsync(Definition(chart));

        notes.ShouldBe(["a", "b", "b2", "c", "join", "end"]);
    }

    [Fact]
    public async Task A_join_waits_only_for_what_can_still_come()
    {
        var chart = Flowchart([Say("a", "a"), Decide("d", "{{eq 1 2}}"), Say("b", "b"), Say("c", "c"), Say("join", "join")], "a>d", "a>c", "d:True>b", "b>join", "c>join");

        var notes = await Kitchen.NotesAsync(Definition(chart));

        notes.ShouldBe(["a", "c", "join"]);
    }

    [Fact]
    public async Task A_loop_runs_until_its_condition_ends_it()
    {
        var chart = Flowchart(
            [Say("head", "{{variables.n}}"), Set("next", "n", Template("{{add variables.n 1}}")), Decide("again", "{{lt variables.n 4}}"), Say("end", "end")],
            "head>next", "next>again", "again:True>head", "again:False>end");

        var notes = await Kitchen.NotesAsync(Definition(chart, variables: ["n:Int32=1"]));

        notes.ShouldBe(["1", "2", "3", "end"]);
    }

    [Fact]
    public async Task Branches_inside_a_loop_join_once_in_every_round()
    {
        var chart = Flowchart(
            [Say("head", "h"), Say("a", "a"), Say("b", "b"), Set("join", "n", Template("{{add variables.n 1}}")), Decide("again", "{{lt variables.n 2}}"), Say("end", "{{variables.n}}")],
            "head>a", "head>b", "a>join", "b>join", "join>again", "again:True>head", "again:False>end");

        var notes = await Kitchen.NotesAsync(Definition(chart, variables: ["n:Int32=0"]));

        notes.ShouldBe(["h", "a", "b", "h", "a", "b", "2"]);
    }

    [Fact]
    public async Task More_than_64_steps_fan_out_and_join_once()
    {
        var middle = Enumerable.Range(0, 150).Select(i => Say($"m{i}", $"m{i}")).ToArray();
        var edges = middle.Select((_, i) => $"a>m{i}").Concat(middle.Select((_, i) => $"m{i}>join")).ToArray();

        var notes = await Kitchen.NotesAsync(Definition(Flowchart([Say("a", "a"), .. middle, Say("join", "join")], edges)));

        notes.Count.ShouldBe(152);
        notes[^1].ShouldBe("join");
        notes[1].ShouldBe("m0");
    }

    [Fact]
    public async Task Finish_ends_the_recipe_from_inside_a_container()
    {
        var inner = Sequence(Say("one", "one"), Activity("stop", "Elsa.Finish"));
        var chart = Flowchart([inner, Say("never", "never")], "sequence>never");

        var notes = await Kitchen.NotesAsync(Definition(chart));

        notes.ShouldBe(["one"]);
    }

    [Fact]
    public async Task The_named_start_begins_even_if_another_stands_first()
    {
        var chart = Flowchart([Say("a", "a"), Decide("again", "{{eq 1 2}}"), Say("end", "end")], "a>again", "again:True>a", "again:False>end");
        chart["start"] = "again";

        var notes = await Kitchen.NotesAsync(Definition(chart));

        notes.ShouldBe(["end"]);
    }

    [Theory]
    [InlineData("true", "then")]
    [InlineData("false", "else")]
    public async Task If_runs_one_of_its_branches_and_goes_on(string value, string expected)
    {
        var choice = Activity("if", "Elsa.If", ("condition", Literal(value)), ("then", Say("t", "then")), ("else", Say("e", "else")), ("result", Into("seen")));

        var notes = await Kitchen.NotesAsync(Definition(Sequence(choice, Say("after", "{{variables.seen}} {{steps.if.result}}")), variables: ["seen:Boolean"]));

        notes.ShouldBe([expected, $"{value} {value}"]);
    }

    [Fact]
    public async Task A_missing_value_is_a_false_condition()
    {
        var chart = Flowchart([Decide("d", "{{input.note}}"), Say("no", "no")], "d:False>no");
        var definition = Definition(chart, inputs: ["note:Boolean"]);
        definition["customProperties"]!["Recipes"] = new System.Text.Json.Nodes.JsonObject { ["optionalInputs"] = new System.Text.Json.Nodes.JsonArray("note") };

        var notes = await Kitchen.NotesAsync(definition);

        notes.ShouldBe(["no"]);
    }
}
