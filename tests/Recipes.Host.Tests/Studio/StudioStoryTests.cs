using System.Net;
using Microsoft.Playwright;

namespace Recipes.Host.Tests;

/// <summary>What the designer is for, from an empty canvas to the reason of a failed step, with the real Elsa Studio and the sandbox CRM.</summary>
public sealed class StudioStoryTests(SalesTeam team) : IClassFixture<SalesTeam>
{
    private Workplace Place => team.Place;

    [StudioCrmFact]
    public async Task A_recipe_is_drawn_mended_published_called_by_a_rep_and_its_failed_step_read()
    {
        await AddDesignerAsync("dora");
        await using var dora = await StudioDesk.SitDownAsync(Place, "dora");
        var draw = new StudioDrawing(dora);

        await dora.OpenListAsync("Create opportunity");
        var recipe = await draw.CreateAsync("Large deal");
        await draw.DropAsync("Triggers", "Callable", 30, 40);
        await draw.DropAsync("Sandbox CRM", "Create opportunity", 330, 40);
        await draw.DropAsync("Branching", "Decision", 30, 190);
        await draw.DropAsync("Recipes", "Call recipe", 330, 190);
        await draw.ConnectAsync("Callable1", "Done", "CreateOpportunity1");
        await draw.ConnectAsync("CreateOpportunity1", "Done", "FlowDecision1");
        await draw.ConnectAsync("FlowDecision1", "True", "CallRecipe1");
        await draw.SelectAsync("CreateOpportunity1");
        await draw.ChooseAsync("Connection", "(crm)");
        await draw.FillAsync("Name of the opportunity *", "Drawn by dora");
        await draw.FillAsync("Amount *", "25000");
        await draw.SelectAsync("FlowDecision1");
        await draw.FillAsync("Condition", "true");
        await draw.SelectAsync("CallRecipe1");
        await draw.ChooseAsync("Recipe", "read-forecast");

        await draw.PublishAsync();
        await Assertions.Expect(dora.Notes).ToContainTextAsync("It was not published");
        await Assertions.Expect(dora.Notes).ToContainTextAsync("account", new() { IgnoreCase = true });
        // The options of the account come through the connection, once the step is selected anew.
        await draw.SelectAsync("CreateOpportunity1");
        await draw.ChooseAsync("Account *", "Acme");
        await draw.PublishAsync();
        await Assertions.Expect(dora.Page.GetByText("Workflow published").First).ToBeVisibleAsync();
        await Assertions.Expect(dora.Notes.Locator("[data-key=publish]")).ToHaveCountAsync(0);
        await dora.ShouldBeWellAsync();

        await using var rep = await StudioDesk.SitDownAsync(Place, "rep-one");
        await rep.Page.GotoAsync(rep.Url($"/recipes/{recipe}"));
        await rep.Page.GetByRole(AriaRole.Button, new() { Name = "Call" }).ClickAsync();
        await rep.Page.WaitForURLAsync(url => url.Contains("/runs/", StringComparison.Ordinal));
        var run = rep.Page.Url.Split('/')[^1];
        string? reason = null;
        await Waiting.UntilAsync(async () => (reason = (string?)(await Place.As("rep-one").GetAsync($"/api/runs/{run}")).Is(HttpStatusCode.OK)["failure"]?["message"]) is not null);
        await rep.Page.GotoAsync(rep.Url($"/studio/runs/{run}"));
        await Assertions.Expect(rep.Page.Locator(".x6-node")).ToHaveCountAsync(4);
        await Assertions.Expect(rep.Page.Locator("#studio-view")).ToContainTextAsync("CallRecipe1");
        await rep.Page.GetByRole(AriaRole.Tab, new() { Name = "Incidents" }).ClickAsync();

        await Assertions.Expect(rep.Page.Locator("#studio-view")).ToContainTextAsync(reason!);
        await rep.ShouldBeWellAsync();
        (await Place.CrmRecordAsync()).Count(a => a.Account == "rep-one" && a.Path == "/api/opportunities" && a.Summary!.Contains("Drawn by dora", StringComparison.Ordinal)).ShouldBe(1);
    }

    [StudioCrmFact]
    public async Task A_connection_is_made_beside_the_editor_and_chosen_nothing_edited_is_lost_and_who_cancels_keeps_the_former_choice()
    {
        await AddDesignerAsync("nora");
        Place.SaveRecipe("beside", RecipeText("beside", "crm"));
        await using var nora = await StudioDesk.SitDownAsync(Place, "nora");
        var draw = new StudioDrawing(nora);
        await nora.OpenEditorAsync("beside", "find");
        await draw.SelectAsync("find");
        await draw.FillAsync("Name of the account *", "Globex");

        await draw.ChooseAsync("Connection", "New connection…");
        await nora.Page.GetByRole(AriaRole.Dialog, new() { Name = "New connection" }).GetByRole(AriaRole.Button, new() { Name = "Cancel" }).First.ClickAsync();
        await Assertions.Expect(draw.Field("Connection")).ToContainTextAsync("(crm)");
        (await InputAsync("beside", "connection")).ShouldBe("crm");

        await draw.ChooseAsync("Connection", "New connection…");
        var wizard = nora.Page.FrameLocator("iframe[title='New connection']");
        await wizard.GetByRole(AriaRole.Link, new() { Name = "Set up another one" }).ClickAsync();
        await wizard.GetByRole(AriaRole.Link, new() { Name = "Use this: User name and password" }).ClickAsync();
        await wizard.GetByLabel("Stable key").FillAsync("beside-crm");
        await wizard.GetByLabel("Address of the CRM").FillAsync(Place.Crm.IssuerText);
        await wizard.GetByRole(AriaRole.Button, new() { Name = "Continue" }).ClickAsync();
        // The page before it asks for a user name as well.
        await Assertions.Expect(wizard.GetByRole(AriaRole.Button, new() { Name = "Connect and test" })).ToBeVisibleAsync();
        await wizard.GetByLabel("User name").FillAsync("manager");
        await wizard.GetByLabel("Password").FillAsync(Place.Crm.PasswordOf("manager"));
        await wizard.GetByRole(AriaRole.Button, new() { Name = "Connect and test" }).ClickAsync();

        await Assertions.Expect(nora.Page.Locator("dialog.studio-side")).ToHaveCountAsync(0);
        await Assertions.Expect(draw.Field("Connection")).ToContainTextAsync("beside-crm");
        (await InputAsync("beside", "connection")).ShouldBe("beside-crm");
        (await InputAsync("beside", "accountName")).ShouldBe("Globex");
        await nora.ShouldBeWellAsync();
    }

    private async Task AddDesignerAsync(string user)
    {
        await Place.AddUserAsync(user, "createConnections", "manageConnections", "manageDefinitions");
        await SalesTeam.ConnectAsync(Place, user, "/connect/crm", "manager");
    }

    private async Task<string?> InputAsync(string recipe, string input)
    {
        var definition = (await Place.Operator.GetAsync($"/elsa/api/workflow-definitions/by-definition-id/{recipe}?versionOptions=Latest")).Is(HttpStatusCode.OK);
        return (string?)definition["root"]!["activities"]!.AsArray().Single(a => (string?)a!["id"] == "find")![input]?["expression"]?["value"];
    }

    private static string RecipeText(string name, string key) => $$"""
        {
          "definitionId": "{{name}}", "name": "{{name}}",
          "root": {
            "id": "flow", "type": "Elsa.Flowchart", "version": 1,
            "activities": [
              { "id": "start", "name": "start", "type": "Recipes.Callable", "version": 1, "metadata": { "designer": { "position": { "x": 60, "y": 120 } } } },
              { "id": "find", "name": "find", "type": "SandboxCrm.FindAccount", "version": 1, "metadata": { "designer": { "position": { "x": 340, "y": 120 } } }, "connection": {{RecipeFiles.Literal(key)}}, "accountName": {{RecipeFiles.Literal("Acme")}} }
            ],
            "connections": [{ "source": { "activity": "start", "port": "Done" }, "target": { "activity": "find", "port": "In" } }]
          }
        }
        """;
}
