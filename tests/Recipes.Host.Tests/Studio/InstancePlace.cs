using System.Net;
using System.Text.Json.Nodes;
using Recipes.Host.Tests.Runs;

namespace Recipes.Host.Tests.Studio;

/// <summary>A workplace whose recipes write into a ledger, asked as Studio asks.</summary>
public sealed class InstancePlace : IAsyncLifetime
{
    /// <summary>Loops over two words, calls <c>inner</c>, and answers.</summary>
    private static readonly string s_outer = $$"""
        {
          "definitionId": "outer", "name": "All of it",
          "variables": [{ "id": "v1", "name": "seen", "typeName": "String", "value": "" }],
          "inputs": [{ "name": "call", "type": "String" }], "outputs": [{ "name": "word", "type": "String" }],
          "root": { "id": "chart", "type": "Elsa.Flowchart", "version": 1, "activities": [
            { "id": "start", "type": "Recipes.Callable", "version": 1 },
            { "id": "each", "name": "each", "type": "Elsa.ForEach", "version": 1, "items": { "typeName": "Object[]", "expression": { "type": "Object", "value": "[\"a\",\"b\"]" } },
              "body": { "id": "round", "type": "Elsa.Sequence", "version": 1, "activities": [
                { "id": "say", "name": "say", "type": "Elsa.WriteLine", "version": 1, "text": {{RecipeFiles.Template("word {{steps.each.currentValue}}")}} },
                { "id": "keep", "type": "Elsa.SetVariable", "version": 1, "variable": { "id": "v1", "name": "seen" }, "value": {{RecipeFiles.Template("{{steps.each.currentValue}}")}} } ] } },
            {{RecipeFiles.Call("ask", "inner", """{"call":"{{input.call}}"}""")}},
            { "id": "answer", "type": "Elsa.SetOutput", "version": 1, "outputName": {{RecipeFiles.Literal("word")}}, "outputValue": {{RecipeFiles.Template("{{variables.seen}}")}} } ],
          "connections": [
            { "source": { "activity": "start", "port": "Done" }, "target": { "activity": "each", "port": "In" } },
            { "source": { "activity": "each", "port": "Done" }, "target": { "activity": "ask", "port": "In" } },
            { "source": { "activity": "ask", "port": "Done" }, "target": { "activity": "answer", "port": "In" } } ] }
        }
        """;

    private static readonly string s_inner = RecipeFiles.Sequence(
        "inner", $$$"""{ "id": "write", "name": "write", "type": "Ledger.Write", "version": 1, "connection": {{{RecipeFiles.Literal("ledger")}}}, "call": {{{RecipeFiles.Template("{{input.call}}")}}}, "step": {{{RecipeFiles.Literal("1")}}} }""",
        """ "inputs": [{ "name": "call", "type": "String" }], """);

    private Ledger _ledger = null!;

    internal Workplace Place { get; private set; } = null!;

    internal string Connection { get; private set; } = "";

    /// <summary>The password that the ledger takes from now on.</summary>
    internal void SetPassword(string password) => _ledger.SetPassword("ann", password);

    internal static string Password { get; } = Canaries.NewSecret("password at the ledger of Studio's runs");

    public async Task InitializeAsync()
    {
        _ledger = await Ledger.StartAsync();
        _ledger.SetPassword("ann", Password);
        Place = await Workplace.StartAsync(
            settings: ["--Egress:Allow:0", _ledger.Address.Authority, "--Runs:LookEvery", "00:00:00.100", "--Revalidation:SuspectPause", "00:10:00"],
            prepare: p =>
            {
                File.WriteAllText(Path.Combine(p.ConnectorsFolder, "ledger.yaml"), _ledger.Connector("here"));
                foreach (var (name, json) in new[] { ("outer", s_outer), ("inner", s_inner) })
                    File.WriteAllText(Path.Combine(p.RecipesFolder, $"{name}.json"), json);
                Save("plain", RecipeFiles.Sequence("plain", """{ "id": "line", "type": "Elsa.WriteLine", "version": 1, "text": { "typeName": "String", "expression": { "type": "Literal", "value": "hello" } } }"""));
                Save("breaks", RecipeFiles.Sequence("breaks", $$"""{ "id": "fault", "name": "fault", "type": "Elsa.Fault", "version": 1, "message": {{RecipeFiles.Literal("It is broken.")}} }"""));
                Save("sleeps", RecipeFiles.Sequence("sleeps", $$"""{ "id": "wait", "name": "wait", "type": "Elsa.Delay", "version": 1, "timeSpan": {{RecipeFiles.Literal("1.00:00:00")}} }"""));

                void Save(string name, string json) => File.WriteAllText(Path.Combine(p.RecipesFolder, $"{name}.json"), json);
            });
        (await Place.Operator.PostAsync("/api/connection-definitions", new { key = "ledger", connector = "ledger" })).Is(HttpStatusCode.Created);
        Connection = (string)(await Place.Operator.PostAsync("/api/connections", new { definition = "ledger", owner = "organisation", fields = new { username = "ann", password = Password } })).Is(HttpStatusCode.Created)["id"]!;
        await Place.AddUserAsync("ann");
        await Place.AddUserAsync("ben");
        await Place.AddUserAsync("watcher", "viewAllRuns");
    }

    public async Task DisposeAsync()
    {
        await Place.DisposeAsync();
        await _ledger.DisposeAsync();
    }

    /// <summary>Calls a recipe, without waiting for its end.</summary>
    /// <returns>The id of the run.</returns>
    internal async Task<string> CallAsync(string recipe, string user = "operator", object? input = null, bool wait = true) =>
        (string)(await Place.As(user).PostAsync($"/api/recipes/{recipe}/call", new { input = input ?? new { }, wait }))["runId"]!;

    internal async Task<JsonNode> GetAsync(string path, string user = "operator") => (await Place.As(user).GetAsync($"/elsa/api{path}")).Is(HttpStatusCode.OK).Json;

    internal async Task<JsonNode> PostAsync(string path, object body, string user = "operator") => (await Place.As(user).PostAsync($"/elsa/api{path}", body)).Is(HttpStatusCode.OK).Json;

    /// <summary>Waits until a run stands so.</summary>
    internal Task UntilAsync(string run, string subStatus) => Waiting.UntilAsync(async () => (string?)(await GetAsync($"/workflow-instances/{run}/execution-state"))["workflowSubStatus"] == subStatus);

    /// <summary>The whole journal as <c>activity:event</c>.</summary>
    internal async Task<string> JournalAsync(string run) =>
        string.Join(' ', (await PostAsync($"/workflow-instances/{run}/journal?skip=0&take=110", new { filter = new { excludedActivityTypes = new[] { "Elsa.Workflow", "Elsa.Flowchart" } } }))["items"]!.AsArray().Select(r => $"{r!["activityId"]}:{r["eventName"]}"));
}
