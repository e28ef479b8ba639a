using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;

namespace Recipes.Host.Tests;

/// <summary>A workplace without a CRM, with one definition and a broken connector file.</summary>
public sealed class Office : IAsyncLifetime
{
    internal const string BrokenConnector = """
        connector: 1
        name: broken
        displayName: Broken
        colour: red
        baseAddress: https://app.example
        """;

    internal Workplace Place { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Place = await Workplace.StartAsync(prepare: p => File.WriteAllText(Path.Combine(p.ConnectorsFolder, "broken.yaml"), BrokenConnector));
        (await Place.Operator.PostAsync("/api/connection-definitions", new
        {
            key = "crm",
            connector = "sandbox-crm",
            scheme = "oauth2",
            clientId = "recipes",
            runtimeUser = "required",
            presets = new { address = "https://crm.example" },
        })).Is(HttpStatusCode.Created);
    }

    public async Task DisposeAsync() => await Place.DisposeAsync();
}

/// <summary>Bad input is answered with a message that names the place.</summary>
public sealed class BadRecipeTests(Office office) : IClassFixture<Office>
{
    private const string Hello = """{ "id": "say", "name": "say", "type": "Elsa.SetOutput", "version": 1, "outputName": { "typeName": "String", "expression": { "type": "Literal", "value": "words" } }, "outputValue": { "typeName": "Object", "expression": { "type": "Literal", "value": "hello" } } }""";

    private static readonly string s_output = """ "outputs": [{ "name": "words", "type": "String" }], """;

    private Workplace Place => office.Place;

    [Fact]
    public async Task A_file_that_is_no_json_is_told_with_line_and_column_and_the_last_good_version_runs_on()
    {
        Place.SaveRecipe("hello", RecipeFiles.Sequence("hello", Hello, s_output));
        var version = (string?)(await Place.Operator.GetAsync("/api/recipes/hello"))["version"];
        Place.SaveRecipe("hello", "{\n  \"definitionId\": \"hello\",\n  \"root\": ]\n}\n");

        var recipe = (await Place.Operator.GetAsync("/api/recipes/hello")).Is(HttpStatusCode.OK);
        var call = (await Place.Operator.CallAsync("hello", new { })).Is(HttpStatusCode.OK);

        var fault = recipe["faults"]!.AsArray().ShouldHaveSingleItem()!;
        ((int)fault["line"]!, (int)fault["column"]!).ShouldBe((3, 11));
        ((bool)recipe["canRun"]!).ShouldBeTrue();
        ((string?)recipe["version"]).ShouldBe(version);
        ((string?)call["output"]!["words"]).ShouldBe("hello");
        using var person = await Place.PersonAsync("operator");
        var page = (await person.OpenAsync("/recipes/hello")).QuerySelector("main")!.TextContent;
        page.ShouldContain("line 3, column 11");
        page.ShouldContain("The last good version");
    }

    [Fact]
    public async Task A_recipe_that_never_ran_is_broken_and_says_where()
    {
        Place.SaveRecipe("never", "{\n  \"definitionId\": }");

        var call = (await Place.Operator.CallAsync("never", new { })).Is(HttpStatusCode.Conflict);

        ((string?)call["type"]).ShouldBe("urn:recipes:problem:recipe-broken");
        call.Errors.ShouldHaveSingleItem().Path.ShouldBe("line 2, column 19");
        using var person = await Place.PersonAsync("operator");
        (await person.OpenAsync("/recipes/never")).QuerySelector("main")!.TextContent.ShouldContain("line 2, column 19");
    }

    public static TheoryData<string, string, string, string> BrokenSteps { get; } = new()
    {
        { """{ "id": "a", "type": "SandboxCrm.FindAcount", "version": 1 }""", "a", "root.activities[1].type", "SandboxCrm.FindAccount" },
        { $$"""{ "id": "a", "type": "SandboxCrm.FindAccount", "version": 1, "accountName": {{RecipeFiles.Literal("Acme")}} }""", "a", "root.activities[1].connection", "connection" },
        { $$"""{ "id": "a", "type": "SandboxCrm.FindAccount", "version": 1, "connection": {{RecipeFiles.Literal("crm")}} }""", "a", "root.activities[1].accountName", "accountName" },
        { $$"""{ "id": "a", "type": "SandboxCrm.FindAccount", "version": 1, "connection": {{RecipeFiles.Literal("crm")}}, "accountName": {{RecipeFiles.Template("{{#if x}}never closed")}} }""", "a", "root.activities[1].accountName", "The template is wrong at position" },
        { $$"""{ "id": "a", "type": "SandboxCrm.FindAccount", "version": 1, "connection": {{RecipeFiles.Literal("crm")}}, "accountName": {{RecipeFiles.Template("{{steps.nope.id}}")}} }""", "a", "root.activities[1].accountName", "nope" },
        { $$"""{{RecipeFiles.Notification("a", "crm", "x")}}, {{RecipeFiles.Notification("b", "crm-other", "x")}}""", "b", "root.activities[2].connection", "one connection per connector" },
        { RecipeFiles.Call("a", "nowhere", "{}"), "a", "root.activities[1]", "nowhere" },
    };

    [Theory]
    [MemberData(nameof(BrokenSteps))]
    public async Task A_broken_step_is_told_with_its_activity_and_its_place(string steps, string activity, string path, string words)
    {
        Place.SaveRecipe("broken-step", RecipeFiles.Sequence("broken-step", steps));

        var recipe = (await Place.Operator.GetAsync("/api/recipes/broken-step")).Is(HttpStatusCode.OK);

        var fault = recipe["faults"]!.AsArray().ShouldHaveSingleItem(recipe.Text)!;
        ((string?)fault["activity"]).ShouldBe(activity);
        ((string)fault["path"]!).ShouldStartWith(path);
        ((string)fault["message"]!).ShouldContain(words);
        using var person = await Place.PersonAsync("operator");
        (await person.OpenAsync("/recipes/broken-step")).QuerySelector("main section.box.bad")!.TextContent.ShouldContain((string)fault["path"]!);
    }

    [Fact]
    public async Task A_stable_key_without_a_definition_is_named_before_any_step_runs()
    {
        Place.SaveRecipe("no-key", RecipeFiles.Sequence("no-key", RecipeFiles.Notification("a", "nobody-set-this-up", "x")));

        var needed = (await Place.Operator.GetAsync("/api/recipes/no-key/connections-needed")).Is(HttpStatusCode.OK);
        var call = (await Place.Operator.CallAsync("no-key", new { })).Is(HttpStatusCode.Conflict);

        ((string)needed.Json[0]!["missing"]!).ShouldContain("There is no connection definition 'nobody-set-this-up'");
        var missing = call["missing"]!.AsArray().ShouldHaveSingleItem()!;
        ((string?)missing["key"]).ShouldBe("nobody-set-this-up");
        ((string)missing["reason"]!).ShouldContain("Create one for the connector sandbox-crm");
    }

    [Theory]
    [InlineData("""{"input":{"amount":1,"name":"n"}}""", "input.account", "is missing")]
    [InlineData("""{"input":{"account":"a","amount":1,"name":"n","acount":"b"}}""", "input.acount", "no input 'acount'")]
    [InlineData("""{"input":{"account":"a","amount":"a lot","name":"n"}}""", "input.amount", "amount")]
    [InlineData("""{"input":{"account":"a","amount":1,"name":"n"},"runtimeUser":"a b"}""", "runtimeUser", "white space")]
    [InlineData("""{"input":{"account":"a","amount":1,"name":"n"},"connections":{"crm":"no-id"}}""", "connections.crm", "type")]
    [InlineData("""{"input":{"account":"a","amount":1,"name":"n"},"connections":{"No Key":"018f0000-0000-7000-8000-000000000000"}}""", "connections.No Key", "no stable key")]
    [InlineData("""{"inputs":{}}""", "inputs", "no member 'inputs'")]
    [InlineData("""{"input":5}""", "input", "type")]
    [InlineData("{\"input\":\n{]}", "input", "line 2")]
    public async Task Bad_input_of_a_call_is_told_with_its_place(string body, string path, string words)
    {
        var call = (await Place.Operator.PostTextAsync("/api/recipes/create-opportunity/call", body)).Is(HttpStatusCode.BadRequest);

        var (where, message) = call.Errors.ShouldHaveSingleItem(call.Text);
        where.ShouldBe(path);
        message.ShouldContain(words);
    }

    [Fact]
    public async Task All_faults_of_a_calls_input_are_told_at_once()
    {
        var call = (await Place.Operator.CallAsync("create-opportunity", new { amount = "x", colour = "red" })).Is(HttpStatusCode.BadRequest);

        call.Errors.Select(e => e.Path).ShouldBe(["input.account", "input.amount", "input.name", "input.colour"], ignoreOrder: true);
    }

    [Fact]
    public async Task A_call_may_have_four_megabytes_and_no_more()
    {
        var fits = await Place.Operator.CallAsync("create-opportunity", new { account = new string('x', 3_000_000), amount = 1, name = "n" });
        var tooLarge = await Place.Operator.CallAsync("create-opportunity", new { account = new string('x', 4_300_000), amount = 1, name = "n" });

        ((string?)fits["type"]).ShouldBe("urn:recipes:problem:connection-missing");
        tooLarge.Is(HttpStatusCode.RequestEntityTooLarge).Detail!.ShouldContain("4 MB");
    }

    [Theory]
    [InlineData("/api/recipes/nothing", "GET", HttpStatusCode.NotFound)]
    [InlineData("/api/recipes/nothing/connections-needed", "GET", HttpStatusCode.NotFound)]
    [InlineData("/api/runs/018f0000-0000-7000-8000-000000000000", "GET", HttpStatusCode.NotFound)]
    [InlineData("/api/runs/not-an-id", "GET", HttpStatusCode.NotFound)]
    [InlineData("/api/runs?status=done", "GET", HttpStatusCode.BadRequest)]
    [InlineData("/api/runs?most=0", "GET", HttpStatusCode.BadRequest)]
    [InlineData("/api/runs?before=x", "GET", HttpStatusCode.BadRequest)]
    [InlineData("/api/recipes/create-opportunity/call", "GET", HttpStatusCode.MethodNotAllowed)]
    [InlineData("/api/recipes/create-opportunity/call", "POST", HttpStatusCode.UnsupportedMediaType)]
    public async Task What_is_not_there_or_not_possible_is_problem_details(string path, string method, HttpStatusCode expected)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = method == "POST" ? new StringContent("input=1", Encoding.UTF8, "text/plain") : null };

        var answer = (await Place.Operator.SendAsync(request)).Is(expected);

        ((string)answer["type"]!).ShouldStartWith("urn:recipes:problem:");
        ((string?)answer["title"]).ShouldNotBeNullOrEmpty();
        answer.Detail.ShouldNotBeNullOrEmpty();
    }

    [Theory]
    [InlineData("/api/recipes")]
    [InlineData("/api/runs")]
    [InlineData("/api/connections")]
    public async Task A_program_without_a_token_learns_nothing(string path) => (await Place.Stranger().GetAsync(path)).Is(HttpStatusCode.Unauthorized);

    [Fact]
    public async Task A_connector_file_with_a_wrong_key_is_reported_and_harms_no_other()
    {
        var connectors = (await Place.Operator.GetAsync("/api/connectors")).Is(HttpStatusCode.OK);

        string[] generic = ["api-key", "basic", "oauth1", "oauth2"];
        generic.ShouldBeSubsetOf(connectors["connectors"]!.AsArray().Select(c => (string)c!["name"]!));
        var fault = connectors["faults"]!.AsArray().Single(f => ((string)f!["message"]!).Contains("colour", StringComparison.Ordinal))!;
        ((string?)fault["file"], (int)fault["line"]!, (int)fault["column"]!).ShouldBe(("broken.yaml", 4, 1));
        Place.Logs.Entries.ShouldContain(e => e.Level == LogLevel.Warning && e.Message.Contains("broken.yaml, line 4, column 1", StringComparison.Ordinal));
        using var person = await Place.PersonAsync("operator");
        (await person.OpenAsync("/connections/new")).QuerySelector("main")!.TextContent.ShouldContain("broken.yaml, line 4");
    }

    [Fact]
    public async Task A_preset_that_leads_to_a_private_address_is_refused_with_its_place()
    {
        var answer = (await Place.Operator.PostAsync("/api/connection-definitions", new { key = "inside", connector = "sandbox-crm", scheme = "basic", presets = new { address = "http://10.1.2.3:8080" } })).Is(HttpStatusCode.BadRequest);

        answer.Errors.ShouldHaveSingleItem().Path.ShouldBe("presets.address");
        answer.Errors[0].Message.ShouldContain("private address 10.1.2.3");
    }
}
