using System.Text;
using System.Text.Json.Nodes;
using static Recipes.Engine.Tests.Json;

namespace Recipes.Engine.Tests.Definitions;

/// <summary>Every fault of a recipe is found when it is loaded, with the activity and the place in the JSON.</summary>
public sealed class FaultTests
{
    private static readonly string[] s_inputs = ["amount:Int32"];

    public static TheoryData<string, string?, string, string> Faults => new()
    {
        { """{"type":"Elsa.WriteLin","id":"a"}""", "a", "root.activities[1].type", "Did you mean 'Elsa.WriteLine'?" },
        { """{"type":"Crm.Creat","id":"a"}""", "a", "root.activities[1].type", "The connector Crm has no action 'Creat'. Did you mean 'Crm.Create'?" },
        { """{"type":"Crn.Create","id":"a"}""", "a", "root.activities[1].type", "There is no connector 'Crn' here. Did you mean 'Crm'?" },
        { """{"type":"Crm.Create","id":"a","connection":"crm"}""", "a", "root.activities[1].title", "The input 'title' (Title) is missing." },
        { """{"type":"Crm.Create","id":"a","title":"x"}""", "a", "root.activities[1].connection", "The connection (its stable key) is missing." },
        { """{"type":"Crm.Create","id":"a","title":"x","connection":"CRM"}""", "a", "root.activities[1].connection", "'CRM' is no stable key" },
        { """{"type":"Crm.Create","id":"a","title":"x","connection":{"expression":{"type":"Handlebars","value":"{{input.amount}}"}}}""", "a", "root.activities[1].connection", "has to be a literal text" },
        { """{"type":"Crm.Create","id":"a","title":"x","connection":"crm","titel":"y"}""", "a", "root.activities[1].titel", "Crm.Create has no input 'titel'. Did you mean 'title'?" },
        { """{"type":"Crm.Create","id":"a","title":"x","connection":"crm","amount":"many"}""", "a", "root.activities[1].amount", "should be Decimal, but is the text 'many'" },
        { """{"type":"Crm.Create","id":"a","title":"x","connection":"crm","stage":"lost"}""", "a", "root.activities[1].stage", "'lost' is none of the choices open, won." },
        { """{"type":"Crm.Create","id":"a","title":"x","connection":"crm","thingId":{"memoryReference":{"id":"none"}}}""", "a", "root.activities[1].thingId.memoryReference", "There is no variable with the id 'none'." },
        { """{"type":"Odd.Send","id":"a","connection":"odd"}""", "a", "root.activities[1].type", "a name that the recipe format reserves" },
        { Say("a", "{{input.amont}}").ToJsonString(), "a", "root.activities[1].text", "this recipe has no input 'amont'. Did you mean 'amount'?" },
        { Say("a", "{{variables.x}}").ToJsonString(), "a", "root.activities[1].text", "this recipe has no variable 'x'." },
        { Say("a", "{{variables}}").ToJsonString(), "a", "root.activities[1].text", "name what you need of it" },
        { Say("a", "{{steps.b.id}}").ToJsonString(), "a", "root.activities[1].text", "this recipe has no step 'b'." },
        { Say("a", "{{steps.call.id}}").ToJsonString(), "a", "root.activities[1].text", "the step 'call' has no output." },
        { Say("a", "{{connections.crm.fields.host}}").ToJsonString(), "a", "root.activities[1].text", "no step of this recipe uses a connection 'crm'." },
        { Say("a", "{{gt input.amount").ToJsonString(), "a", "root.activities[1].text", "The template is wrong at position" },
        { Say("a", "{{shout input.amount}}").ToJsonString(), "a", "root.activities[1].text", "shout" },
        { """{"type":"Elsa.WriteLine","id":"a","text":{"expression":{"type":"JavaScript","value":"1+1"}}}""", "a", "root.activities[1].text", "Expressions in JavaScript are not run here: write a template instead" },
        { """{"type":"Elsa.WriteLine","id":"a","text":{"expression":{"type":"Liquid","value":"x"}}}""", "a", "root.activities[1].text", "Expressions in Liquid are not run here" },
        { """{"type":"Elsa.WriteLine","id":"a","text":{"expression":{"type":"Input","value":{"name":"x"}}}}""", "a", "root.activities[1].text", "There is no input 'x'." },
        { """{"type":"Elsa.SetVariable","id":"a","variable":{"id":"x","name":"x"}}""", "a", "root.activities[1].variable", "There is no variable 'x'." },
        { """{"type":"Elsa.SetVariable","id":"a"}""", "a", "root.activities[1].variable", "The variable is missing." },
        { """{"type":"Elsa.FlowDecision","id":"a"}""", "a", "root.activities[1].condition", "The condition is missing." },
        { """{"type":"Elsa.If","id":"a","condition":"perhaps"}""", "a", "root.activities[1].condition", "should be Boolean, but is the text 'perhaps'" },
        { Output("a", "none", Literal("x")).ToJsonString(), "a", "root.activities[1].outputName", "This recipe has no output 'none'." },
        { """{"type":"Recipes.CallRecipe","id":"a"}""", "a", "root.activities[1].recipe", "The name of the recipe to call is missing." },
        { """{"type":"Recipes.CallRecipe","id":"a","recipe":{"expression":{"type":"Handlebars","value":"{{input.amount}}"}}}""", "a", "root.activities[1].recipe", "has to be a literal text" },
        { Call("a", "it").ToJsonString(), "a", "root.activities[1].recipe", "Recipes may not call themselves: it → it." },
        { Call("a", "other").ToJsonString(), "a", "root.activities[1].recipe", "calls the recipe 'other', which does not exist." },
        { Activity("a", "Recipes.CallRecipe", ("recipe", Literal("it")), ("input", Object("{\"a\": {{input.amount}}}"))).ToJsonString(), "a", "root.activities[1].input", "A template goes inside a text" },
        { """{"type":"Recipes.Callable","id":"a"}""", "a", "root.activities[1]", "A recipe has one Callable trigger only." },
        { """{"type":"Elsa.WriteLine","id":"call"}""", "call", "root.activities[1].id", "There are two activities with the id 'call'." },
        { """{"type":"Elsa.WriteLine","id":"a","name":"call"}""", "call", "root.activities[1].name", "There are two activities called 'call'" },
        { """{"type":"Elsa.WriteLine"}""", null, "root.activities[1]", "An activity needs an id." },
        { """{"id":"a"}""", null, "root.activities[1]", "An activity needs a type." },
        { """{"type":"Elsa.Flowchart","id":"a","start":"x","activities":[{"type":"Elsa.WriteLine","id":"b"}]}""", "a", "root.activities[1].start", "The start 'x' is no activity of this flowchart." },
        { """{"type":"Elsa.Flowchart","id":"a","activities":[{"type":"Elsa.WriteLine","id":"b"},{"type":"Elsa.WriteLine","id":"c"}]}""", "c", "root.activities[1].activities[1]", "The step cannot be reached" },
        { Flow("b:Maybe>c").ToJsonString(), "b", "root.activities[1].connections[0].source.port", "'b' has no outcome 'Maybe'; it has Done." },
        { Flow("b>x").ToJsonString(), "chart", "root.activities[1].connections[0].target", "The edge's target 'x' is no activity of this flowchart." },
        { """{"type":"Elsa.Sequence","id":"a","activities":[{"type":"Elsa.Finish","id":"b"},{"type":"Elsa.WriteLine","id":"c"}]}""", "c", "root.activities[1].activities[1]", "'b' ends the recipe before it" },
        { ForEach("a", Object("[1]"), Sequence([Activity("b", "Elsa.Break"), Say("c", "c")], "body")).ToJsonString(), "c", "root.activities[1].body.activities[1]", "'b' leaves the loop before it" },
        { """{"type":"Elsa.Break","id":"a"}""", "a", "root.activities[1]", "There is no loop around it that it could leave." },
        { """{"type":"Elsa.ForEach","id":"a","body":{"type":"Elsa.Finish","id":"b"}}""", "a", "root.activities[1].items", "The items are missing" },
        { """{"type":"Elsa.ForEach","id":"a","items":5,"body":{"type":"Elsa.Finish","id":"b"}}""", "a", "root.activities[1].items", "should be list of Object, but is the number 5" },
        { """{"type":"Elsa.ForEach","id":"a","items":[1]}""", "a", "root.activities[1].body", "The loop has no body" },
        { """{"type":"Elsa.ForEach","id":"a","items":[1],"body":{"id":"b"}}""", null, "root.activities[1].body", "An activity needs a type." },
        { """{"type":"Elsa.ForEach","id":"a","items":[1],"currentValue":{"memoryReference":{"id":"none"}},"body":{"type":"Elsa.Finish","id":"b"}}""", "a", "root.activities[1].currentValue.memoryReference", "There is no variable with the id 'none'." },
        { ForEach("a", Object("[1]"), Say("b", "{{steps.a.current}}")).ToJsonString(), "b", "root.activities[1].body.text", "the step 'a' has no output 'current'; it has currentValue, currentIndex." },
        { """{"type":"Elsa.While","id":"a","body":{"type":"Elsa.Finish","id":"b"}}""", "a", "root.activities[1].condition", "The condition is missing." },
        { Switch("Elsa.Switch", "MatchFirst", ("x", "{{eq 1 1}}"), ("x", "{{eq 1 2}}")).ToJsonString(), "switch", "root.activities[1].cases[1].label", "There are two cases called 'x'." },
        { Switch("Elsa.FlowSwitch", "MatchFirst", ("", "{{eq 1 1}}")).ToJsonString(), "switch", "root.activities[1].cases[0].label", "A case needs a label." },
        { Switch("Elsa.FlowSwitch", "MatchFirst", ("x", "{{eq input.y 1}}")).ToJsonString(), "switch", "root.activities[1].cases[0].condition", "this recipe has no input 'y'." },
        { Switch("Elsa.FlowSwitch", "Some", ("x", "{{eq 1 1}}")).ToJsonString(), "switch", "root.activities[1].mode", "'mode' has to be one of MatchFirst, MatchAny, as a literal." },
        { """{"type":"Elsa.Switch","id":"a","cases":[{"label":"x"}]}""", "a", "root.activities[1].cases[0].condition", "The condition of the case is missing." },
        { """{"type":"Elsa.Switch","id":"a","cases":[{"label":"x","condition":{"type":"JavaScript","value":"1"}}]}""", "a", "root.activities[1].cases[0].condition", "Expressions in JavaScript are not run here" },
        { Switch("Elsa.Switch", "MatchFirst", ("x", "maybe")).ToJsonString(), "switch", "root.activities[1].cases[0].condition", "should be Boolean, but is the text 'maybe'" },
        { """{"type":"Elsa.Fork","id":"a"}""", "a", "root.activities[1].branches", "The fork has no branches." },
        { """{"type":"Elsa.FlowFork","id":"a","branches":{"expression":{"type":"Object","value":"[\"x\",\"x\"]"}}}""", "a", "root.activities[1].branches", "There are two branches called 'x'." },
        { """{"type":"Elsa.FlowFork","id":"a","branches":{"expression":{"type":"Handlebars","value":"{{input.amount}}"}}}""", "a", "root.activities[1].branches", "have to be a fixed list of names" },
        { Join("Sometimes").ToJsonString(), "join", "root.activities[1].mode", "'mode' has to be one of WaitAny, WaitAll, WaitAllActive, as a literal." },
        { Flowchart([Switch("Elsa.FlowSwitch", "MatchFirst", ("x", "{{eq 1 1}}")), Say("b", "b")], "switch:y>b").ToJsonString(), "switch", "root.activities[1].connections[0].source.port", "'switch' has no outcome 'y'; it has x, Default." },
        { Delay("a", "400.00:00:00").ToJsonString(), "a", "root.activities[1].timeSpan", "A delay is 0 to 366 days" },
        { Delay("a", "soon").ToJsonString(), "a", "root.activities[1].timeSpan", "should be TimeSpan, but is the text 'soon'" },
    };

    [Fact]
    public void What_looks_like_a_mistake_in_the_flow_is_a_warning()
    {
        var chart = Flowchart(
            [Decide("d", "{{eq 1 1}}"), Join("WaitAll"), While("while", "true", Say("body", "x")), ForEach("each", Object("[1]"), Activity("fork", "Elsa.FlowFork")), Activity("one", "Elsa.FlowJoin"), Switch("Elsa.FlowSwitch", "MatchFirst")],
            "d:True>join", "d:False>join", "join>while", "while>each", "each>one", "one>switch");
        using var kitchen = new Kitchen();

        var check = kitchen.Checker.Check("it", Bytes(Definition(chart)));

        check.Faults.ShouldBeEmpty();
        check.Warnings.Select(w => $"{w.Activity}: {w.Message}").Order().ShouldBe([
            "fork: Elsa.FlowFork does nothing outside of a flowchart.",
            "join: The join waits for every edge that leads to it, but two come from 'd', which takes only one way: it will never go on. Use WaitAllActive.",
            "one: Only one edge leads to this join, so it has nothing to bring together.",
            "switch: The switch has no cases, so it always takes its default.",
            "while: The condition is always true, and nothing in the loop leaves it: the run will be stopped by its limit of steps.",
        ]);
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public void An_activity_with_a_fault_is_named_with_its_place(string activity, string? step, string path, string message)
    {
        var faults = Check(Definition(Sequence(Callable(), JsonNode.Parse(activity)!.AsObject()), inputs: s_inputs));

        faults.ShouldContain(f => f.Activity == step && f.Path == path && f.Message.Contains(message), string.Join('\n', faults));
    }

    [Theory]
    [InlineData("""{"root":{"id":"a",}}""", 1, "This is no JSON")]
    [InlineData("{\n  \"root\": {\n    \"id\": a\n  }\n}", 3, "This is no JSON")]
    [InlineData("", 1, "This is no JSON")]
    public void Json_that_cannot_be_read_is_named_with_line_and_column(string json, int line, string message)
    {
        using var kitchen = new Kitchen();

        var fault = kitchen.Checker.Check("it", Encoding.UTF8.GetBytes(json)).Faults.Single();

        fault.Line.ShouldBe(line);
        fault.Column.ShouldNotBeNull();
        fault.Message.ShouldStartWith(message);
        fault.Message.ShouldNotContain("LineNumber");
    }

    [Theory]
    [InlineData("[]", "", "A recipe is a JSON object")]
    [InlineData("{}", "root", "The recipe has no root activity.")]
    [InlineData("""{"definitionId":"that","root":{}}""", "definitionId", "The definitionId is 'that', but the file is called 'it.json'")]
    [InlineData("""{"inputs":[{"name":"a b","type":"String"}]}""", "inputs[0].name", "letters, digits and underscores")]
    [InlineData("""{"inputs":[{"name":"a","type":"Strnig"}]}""", "inputs[0].type", "There is no type 'Strnig' for data")]
    [InlineData("""{"inputs":[{"name":"a","type":"String"},{"name":"a","type":"String"}]}""", "inputs[1].name", "two inputs called 'a'")]
    [InlineData("""{"inputs":[{"name":"a","type":"Int32","defaultValue":"x"}]}""", "inputs[0].defaultValue", "should be Int32")]
    [InlineData("""{"variables":[{"id":"v","name":"v","typeName":"Int32","value":"x"}]}""", "variables[0].value", "should be Int32")]
    [InlineData("""{"variables":{}}""", "variables", "'variables' is a list.")]
    [InlineData("""{"customProperties":{"Recipes":{"optionalInputs":["x"]}}}""", "customProperties.Recipes.optionalInputs", "names 'x', which is no input")]
    [InlineData("""{"customProperties":{"Recipes":{"runtimeUser":{"crm":"off"}}}}""", "customProperties.Recipes.runtimeUser.crm", "A recipe can only tighten")]
    [InlineData("""{"customProperties":{"Recipes":{"timeLimit":"soon"}}}""", "customProperties.Recipes.timeLimit", "from 1 second to 366 days")]
    [InlineData("""{"customProperties":{"Recipes":{"timeLimit":"00:00:00.5"}}}""", "customProperties.Recipes.timeLimit", "from 1 second to 366 days")]
    [InlineData("""{"customProperties":{"Recipes":{"timeLimit":5}}}""", "customProperties.Recipes.timeLimit", "from 1 second to 366 days")]
    [InlineData("""{"customProperties":{"Recipes":{"concurrency":0}}}""", "customProperties.Recipes.concurrency", "a whole number from 1 to 1000")]
    [InlineData("""{"customProperties":{"Recipes":{"concurrency":"4"}}}""", "customProperties.Recipes.concurrency", "a whole number from 1 to 1000")]
    [InlineData("""{"root":{"type":"Elsa.Flowchart","id":"c"}}""", "root", "The recipe has no activities.")]
    [InlineData("""{"customProperties":{"Recipes":{"runtimeUser":{"crm":"required"}}},"root":{"type":"Elsa.WriteLine","id":"c"}}""", "customProperties.Recipes.runtimeUser.crm", "Neither this recipe nor one it calls uses a connection 'crm'.")]
    public void A_fault_of_the_definition_is_named_with_its_place(string json, string path, string message)
    {
        using var kitchen = new Kitchen();

        var faults = kitchen.Checker.Check("it", Encoding.UTF8.GetBytes(json)).Faults;

        faults.ShouldContain(f => f.Path == path && f.Message.Contains(message), string.Join('\n', faults));
    }

    [Fact]
    public void All_faults_are_reported_at_once()
    {
        var faults = Check(Definition(Sequence(Say("a", "{{input.x}}"), Say("b", "{{input.y}}"), Activity("c", "Nope"), Call("d", "nowhere"))));

        faults.Select(f => f.Activity).ShouldBe(["a", "b", "c"]);
    }

    [Fact]
    public void Two_keys_of_one_connector_are_refused()
    {
        var faults = Check(Definition(Sequence(Create("a", "crm"), Create("b", "crm-two"))));

        faults.ShouldContain(f => f.Activity == "b" && f.Path == "root.activities[1].connection" && f.Message.Contains("one recipe uses one connection per connector"));
    }

    [Fact]
    public void A_key_belongs_to_one_connector()
    {
        var faults = Check(Definition(Sequence(Create("a", "crm"), Activity("b", "Chat.Post", ("connection", Literal("crm")), ("text", Literal("x"))))));

        faults.ShouldContain(f => f.Activity == "b" && f.Message.Contains("is used with the connector crm elsewhere in this recipe, here with chat"));
    }

    [Fact]
    public void The_trigger_has_to_be_the_start()
    {
        var inFlow = Flowchart([Callable(), Say("a", "a")], "a>call");
        inFlow["start"] = "a";

        Check(Definition(inFlow)).ShouldContain(f => f.Activity == "call" && f.Message.Contains("has to be where the recipe starts"));
        Check(Definition(Sequence(Say("a", "a"), Callable()))).ShouldContain(f => f.Activity == "call" && f.Message.Contains("has to be where the recipe starts"));
    }

    [Fact]
    public void Called_recipes_are_checked_together()
    {
        using var kitchen = new Kitchen()
            .With("callee", Definition(Sequence(Callable()), inputs: ["a:String", "b:String"]))
            .With("not-callable", Definition(Sequence(Say("a", "a"))));

        var faults = kitchen.Checker.Check("it", Bytes(Definition(Sequence(Callable(), Call("one", "callee", """{"a":"x","c":"y"}"""), Call("two", "not-callable"))))).Faults;

        faults.ShouldContain(f => f.Activity == "one" && f.Message.Contains("needs the input 'b'"));
        faults.ShouldContain(f => f.Activity == "one" && f.Message.Contains("has no input 'c'"));
        faults.ShouldContain(f => f.Activity == "two" && f.Message.Contains("is not callable"));
    }

    [Fact]
    public void A_circle_of_calls_is_refused()
    {
        using var kitchen = new Kitchen();
        kitchen.Write("one", Definition(Sequence(Callable(), Call("c", "two"))).ToJsonString());
        kitchen.Write("two", Definition(Sequence(Callable(), Call("c", "one"))).ToJsonString());

        kitchen.Folder.Scan();

        kitchen.Catalogue.Find("one")!.Faults.ShouldContain(f => f.Message.Contains("one → two → one"));
        kitchen.Catalogue.Find("one")!.CanRun.ShouldBeFalse();
        kitchen.Catalogue.Find("two")!.CanRun.ShouldBeFalse();
    }

    [Fact]
    public async Task Unknown_keys_and_keys_of_another_connector_are_warnings()
    {
        using var kitchen = new Kitchen().With("it", Definition(Sequence(Create("a", "nothing"), Activity("b", "Chat.Post", ("connection", Literal("crm")), ("text", Literal("x"))))));

        var warnings = await kitchen.Checker.CheckKeysAsync(kitchen.Catalogue.Find("it")!, Kitchen.Rep.Tenant, default);

        kitchen.Catalogue.Find("it")!.CanRun.ShouldBeTrue();
        warnings.Select(w => w.Message).ShouldBe([
            "There is no connection definition 'nothing'. Create one for the connector crm.",
            "The connection definition 'crm' belongs to the connector crm, but the recipe uses it with chat.",
        ]);
    }

    [Fact]
    public void A_literal_that_looks_like_a_template_is_a_warning()
    {
        using var kitchen = new Kitchen();

        var check = kitchen.Checker.Check("it", Bytes(Definition(Sequence(Activity("a", "Elsa.WriteLine", ("text", Literal("{{input.x}}")))))));

        check.Faults.ShouldBeEmpty();
        check.Warnings.Single().Message.ShouldContain("choose Template");
    }

    private static JsonObject Flow(string edge) => Flowchart([Say("b", "b"), Say("c", "c")], edge);

    private static IReadOnlyList<RecipeFault> Check(JsonObject definition)
    {
        using var kitchen = new Kitchen();
        return kitchen.Checker.Check("it", Bytes(definition)).Faults;
    }

    private static byte[] Bytes(JsonObject definition) => Encoding.UTF8.GetBytes(definition.ToJsonString());
}
