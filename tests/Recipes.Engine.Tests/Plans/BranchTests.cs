using System.Text.Json.Nodes;
using static Recipes.Engine.Tests.Json;

namespace Recipes.Engine.Tests.Plans;

/// <summary>Switches, forks and joins.</summary>
/// <remarks>The charts of the joins are those of Elsa's own tests, with what they come to there.</remarks>
public sealed class BranchTests
{
    [Theory]
    [InlineData(20, "MatchFirst", "big, end")]
    [InlineData(20, "MatchAny", "big, even, end")]
    [InlineData(4, "MatchAny", "even, end")]
    [InlineData(3, "MatchAny", "none, end")]
    public async Task A_switch_of_a_flowchart_goes_the_ways_that_hold(long n, string mode, string expected)
    {
        var choose = Switch("Elsa.FlowSwitch", mode, ("big", "{{gt input.n 10}}"), ("even", "{{or (eq input.n 20) (eq input.n 4)}}"));
        var chart = Flowchart([choose, Say("a", "big"), Say("b", "even"), Say("c", "none"), Say("end", "end")], "switch:big>a", "switch:even>b", "switch:Default>c", "a>end", "b>end", "c>end");
        using var kitchen = new Kitchen().With("it", Definition(chart, inputs: ["n:Int32"]));

        var run = await kitchen.RunAsync("it", ("n", n));

        run.Failure.ShouldBeNull();
        string.Join(", ", Written(run)).ShouldBe(expected);
    }

    [Theory]
    [InlineData(20, "MatchFirst", "big, end")]
    [InlineData(20, "MatchAny", "big, even, end")]
    [InlineData(3, "MatchFirst", "none, end")]
    public async Task A_switch_runs_what_is_in_its_cases(long n, string mode, string expected)
    {
        var choose = Switch("Elsa.Switch", mode, ("big", "{{gt input.n 10}}"), ("even", "{{eq input.n 20}}"), ("nothing", "{{eq input.n 20}}"));
        choose["cases"]![0]!["activity"] = Say("a", "big");
        choose["cases"]![1]!["activity"] = Say("b", "even");
        choose["default"] = Say("c", "none");
        using var kitchen = new Kitchen().With("it", Definition(Sequence(choose, Say("end", "end")), inputs: ["n:Int32"]));

        var run = await kitchen.RunAsync("it", ("n", n));

        run.Failure.ShouldBeNull();
        string.Join(", ", Written(run)).ShouldBe(expected);
    }

    [Fact]
    public async Task A_case_called_Default_shares_the_way_of_no_case()
    {
        var chart = Flowchart([Switch("Elsa.FlowSwitch", "MatchFirst", ("Default", "{{eq 1 2}}")), Say("a", "a")], "switch:Default>a");

        var notes = await Kitchen.NotesAsync(Definition(chart));

        notes.ShouldBe(["a"]);
    }

    [Fact]
    public async Task A_fork_of_a_flowchart_takes_every_branch()
    {
        var fork = Activity("fork", "Elsa.FlowFork", ("branches", Object("""["left","right"]""")));
        var chart = Flowchart([fork, Say("a", "a"), Say("b", "b"), Join("WaitAll"), Say("end", "end")], "fork:left>a", "fork:right>b", "a>join", "b>join", "join>end");

        var notes = await Kitchen.NotesAsync(Definition(chart));

        notes.ShouldBe(["left, right", "a", "b", "end"]);
    }

    [Theory]
    [InlineData(false, "WaitAll", "A B C D F")]
    [InlineData(false, "WaitAllActive", "A B C D E F")]
    [InlineData(false, "WaitAny", "A B C D E F")]
    [InlineData(false, null, "A B C D E F")]
    [InlineData(true, "WaitAll", "A B C E F")]
    [InlineData(true, "WaitAllActive", "A B C E F")]
    [InlineData(true, "WaitAny", "A B C E F")]
    public async Task Joins_go_on_as_their_mode_says(bool decision, string? mode, string expected)
    {
        var chart = Flowchart(
            [Say("start", "start"), Say("A", "A"), Say("B", "B"), Say("C", "C"), Decide("d", decision ? "{{eq 1 1}}" : "{{eq 1 2}}"), Say("D", "D"), Join(mode), Say("E", "E"), Say("F", "F")],
            "start>A", "start>B", "start>C", "A>d", "d:True>join", "d:False>D", "B>join", "C>join", "D>F", "join>E", "E>F");

        var notes = await Kitchen.NotesAsync(Definition(chart));

        notes.Skip(1).Order().ShouldBe(expected.Split(' '));
        notes[^1].ShouldBe("F");
    }

    [Theory]
    [InlineData("WaitAll")]
    [InlineData("WaitAllActive")]
    [InlineData("WaitAny")]
    public async Task A_join_in_a_loop_goes_on_once_in_every_round(string mode)
    {
        var chart = Flowchart(
            [Say("A", "A"), Say("B", "B"), Say("C", "C"), Say("D", "D"), Join(mode), Set("next", "n", Template("{{add variables.n 1}}")), Switch("Elsa.FlowSwitch", "MatchFirst", ("again", "{{lt variables.n 3}}")), Say("end", "{{variables.n}}")],
            "A>B", "A>C", "A>D", "B>join", "C>join", "D>join", "join>next", "next>switch", "switch:again>A", "switch:Default>end");

        var notes = await Kitchen.NotesAsync(Definition(chart, variables: ["n:Int32=0"]));

        notes.ShouldBe(["A", "B", "C", "D", "A", "B", "C", "D", "A", "B", "C", "D", "3"]);
    }

    [Theory]
    [InlineData("WaitAll")]
    [InlineData("WaitAllActive")]
    [InlineData("WaitAny")]
    public async Task A_join_that_leads_back_to_a_switch_begins_a_new_round(string mode)
    {
        var chart = Flowchart(
            [Switch("Elsa.FlowSwitch", "MatchFirst", ("again", "{{lt variables.n 3}}")), Say("A", "A"), Set("next", "n", Template("{{add variables.n 1}}")), Join(mode), Say("B", "B")],
            "switch:again>A", "switch:again>next", "switch:Default>B", "A>join", "next>join", "join>switch");

        var notes = await Kitchen.NotesAsync(Definition(chart, variables: ["n:Int32=0"]));

        notes.ShouldBe(["A", "A", "A", "B"]);
    }

    [Fact]
    public async Task A_join_that_is_entered_again_from_behind_waits_for_nothing_else()
    {
        var chart = Flowchart(
            [Say("A", "A"), Say("B", "B"), Say("C", "C"), Join("WaitAll"), Set("next", "n", Template("{{add variables.n 1}}")), Decide("again", "{{lt variables.n 3}}"), Say("end", "end")],
            "A>B", "A>C", "B>join", "C>join", "join>next", "next>again", "again:True>join", "again:False>end");

        var notes = await Kitchen.NotesAsync(Definition(chart, variables: ["n:Int32=0"]));

        notes.ShouldBe(["A", "B", "C", "end"]);
    }

    [Fact]
    public async Task Many_ways_to_a_join_are_counted_beyond_64()
    {
        var middle = Enumerable.Range(0, 90).Select(i => i == 77 ? Decide("m77", "{{input.last}}") : Say($"m{i}", $"m{i}")).ToArray();
        var edges = middle.Select((_, i) => $"a>m{i}").Concat(middle.Select((_, i) => i == 77 ? "m77:True>join" : $"m{i}>join")).Append("join>end").ToArray();
        using var kitchen = new Kitchen().With("it", Definition(Flowchart([Say("a", "a"), .. middle, Join("WaitAll"), Say("end", "end")], edges), inputs: ["last:Boolean"]));

        var whole = await kitchen.RunAsync("it", ("last", true));
        var lacking = await kitchen.RunAsync("it", ("last", false));

        Written(whole).Count.ShouldBe(91);
        Written(whole)[^1].ShouldBe("end");
        Written(lacking).ShouldNotContain("end");
        lacking.Failure.ShouldBeNull();
    }

    [Theory]
    [InlineData("WaitAll")]
    [InlineData("WaitAny")]
    [InlineData(null)]
    public async Task A_fork_runs_its_branches_in_order(string? mode)
    {
        var fork = Activity("fork", "Elsa.Fork", ("joinMode", mode), ("branches", new JsonArray(Sequence([Say("a", "a"), Say("a2", "a2")], "one"), Say("b", "b"))));

        var notes = await Kitchen.NotesAsync(Definition(Sequence(fork, Say("end", "end"))));

        notes.ShouldBe(["a", "a2", "b", "end"]);
    }

    private static List<string?> Written(Run run) => [.. run.Journal.Where(e => e.Type == "Elsa.WriteLine").Select(e => e.Note)];
}
