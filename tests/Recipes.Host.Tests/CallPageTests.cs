using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace Recipes.Host.Tests;

/// <summary>Recipes are called from a form made from their inputs, and their runs are watched, in Chromium.</summary>
public sealed class CallPageTests
{
    private const string Inputs = """
        "customProperties": { "Recipes": { "optionalInputs": ["note", "flag"] } },
        "inputs": [
          { "name": "title", "type": "String", "displayName": "Title", "description": "What it is called." },
          { "name": "note", "type": "String", "displayName": "Note" },
          { "name": "count", "type": "Int32", "displayName": "Count", "defaultValue": 3 },
          { "name": "urgent", "type": "Boolean", "displayName": "Urgent" },
          { "name": "flag", "type": "Boolean", "displayName": "Flag" },
          { "name": "day", "type": "DateOnly", "displayName": "Day" },
          { "name": "when", "type": "DateTimeOffset", "displayName": "When" },
          { "name": "tags", "type": "String", "isArray": true, "displayName": "Tags" },
          { "name": "sizes", "type": "Int32", "isArray": true, "displayName": "Sizes" },
          { "name": "address", "type": "ObjectDictionary", "displayName": "Address" }
        ],
        "outputs": [{ "name": "all", "type": "Object" }],
        """;

    [NodeBrowserFact]
    public async Task Every_kind_of_input_has_a_control_of_its_own_and_is_called_with_once_and_again()
    {
        await using var place = await Workplace.StartAsync();
        place.SaveRecipe("kinds", RecipeFiles.Sequence("kinds", $$"""{ "id": "o", "type": "Elsa.SetOutput", "version": 1, "outputName": {{RecipeFiles.Literal("all")}}, "outputValue": { "typeName": "Object", "expression": { "type": "Handlebars", "value": "{{"{{input}}"}}" } } }""", Inputs));
        await using var browser = await Browser.NewPageAsync(zone: "Asia/Kolkata");
        var page = browser.Page;
        await place.SignInAsync(page, "/recipes/kinds");

        await page.GetByLabel("Title").FillAsync("A title");
        await page.GetByLabel("Urgent").CheckAsync();
        await page.GetByLabel("Day").FillAsync("2026-03-01");
        await page.GetByLabel("When").FillAsync("2026-03-01T09:30");
        await page.GetByLabel("Tags").FillAsync("red\n[blue]\n");
        await page.GetByLabel("Sizes").FillAsync("[3, 5]");
        await page.GetByLabel("Address").FillAsync("{ \"city\": ");
        await page.GetByRole(AriaRole.Button, new() { Name = "Call kinds" }).ClickAsync();
        await Assertions.Expect(page.Locator("#input-address-check")).ToContainTextAsync("This is not JSON yet");
        await page.ShouldBeSoundAsync("call-kinds");
        await page.GetByLabel("Address").FillAsync("{ \"city\": \"Pune\" }");
        await Assertions.Expect(page.Locator("#input-address-check")).ToBeHiddenAsync();
        // Twice at once, as by a double click: what the second one sends is the first one's run.
        var form = page.Locator("form[data-call]");
        var body = await form.EvaluateAsync<string>("f => new URLSearchParams(new FormData(f)).toString()");
        var again = await page.EvaluateAsync<string>("b => fetch('/recipes/kinds/call', { method: 'POST', body: b, headers: { 'Content-Type': 'application/x-www-form-urlencoded' } }).then(r => r.url)", body);
        await page.GetByRole(AriaRole.Button, new() { Name = "Call kinds" }).ClickAsync();
        await Assertions.Expect(page.Locator("main .badge.green")).ToHaveTextAsync("Completed");
        await page.ShouldBeSoundAsync("run-kinds");

        page.Url.ShouldBe(again);
        var run = await place.Operator.GetAsync($"/api/runs/{page.Url.Split('/')[^1]}");
        run["output"]!["all"]!.ToJsonString().ShouldBe(
            """{"title":"A title","note":null,"count":3,"urgent":true,"flag":null,"day":"2026-03-01","when":"2026-03-01T09:30:00.0000000\u002B05:30","tags":["red","[blue]"],"sizes":[3,5],"address":{"city":"Pune"}}""");
        await page.GetByRole(AriaRole.Link, new() { Name = "Call it again" }).ClickAsync();
        await Assertions.Expect(page.GetByLabel("When")).ToHaveValueAsync(new Regex("^2026-03-01T09:30", RegexOptions.None, TimeSpan.FromSeconds(1)));
        (await page.GetByLabel("Tags").InputValueAsync()).ShouldBe("red\n[blue]");
        (await page.GetByLabel("Sizes").InputValueAsync()).ShouldBe("3\n5");
        await page.GetByLabel("Note").FillAsync("another");
        await page.GetByRole(AriaRole.Button, new() { Name = "Call kinds" }).ClickAsync();
        await Assertions.Expect(page.Locator("main .badge.green")).ToHaveTextAsync("Completed");
        page.Url.ShouldNotBe(again);
        browser.ConsoleErrors.ShouldBeEmpty();
    }

    [NodeBrowserTheory]
    [InlineData(1280, true)]
    [InlineData(360, false)]
    public async Task A_slow_run_shows_the_step_it_is_at_and_its_end_by_itself(int width, bool scripts)
    {
        await using var app = await HeldApp.StartAsync();
        await using var place = await Workplace.StartAsync(
            configure: b => b.Configuration["Egress:Allow:0"] = app.Address.Authority, prepare: p => File.WriteAllText(Path.Combine(p.ConnectorsFolder, "held.yaml"), app.Connector));
        (await place.Operator.PostAsync("/api/connection-definitions", new { key = "held", connector = "held" })).Is(HttpStatusCode.Created);
        (await place.Operator.PostAsync("/api/connections", new { definition = "held", owner = "organisation", fields = new { apiKey = Canaries.NewSecret("key at the held app") } })).Is(HttpStatusCode.Created);
        place.SaveRecipe("slow", RecipeFiles.Sequence("slow", $$"""{ "id": "ask", "name": "ask-it", "type": "Held.Ask", "version": 1, "connection": {{RecipeFiles.Literal("held")}} }"""));
        await using var browser = await Browser.NewPageAsync(width, scripts: scripts);
        var page = browser.Page;
        await place.SignInAsync(page, "/recipes/slow");

        await page.GetByRole(AriaRole.Button, new() { Name = "Call slow" }).ClickAsync();
        await Assertions.Expect(page.Locator(".progress")).ToContainTextAsync("At step ask-it");
        await Assertions.Expect(page.Locator(".progress")).ToContainTextAsync("1 step is over");
        await page.ShouldBeSoundAsync("run-under-way", scripts);
        await page.EvaluateAsync("window.marked = true");
        app.Open();
        if (!scripts)
        {
            await Waiting.UntilAsync(async () => (string?)(await place.Operator.GetAsync($"/api/runs/{page.Url.Split('/')[^1]}"))["status"] == "completed");
            await page.GetByRole(AriaRole.Link, new() { Name = "Look again" }).ClickAsync();
        }

        await Assertions.Expect(page.Locator("main .badge").First).ToHaveTextAsync("Completed");
        await Assertions.Expect(page.Locator("table.journal")).ToContainTextAsync("answered 200");
        app.Asked.ShouldBe(1);
        if (!scripts)
            return;
        (await page.EvaluateAsync<bool>("window.marked === true")).ShouldBeTrue("the page was not loaded anew");
        await Assertions.Expect(page.Locator("#run-said")).ToContainTextAsync("Completed");
        (await page.TitleAsync()).ShouldStartWith("Completed");
        await Assertions.Expect(page.Locator("#run")).Not.ToHaveAttributeAsync("data-again", "700");
        await page.ShouldBeSoundAsync("run-over");
        browser.ConsoleErrors.ShouldBeEmpty();
    }
}
