using System.Text.Json.Nodes;
using Recipes.Connections;
using static Recipes.Engine.Tests.Json;

namespace Recipes.Engine.Tests.Plans;

public sealed class StepTests
{
    [Theory]
    [InlineData("Int32", "\"5\"", "5")]
    [InlineData("Boolean", "\"True\"", "true")]
    [InlineData("Boolean", "false", "false")]
    [InlineData("Decimal", "\"1.50\"", "1.50")]
    [InlineData("String", "12", "\"12\"")]
    [InlineData("Int64", "7", "7")]
    [InlineData("ObjectDictionary", "\"{\\\"a\\\":[1,true]}\"", "{\"a\":[1,true]}")]
    [InlineData("List<Int32>", "\"[1,\\\"2\\\"]\"", "[1,2]")]
    [InlineData("System.String, System.Private.CoreLib", "\"x\"", "\"x\"")]
    [InlineData("DateTimeOffset", "\"2026-01-05T09:00:00Z\"", "\"2026-01-05T09:00:00Z\"")]
    public async Task A_literal_becomes_a_value_of_the_variables_type(string type, string literal, string expected)
    {
        var root = Sequence(Set("set", "v", Wrapped("Literal", JsonNode.Parse(literal))), Output("out", "result", Wrapped("Variable", new JsonObject { ["id"] = "v", ["name"] = "v" })));
        using var kitchen = new Kitchen().With("it", Definition(root, outputs: ["result:Object"], variables: [$"v:{type}"]));

        var run = await kitchen.RunAsync("it");

        run.OutputText().ShouldBe($"{{\"result\":{expected}}}");
    }

    [Fact]
    public async Task Variables_and_inputs_are_found_as_objects_and_as_json_text()
    {
        var root = Sequence(
            Output("a", "a", Wrapped("Variable", "{\"id\":\"v\",\"name\":\"v\"}")),
            Output("b", "b", Wrapped("Input", new JsonObject { ["name"] = "amount" })),
            Output("c", "c", Wrapped("Input", "{\"name\":\"amount\"}")));
        using var kitchen = new Kitchen().With("it", Definition(root, inputs: ["amount:Int32"], outputs: ["a:String", "b:Int32", "c:String"], variables: ["v:String=hello"]));

        var run = await kitchen.RunAsync("it", ("amount", 3L));

        run.OutputText().ShouldBe("""{"a":"hello","b":3,"c":"3"}""");
    }

    [Fact]
    public async Task Object_leaves_keep_the_type_of_their_template()
    {
        var root = Sequence(Output("out", "result", Object("""{"n":"{{input.amount}}","text":"n={{input.amount}}","list":[1,"{{gt input.amount 2}}"],"plain":"x"}""")));
        using var kitchen = new Kitchen().With("it", Definition(root, inputs: ["amount:Int32"], outputs: ["result:Object"]));

        var run = await kitchen.RunAsync("it", ("amount", 3L));

        run.OutputText().ShouldBe("""{"result":{"n":3,"text":"n=3","list":[1,true],"plain":"x"}}""");
    }

    [Fact]
    public async Task Variables_start_anew_in_every_run()
    {
        var root = Sequence(Set("set", "n", Template("{{add variables.n 1}}")), Output("out", "n", Template("{{variables.n}}")));
        using var kitchen = new Kitchen().With("it", Definition(root, outputs: ["n:Int32"], variables: ["n:Int32=1"]));

        await kitchen.RunAsync("it");
        var run = await kitchen.RunAsync("it");

        run.OutputText().ShouldBe("""{"n":2}""");
    }

    [Fact]
    public async Task A_connector_step_sends_its_inputs_and_leaves_its_output()
    {
        var create = Activity("make", "Crm.Create", ("connection", Literal("crm")), ("title", Template("Deal {{input.amount}}")), ("amount", Template("{{input.amount}}")), ("thingId", Into("id")), ("result", Into("all")));
        var root = Flowchart([create, Output("out", "id", Template("{{steps.make.thingId}}/{{variables.id}}/{{variables.all.by}}"))], "make>out");
        using var kitchen = new Kitchen().With("it", Definition(root, inputs: ["amount:Int32"], outputs: ["id:String"], variables: ["id:String", "all:Object"]));
        kitchen.Actions.Create.Succeeds(("thingId", "42"), ("by", "rep-one"));

        var run = await kitchen.RunAsync("it", ("amount", 5L));

        run.OutputText().ShouldBe("""{"id":"42/42/rep-one"}""");
        kitchen.Actions.Create.Sent.Single().Inputs.ShouldBe(new Dictionary<string, object?> { ["title"] = "Deal 5", ["amount"] = 5L });
        var entry = run.Journal[0];
        (entry.Outcome, entry.ActingAs, entry.ConnectionName, entry.RequestLine, entry.Status).ShouldBe(("Done", "rep-one", "crm of rep-one", "POST /things", 201));
        entry.Connection.ShouldBe(run.Connections.Single().Id);
    }

    [Fact]
    public async Task An_unconnected_failure_ends_the_run_with_its_kind_and_guidance()
    {
        using var kitchen = new Kitchen().With("it", Definition(Flowchart([Create("make"), Say("after", "after")], "make>after")));
        kitchen.Actions.Create.Fails(FailureKind.InsufficientPermissions, "Refused.", 403);

        var run = await kitchen.RunAsync("it");

        (run.Status, run.Failure!.Kind, run.Failure.Step, run.Failure.Recipe).ShouldBe((RunStatus.Faulted, FailureKind.InsufficientPermissions, "make", "it"));
        run.Failure.Guidance.ShouldNotBeNull().ShouldContain("permissions");
        run.Steps().ShouldBe(["make:Failed"]);
        run.Journal[0].Failure!.Status.ShouldBe(403);
    }

    [Fact]
    public async Task A_connected_failure_goes_on_and_can_be_read()
    {
        using var kitchen = new Kitchen().With("it", Definition(Flowchart([Create("make"), Say("sorry", "{{steps.make.failure.kind}} {{steps.make.failure.status}}")], "make:Failed>sorry")));
        kitchen.Actions.Create.Fails(FailureKind.RateLimited, "Too many.", 429);

        var run = await kitchen.RunAsync("it");

        run.Status.ShouldBe(RunStatus.Completed);
        run.Notes().ShouldBe(["RateLimited 429"]);
    }

    [Fact]
    public async Task An_exception_out_of_an_action_is_a_failed_step()
    {
        using var kitchen = new Kitchen().With("it", Definition(Sequence(Create("make"))));
        kitchen.Actions.Create.Answer = async (_, _, _) =>
        {
            await Task.Yield();
            throw new TimeoutException("secret words");
        };

        var run = await kitchen.RunAsync("it");

        (run.Status, run.Failure!.Kind, run.Failure.Message).ShouldBe((RunStatus.Flagged, FailureKind.Unavailable, "The app did not answer in time."));
    }

    [Fact]
    public async Task A_printed_value_that_is_missing_names_step_input_and_path()
    {
        var root = Flowchart([Decide("d", "{{eq 1 2}}"), Create("make"), Say("say", "id {{steps.make.thingId}}")], "d:True>make", "d:False>say", "make>say");
        using var kitchen = new Kitchen().With("it", Definition(root));

        var run = await kitchen.RunAsync("it");

        run.Failure!.Step.ShouldBe("say");
        run.Failure.Message.ShouldContain("Input 'text': 'steps.make.thingId' has no value");
    }

    [Fact]
    public async Task Fault_ends_the_run_with_its_message()
    {
        using var kitchen = new Kitchen().With("it", Definition(Sequence(Activity("no", "Elsa.Fault", ("message", Template("No {{input.what}}.")), ("code", Literal("E1")))), inputs: ["what:String"]));

        var run = await kitchen.RunAsync("it", ("what", "account"));

        (run.Status, run.Failure!.Message, run.Steps()[0]).ShouldBe((RunStatus.Faulted, "No account. (E1)", "no:Faulted"));
    }

    [Fact]
    public async Task Templates_read_plain_fields_of_a_connection()
    {
        using var kitchen = new Kitchen().With("it", Definition(Sequence(Create("make"), Say("say", "{{connections.crm.fields.host}}"))));

        var run = await kitchen.RunAsync("it");

        run.Notes().ShouldBe(["crm.example"]);
    }

    [Fact]
    public async Task A_value_that_does_not_fit_its_variable_is_named()
    {
        using var kitchen = new Kitchen().With("it", Definition(Sequence(Set("set", "n", Template("{{input.text}}"))), inputs: ["text:String"], variables: ["n:Int32"]));

        var run = await kitchen.RunAsync("it", ("text", "many"));

        run.Failure!.Message.ShouldBe("Input 'value' should be Int32, but is the text 'many'.");
    }

    [Fact]
    public async Task A_loop_without_end_is_stopped()
    {
        using var kitchen = new Kitchen(maxSteps: 100).With("it", Definition(Flowchart([Say("a", "a"), Say("b", "b")], "a>b", "b>a")));

        var run = await kitchen.RunAsync("it");

        run.Failure!.Message.ShouldContain("stopped after 100 steps");
    }

    [Fact]
    public async Task A_value_that_doubles_in_a_loop_is_stopped()
    {
        var root = Flowchart([Set("grow", "v", Object("""["{{variables.v}}","{{variables.v}}"]""")), Say("go", "x")], "grow>go", "go>grow");
        using var kitchen = new Kitchen().With("it", Definition(root, variables: ["v:Object=1"]));

        var run = await kitchen.RunAsync("it");

        run.Failure!.Message.ShouldContain("too large");
    }
}
