using System.Text.Json.Nodes;
using Recipes.Connectors;
using static Recipes.Engine.Tests.Json;

namespace Recipes.Engine.Tests.Triggers;

/// <summary>What a recipe may begin with, and what is wrong with it.</summary>
public sealed class TriggerCompilingTests
{
    [Theory]
    [InlineData("""{"type":"Recipes.Schedule","id":"t"}""", "root.activities[0].cron", "The cron expression is missing.")]
    [InlineData("""{"type":"Recipes.Schedule","id":"t","cron":"0 25 * * *"}""", "root.activities[0].cron", "The hour '25' is wrong")]
    [InlineData("""{"type":"Recipes.Schedule","id":"t","cron":"0 6 * * *","timeZone":"Mars/Base"}""", "root.activities[0].timeZone", "There is no time zone 'Mars/Base'")]
    [InlineData("""{"type":"Recipes.Schedule","id":"t","cron":"0 6 * * *","misfire":"never"}""", "root.activities[0].misfire", "'never' is none of once, all, skip.")]
    [InlineData("""{"type":"Recipes.Schedule","id":"t","cron":{"expression":{"type":"Handlebars","value":"{{input.when}}"}}}""", "root.activities[0].cron", "literal")]
    [InlineData("""{"type":"Recipes.Schedule","id":"t","cron":"0 6 * * *","cronn":"x"}""", "root.activities[0].cronn", "has no input 'cronn'. Did you mean 'cron'?")]
    [InlineData("""{"type":"Recipes.Webhook","id":"t","proof":"magic"}""", "root.activities[0].proof", "'magic' is none of none, token, standard.")]
    [InlineData("""{"type":"Recipes.ConnectionEvent","id":"t","event":"broken"}""", "root.activities[0].event", "There is no event 'broken'")]
    [InlineData("""{"type":"Crm.NewThings","id":"t","kind":"a"}""", "root.activities[0].connection", "The connection (its stable key) is missing.")]
    [InlineData("""{"type":"Crm.NewThings","id":"t","connection":"crm"}""", "root.activities[0].kind", "The input 'kind' (Kind) is missing.")]
    [InlineData("""{"type":"Crm.NewThings","id":"t","connection":"crm","kind":"a","every":"00:00:05"}""", "root.activities[0].every", "10 seconds to 7 days")]
    [InlineData("""{"type":"Crm.NewThings","id":"t","connection":"crm","kind":{"expression":{"type":"Handlebars","value":"{{input.when}}"}}}""", "root.activities[0].kind", "has to be a literal")]
    [InlineData("""{"type":"Crm.NewThing","id":"t","connection":"crm","kind":"a"}""", "root.activities[0].type", "Did you mean 'Crm.NewThings'?")]
    public void A_wrong_trigger_is_told_with_its_place(string trigger, string path, string expected)
    {
        using var kitchen = new Kitchen().With("it", Definition(Sequence([(JsonObject)JsonNode.Parse(trigger)!, Say("a", "x")]), inputs: ["when:String"]));

        var faults = kitchen.Catalogue.Find("it")!.Faults;

        faults.ShouldContain(f => f.Path == path && f.Message.Contains(expected), string.Join('\n', faults));
    }

    [Fact]
    public void A_recipe_has_one_trigger_and_it_is_at_its_start()
    {
        using var kitchen = new Kitchen()
            .With("two", Definition(Sequence(Callable(), Schedule())))
            .With("late", Definition(Sequence(Say("a", "x"), Schedule())))
            .With("asks", Definition(Sequence(Schedule(), Say("a", "x")), inputs: ["amount:Int32"]));

        kitchen.Catalogue.Find("two")!.Faults.ShouldHaveSingleItem().Message.ShouldBe("A recipe has one trigger only, and 'call' is one already.");
        kitchen.Catalogue.Find("late")!.Faults.ShouldHaveSingleItem().Message.ShouldBe("The trigger has to be where the recipe starts.");
        kitchen.Catalogue.Find("asks")!.Faults.ShouldHaveSingleItem().Message.ShouldStartWith("The recipe requires the input 'amount', but its trigger brings only dueAt, timeZone");
    }

    [Fact]
    public void A_poll_is_bound_like_an_action()
    {
        using var kitchen = new Kitchen()
            .With("it", Definition(Sequence(Poll(("every", Literal("PT10M")), ("first", Literal("all"))), Say("a", "{{steps.things.id}}"))))
            .With("wrong", Definition(Sequence(Poll(), Say("a", "{{steps.things.amont}}"))))
            .With("mixed", Definition(Sequence(Poll(), Create("other", "crm-two"))));

        var recipe = kitchen.Catalogue.Find("it")!;

        recipe.Faults.ShouldBeEmpty();
        recipe.IsCallable.ShouldBeFalse();
        var need = recipe.Needs.ShouldHaveSingleItem();
        (need.Key.Value, need.Connector).ShouldBe(("crm", "crm"));
        need.Scopes.ShouldBe(["things.read"]);
        var poll = recipe.Trigger.ShouldBeOfType<PlannedTrigger.Poll>();
        (poll.Every, poll.First, poll.Through.Value, poll.Inputs["kind"]).ShouldBe((TimeSpan.FromMinutes(10), FirstPoll.All, "crm", "big"));
        kitchen.Catalogue.Find("wrong")!.Faults.ShouldHaveSingleItem().Message.ShouldContain("has no output 'amont'; it has id, amount");
        kitchen.Catalogue.Find("mixed")!.Faults.ShouldHaveSingleItem().Message.ShouldContain("one recipe uses one connection per connector");
    }

    [Fact]
    public async Task What_a_trigger_brings_is_the_input_of_the_run_and_the_output_of_its_step()
    {
        using var kitchen = new Kitchen().With("it", Definition(
            Sequence(Poll(("amount", Into("total"))), Say("a", "{{steps.things.id}} {{input.amount}} {{variables.total}}")), inputs: ["amount:Int32"], variables: ["total:Int32"]));

        var run = await kitchen.RunAsync("it", ("id", "t-1"), ("amount", 12L), ("further", true));

        run.Failure.ShouldBeNull();
        run.Notes().ShouldBe(["t-1 12 12"]);
        System.Text.Encoding.UTF8.GetString(run.Input.Span).ShouldBe("""{"amount":12,"id":"t-1","further":true}""");
    }

    [Fact]
    public async Task A_recipe_with_a_trigger_is_called_by_no_other()
    {
        using var kitchen = new Kitchen().With("it", Definition(Flowchart([Schedule(), Say("a", "{{steps.t.dueAt}}")], "t>a"))).With("caller", Definition(Sequence(Callable(), Call("c", "it"))));

        var run = await kitchen.RunAsync("it", ("dueAt", "2026-01-01T00:00:00Z"));

        run.Notes().ShouldBe(["2026-01-01T00:00:00Z"]);
        kitchen.Catalogue.Find("caller")!.Faults.ShouldHaveSingleItem().Message.ShouldContain("which is not callable");
    }

    private static JsonObject Schedule() => Activity("t", "Recipes.Schedule", ("cron", Literal("0 6 * * *")));

    private static JsonObject Poll(params (string Name, JsonNode? Value)[] more) =>
        Activity("things", "Crm.NewThings", [("connection", Literal("crm")), ("kind", Literal("big")), .. more]);
}
