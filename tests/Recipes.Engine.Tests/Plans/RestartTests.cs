using System.Text.Json.Nodes;
using Recipes.Testing;
using static Recipes.Engine.Tests.Json;

namespace Recipes.Engine.Tests.Plans;

public sealed class RestartTests
{
    [Fact]
    public void Loops_switches_and_joins_go_on_after_a_restart_where_they_were()
    {
        var choose = Switch("Elsa.Switch", "MatchAny", ("one", "{{eq 1 1}}"), ("two", "{{eq 2 2}}"));
        choose["cases"]![0]!["activity"] = Delay("d1", "00:00:01");
        choose["cases"]![1]!["activity"] = Say("two", "two {{steps.each.currentIndex}}");
        var again = While("while", "{{lt variables.n 2}}", Sequence([Delay("d2", "00:00:02"), Set("next", "n", Template("{{add variables.n 1}}"))], "body"));
        var chart = Flowchart(
            [Say("start", "{{variables.item}}"), Say("a", "a"), Delay("d3", "00:00:03"), Join("WaitAll"), Say("end", "end")],
            "start>a", "start>d3", "a>join", "d3>join", "join>end");
        var each = ForEach("each", Object("""["x","y"]"""), Sequence([choose, again, chart], "all"), "item");

        var (notes, pauses, outcome) = Run(Definition(Sequence([each], "root"), variables: ["item:String", "n:Int32=0"]));

        outcome.ShouldBeNull();
        notes.ShouldBe(["1 of 2", "one, two", "two 0", "Round 1", "Round 2", "Rounds: 2", "x", "a", "end", "2 of 2", "one, two", "two 1", "Rounds: 0", "y", "a", "end"]);
        pauses.Select(p => p.Seconds).ShouldBe([1, 2, 2, 3, 1, 3]);
    }

    // Every pause is over at once, and what comes after it runs on another machine.
    private static (IReadOnlyList<string> Notes, List<TimeSpan> Pauses, RunFailure? Failure) Run(JsonObject definition)
    {
        using var kitchen = new Kitchen().With("it", definition);
        var plan = kitchen.Catalogue.Find("it")!.Plan!;
        var context = new RunContext { Recipes = kitchen.Catalogue.Snapshot, Clients = kitchen.Clients, Time = new TestClock() };
        var pauses = new List<TimeSpan>();
        var machine = new RunMachine();
        machine.Begin(plan, new Dictionary<string, object?>(), context);
        while (machine.RunOn(default) == MachineStop.Paused)
        {
            pauses.Add(machine.Pause);
            var (saved, journal) = (machine.Save(), machine.JournalFrom(0).ToList());
            machine = new();
            machine.Restore(saved, (_, _) => plan, journal, context);
            machine.Resume();
        }

        var end = machine.End();
        return ([.. end.Journal.Where(e => e.Note is not null).Select(e => e.Note!)], pauses, end.Failure);
    }
}
