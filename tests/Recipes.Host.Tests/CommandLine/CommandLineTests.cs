using System.Net;
using System.Text.Json.Nodes;
using Recipes.CommandLine;
using Recipes.Host.Tests.Studio;

namespace Recipes.Host.Tests.CommandLine;

/// <summary>The command <c>recipes</c> against a host.</summary>
public sealed class CommandLineTests(InstancePlace place) : IClassFixture<InstancePlace>, IDisposable
{
    private readonly TempFolder _folder = new();

    [Fact]
    public async Task A_call_prints_what_it_does_and_brings_what_comes_out()
    {
        var called = await RunAsync("call", "outer", "--input", "call=typed");
        var json = await RunAsync("call", "outer", "--input", "call:=\"as JSON\"", "--json");
        var id = called.Output.Split('\n')[0]["run ".Length..].Trim();
        var shown = await RunAsync("runs", "show", id);
        var listed = await RunAsync("runs", "list", "--recipe", "outer", "--status", "completed");

        called.Code.ShouldBe(0, called.Error);
        called.Output.ShouldMatch("""say: Done .* word a\n(.*\n)*.* {3}write: Done  POST .*/plain → 201  through Ledger of the organisation, as the organisation .*\n.* ask: Done""");
        called.Output.ShouldEndWith("completed\n{\n  \"word\": \"b\"\n}\n");
        ((string?)JsonNode.Parse(json.Output)!["input"]!["call"]).ShouldBe("as JSON");
        (shown.Code, listed.Code).ShouldBe((0, 0));
        shown.Output.ShouldContain("say: Done");
        listed.Output.ShouldContain(id);
    }

    [Fact]
    public async Task The_answer_says_how_a_run_ended_and_what_to_do_then()
    {
        var failed = await RunAsync("call", "breaks");
        var missing = await RunAsync("call", "outer", "--as", "nobody-here");
        var unknown = await RunAsync("call", "no-such");
        var asleep = await RunAsync("call", "sleeps", "--no-wait");
        await place.UntilAsync(asleep.Output.Trim(), "Suspended");
        var waiting = await RunAsync("runs", "show", asleep.Output.Trim());
        var resumed = await RunAsync("runs", "resume", asleep.Output.Trim());
        var gone = await RunAsync("call", "sleeps", "--no-wait");
        await place.UntilAsync(gone.Output.Trim(), "Suspended");
        var cancelled = await RunAsync("runs", "cancel", gone.Output.Trim());
        var again = await RunAsync("runs", "cancel", gone.Output.Trim());

        (failed.Code, missing.Code, unknown.Code).ShouldBe((1, 1, 1));
        failed.Output.ShouldMatch("\nfailed\nstep fault: It is broken\\.\nrecipes runs retry [-0-9a-f]{36} does the step again\\.\n$");
        unknown.Error.ShouldStartWith("There is no recipe 'no-such'.");
        waiting.Output.ShouldContain("waits, goes on at ");
        (waiting.Code, resumed.Code, cancelled.Code, again.Code).ShouldBe((0, 0, 0, 1));
        cancelled.Output.ShouldBe("cancelled\n");
        again.Error.ShouldBe("It has ended already.\n");
    }

    [Fact]
    public async Task A_broken_connection_is_found_by_its_test_and_holds_a_call_until_it_works()
    {
        var well = await RunAsync("connections", "test", "ledger");
        place.SetPassword("another one");
        var held = await RunAsync("call", "outer", "--input", "call=held");
        var broken = await RunAsync("connections", "test", place.Connection);
        var listed = await RunAsync("connections", "list");
        place.SetPassword(InstancePlace.Password);
        var mended = await RunAsync("connections", "test", "Ledger of the organisation");
        await place.UntilAsync(held.Output.Split('\n')[0]["run ".Length..].Trim(), "Finished");

        (well.Code, held.Code, broken.Code, mended.Code).ShouldBe((0, 3, 1, 0));
        held.Output.ShouldContain("\nheld\nstep write: ");
        held.Output.ShouldContain("recipes runs resume ");
        broken.Output.ShouldMatch("^✗ Ledger of the organisation \\(ledger\\): red, reauthorizationRequired\n(  .+\n){2,}");
        listed.Code.ShouldBe(1);
        listed.Output.ShouldContain("red  reauthorizationRequired  ledger  organisation");
        mended.Output.ShouldStartWith("✓");
    }

    [Fact]
    public async Task What_one_host_exports_another_imports_to_the_byte()
    {
        await using var other = await Workplace.StartAsync(prepare: p =>
        {
            foreach (var file in Directory.EnumerateFiles(p.RecipesFolder))
                File.Delete(file);
            File.Copy(Path.Combine(place.Place.ConnectorsFolder, "ledger.yaml"), Path.Combine(p.ConnectorsFolder, "ledger.yaml"));
        });

        var exported = await RunAsync("export", _folder.Path, "outer", "inner", "plain");
        var unchanged = await RunAsync("export", _folder.Path, "outer", "inner", "plain");
        var dry = await RunAsync(other, "import", _folder.Path, "--dry-run");
        var before = (await other.Operator.GetAsync("/api/recipes")).Json.AsArray().Count;
        var imported = await RunAsync(other, "import", _folder.Path);
        var same = await RunAsync(other, "import", _folder.Path);
        File.AppendAllText(_folder.Combine("recipes/plain.json"), "\n");
        var differs = await RunAsync(other, "import", _folder.Path);
        var replaced = await RunAsync(other, "import", _folder.Path, "--overwrite");
        File.WriteAllText(_folder.Combine("recipes/inner.json"), RecipeFiles.Sequence("inner", """{ "id": "x", "name": "x", "type": "Ledger.Wrote", "version": 1 }"""));
        File.AppendAllText(_folder.Combine("recipes/plain.json"), "\n");
        var refused = await RunAsync(other, "import", _folder.Path, "--overwrite");

        exported.Code.ShouldBe(0, exported.Error);
        exported.Output.ShouldContain("3 recipes, 3 changed.");
        unchanged.Output.ShouldBe("3 recipes, 0 changed.\n");
        File.ReadAllText(_folder.Combine("connections.json")).ShouldContain("\"key\": \"ledger\"");
        Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories).ShouldAllBe(f => !File.ReadAllText(f).Contains(InstancePlace.Password));
        (dry.Code, before).ShouldBe((0, 0));
        dry.Output.ShouldBe("would define the connection ledger (ledger)\nwould create inner\nwould create outer\nwould create plain\n");
        // What is called comes first, whatever the order of the names.
        imported.Code.ShouldBe(0, imported.Error);
        imported.Output.ShouldContain($"defined the connection ledger. To do: connect an account at {other.Address}connect/ledger");
        File.ReadAllBytes(Path.Combine(other.RecipesFolder, "outer.json")).ShouldBe(File.ReadAllBytes(Path.Combine(place.Place.RecipesFolder, "outer.json")));
        same.Output.ShouldBe("same inner\nsame outer\nsame plain\n");
        (differs.Code, replaced.Code, refused.Code).ShouldBe((1, 0, 1));
        differs.Output.ShouldContain("differs plain: left alone. --overwrite replaces it.");
        replaced.Output.ShouldContain("replaced plain");
        refused.Output.ShouldContain("Nothing was written.");
        refused.Output.ShouldMatch("fault inner: root\\.activities\\[1\\].* \\(x\\): ");
        File.ReadAllText(Path.Combine(other.RecipesFolder, "plain.json")).ShouldNotEndWith("\n\n");
    }

    [Fact]
    public async Task A_file_is_replaced_only_by_who_has_seen_it()
    {
        var json = RecipeFiles.Sequence("kept", """{ "id": "line", "type": "Elsa.WriteLine", "version": 1, "text": { "typeName": "String", "expression": { "type": "Literal", "value": "one" } } }""");
        var changed = json.Replace("one", "two", StringComparison.Ordinal);

        var created = await PutAsync("operator", json, ("If-None-Match", "*"));
        var blind = await PutAsync("operator", changed);
        var once = await PutAsync("operator", changed, ("If-None-Match", "*"));
        var read = await place.Place.Operator.GetAsync("/api/recipes/kept/definition");
        var tag = read.Headers.ETag!.ToString();
        var replaced = await PutAsync("operator", changed, ("If-Match", tag));
        var late = await PutAsync("operator", json, ("If-Match", tag));
        var faulty = await PutAsync("operator", json.Replace("Elsa.WriteLine", "Elsa.WriteLines", StringComparison.Ordinal), ("If-Match", replaced.Headers.ETag!.ToString()));
        var forbidden = await PutAsync("ann", json, ("If-Match", replaced.Headers.ETag!.ToString()));
        var absent = await PutAsync("operator", json, ("If-Match", tag), "absent");
        var outside = await PutAsync("operator", json, ("If-None-Match", "*"), "..%2Foutside");
        var versions = await place.GetAsync("/workflow-definitions?versionOptions=AllVersions&DefinitionIds=kept");

        read.Text.ShouldBe(json);
        (created.Status, replaced.Status).ShouldBe((HttpStatusCode.Created, HttpStatusCode.OK));
        (blind.Status, once.Status, late.Status, absent.Status).ShouldBe((HttpStatusCode.PreconditionRequired, HttpStatusCode.PreconditionFailed, HttpStatusCode.PreconditionFailed, HttpStatusCode.PreconditionFailed));
        (faulty.Status, forbidden.Status, outside.Status).ShouldBe((HttpStatusCode.BadRequest, HttpStatusCode.Forbidden, HttpStatusCode.BadRequest));
        faulty.Errors.ShouldHaveSingleItem().Path.ShouldStartWith("root.activities[1]");
        File.ReadAllText(Path.Combine(place.Place.RecipesFolder, "kept.json")).ShouldBe(changed);
        ((int)versions["totalCount"]!).ShouldBe(2);

        Task<Answer> PutAsync(string user, string text, (string Name, string Value)? header = null, string name = "kept")
        {
            var request = new HttpRequestMessage(HttpMethod.Put, $"/api/recipes/{name}/definition") { Content = new StringContent(text, System.Text.Encoding.UTF8, "application/json") };
            if (header is { } given)
                request.Headers.TryAddWithoutValidation(given.Name, given.Value);
            return place.Place.As(user).SendAsync(request);
        }
    }

    [Fact]
    public async Task Recipes_are_listed_and_shown()
    {
        var listed = await RunAsync("list");
        var shown = await RunAsync("show", "outer");
        var absent = await RunAsync("show", "no-such");

        (listed.Code, shown.Code, absent.Code).ShouldBe((0, 0, 1));
        listed.Output.ShouldMatch("outer +callable +All of it\n");
        shown.Output.ShouldContain("  in: call (String");
        shown.Output.ShouldContain("  out: word (String)");
        shown.Output.ShouldContain("  connection: ledger: Ledger of the organisation, acting as the organisation");
    }

    [Fact]
    public async Task The_operators_token_is_found_on_this_machine_and_goes_nowhere_else()
    {
        var address = place.Place.Address.ToString();
        var bare = await RunAsync(_ => null, "list", "--host", address, "--data-folder", place.Place.DataFolder);
        var none = await RunAsync(_ => null, "list", "--host", address, "--data-folder", _folder.Path);
        var wrong = await RunAsync(n => n == "RECIPES_TOKEN" ? "wrong" : null, "list", "--host", address);
        var nobody = await RunAsync(_ => null, "list", "--host", $"http://127.0.0.1:{FreePort.Next()}", "--data-folder", _folder.Path);
        var clear = await RunAsync(n => n == "RECIPES_TOKEN" ? "secret-token" : null, "list", "--host", "http://recipes.example");
        var odd = await RunAsync(_ => null, "list", "--host", "recipes");

        (bare.Code, none.Code, wrong.Code, nobody.Code, clear.Code, odd.Code).ShouldBe((0, 2, 2, 2, 2, 2));
        none.Error.ShouldContain("asks for a token. Set RECIPES_TOKEN");
        wrong.Error.ShouldContain("does not take this token");
        nobody.Error.ShouldStartWith("Nothing answers at http://127.0.0.1:");
        clear.Error.ShouldContain("is not sent to recipes.example in the clear");
        clear.Error.ShouldNotContain("secret-token");
        odd.Error.ShouldContain("is no address of a host");
    }

    [Theory]
    [InlineData("validate")]
    [InlineData("list")]
    [InlineData("show")]
    [InlineData("call")]
    [InlineData("export")]
    [InlineData("import")]
    [InlineData("runs", "list")]
    [InlineData("runs", "show")]
    [InlineData("runs", "cancel")]
    [InlineData("runs", "resume")]
    [InlineData("runs", "retry")]
    [InlineData("connections", "list")]
    [InlineData("connections", "test")]
    public async Task Every_command_explains_itself(params string[] command)
    {
        var help = await RunAsync([.. command, "--help"]);
        var wrong = await RunAsync([.. command, "--nonsense"]);

        help.Code.ShouldBe(0);
        help.Output.ShouldContain($"{string.Join(' ', command)}");
        help.Output.ShouldContain("Description:");
        wrong.Code.ShouldBe(2);
        wrong.Error.ShouldContain($"Try: recipes {string.Join(' ', command)} --help");
    }

    public void Dispose() => _folder.Dispose();

    private Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments) => RunAsync(place.Place, arguments);

    private static Task<(int Code, string Output, string Error)> RunAsync(Workplace workplace, params string[] arguments) =>
        RunAsync(name => name switch { "RECIPES_HOST" => workplace.Address.ToString(), "RECIPES_TOKEN" => workplace.Operator.Token, _ => null }, arguments);

    private static async Task<(int Code, string Output, string Error)> RunAsync(Func<string, string?> variable, params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        var code = await RecipesCommand.RunAsync(arguments, output, error, limit.Token, variable);
        return (code, output.ToString(), error.ToString());
    }
}
