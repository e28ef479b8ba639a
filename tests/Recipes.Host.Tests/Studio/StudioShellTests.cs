using Microsoft.Playwright;

namespace Recipes.Host.Tests;

/// <summary>The real Elsa Studio inside our page, in Chromium.</summary>
public sealed class StudioShellTests(StudioOffice office) : IClassFixture<StudioOffice>
{
    // What the package needed on a bare page of its own: studio, 157 files besides the page, 7.69 MB.
    private const int MostBytes = 7_690_000;
    private const int MostRequests = 158;

    [StudioBrowserFact]
    public async Task The_list_is_there_without_an_error_and_costs_no_more_than_the_package_alone()
    {
        await using var desk = await StudioDesk.SitDownAsync(office.Place);
        var before = desk.Requests.Count;
        var network = await desk.Context.NewCDPSessionAsync(desk.Page);
        var bytes = 0.0;
        network.Event("Network.loadingFinished").OnEvent += (_, e) => bytes += e!.Value.GetProperty("encodedDataLength").GetDouble();
        await network.SendAsync("Network.enable");

        await desk.OpenListAsync("Greet");

        await desk.ShouldBeWellAsync();
        var requests = desk.Requests.Skip(before).ToList();
        requests.Select(r => new Uri(r).Authority).Distinct().ShouldBe([office.Place.Address.Authority]);
        requests.Where(r => !r.Contains("/elsa/api/", StringComparison.Ordinal)).Distinct().Count().ShouldBeLessThanOrEqualTo(MostRequests);
        bytes.ShouldBeInRange(1_000_000, MostBytes);
        await Assertions.Expect(desk.Page.Locator("#studio-boot")).ToBeHiddenAsync();
        await desk.OursShouldBeAccessibleAsync();
    }

    [StudioBrowserFact]
    public async Task Every_view_has_an_address_that_a_reload_and_the_browser_s_buttons_keep()
    {
        await using var desk = await StudioDesk.SitDownAsync(office.Place);
        var page = desk.Page;
        await desk.OpenListAsync("Greet");

        await desk.RowOf("Greet").ClickAsync();
        await Assertions.Expect(desk.Step("say")).ToBeVisibleAsync();
        await page.WaitForURLAsync(desk.Url($"/studio/recipes/{StudioOffice.Recipe}"));
        await Assertions.Expect(page).ToHaveTitleAsync("Greet · Designer · Recipes");
        (await page.EvaluateAsync<string>("document.activeElement.id")).ShouldBe("studio-title");
        await page.GetByRole(AriaRole.Link, new() { Name = "All runs" }).ClickAsync();
        await desk.RowOf(StudioOffice.Recipe).ClickAsync();
        await page.WaitForURLAsync(desk.Url($"/studio/runs/{office.Run}"));
        await Assertions.Expect(desk.Step("say")).ToBeVisibleAsync();
        await page.ReloadAsync();
        await Assertions.Expect(desk.Step("say")).ToBeVisibleAsync();
        await page.GoBackAsync();
        await Assertions.Expect(desk.RowOf(StudioOffice.Recipe)).ToBeVisibleAsync();
        await page.GoBackAsync();
        await Assertions.Expect(desk.Step("say")).ToBeVisibleAsync();
        await page.GoForwardAsync();

        await Assertions.Expect(desk.RowOf(StudioOffice.Recipe)).ToBeVisibleAsync();
        await Assertions.Expect(page).ToHaveTitleAsync("Runs · Recipes");
        await Assertions.Expect(page.Locator("elsa-workflow-instance-list")).ToHaveCountAsync(1);
        await desk.ShouldBeWellAsync();
    }

    [StudioBrowserFact]
    public async Task Ten_quick_changes_of_the_view_leave_one_element_and_no_exception()
    {
        await using var desk = await StudioDesk.SitDownAsync(office.Place);
        await desk.OpenListAsync("Greet");

        foreach (var view in Enumerable.Range(0, 10).Select(i => i % 2 == 0 ? "All runs" : "All recipes"))
            await desk.Page.GetByRole(AriaRole.Link, new() { Name = view }).ClickAsync();

        await Assertions.Expect(desk.RowOf("Greet")).ToBeVisibleAsync();
        await Assertions.Expect(desk.Page.Locator("elsa-workflow-definition-list")).ToHaveCountAsync(1);
        await desk.ShouldBeWellAsync();
    }

    [StudioBrowserFact]
    public async Task A_session_that_ended_is_renewed_beside_the_page_and_what_was_asked_goes_on()
    {
        await using var desk = await StudioDesk.SitDownAsync(office.Place);
        await desk.OpenListAsync("Greet");
        await desk.Context.ClearCookiesAsync();

        await desk.Page.GetByRole(AriaRole.Link, new() { Name = "All runs" }).ClickAsync();
        var dialog = desk.Page.GetByRole(AriaRole.Dialog, new() { Name = "Your session has ended" });
        await Assertions.Expect(dialog).ToBeVisibleAsync();
        await desk.SignInAsync(desk.Page.FrameLocator("iframe[title='Sign in']").Locator("body"), "operator");

        await Assertions.Expect(desk.RowOf(StudioOffice.Recipe)).ToBeVisibleAsync();
        await Assertions.Expect(dialog).ToHaveCountAsync(0);
        // The browser itself writes the 401 into the console.
        await desk.ShouldBeWellAsync(console: false);
    }

    [StudioBrowserFact]
    public async Task A_lost_connection_is_told_and_what_was_edited_meanwhile_is_saved_once_it_is_back()
    {
        office.Place.SaveRecipe("offline", StudioOffice.RecipeText("offline", "Offline"));
        await using var desk = await StudioDesk.SitDownAsync(office.Place);
        await desk.OpenEditorAsync("offline", "say");
        await desk.Context.SetOfflineAsync(true);

        await DescribeAsync(desk.Page, "Written on a train");
        await Assertions.Expect(desk.Page.GetByText("Connection lost, trying again").First).ToBeVisibleAsync();
        (await DescriptionAsync("offline")).ShouldBe("Says hello");
        await desk.Context.SetOfflineAsync(false);

        await Waiting.UntilAsync(async () => await DescriptionAsync("offline") == "Written on a train");
        await Assertions.Expect(desk.Page.Locator(".studio-banner")).ToHaveCountAsync(0);
        await desk.ShouldBeWellAsync(console: false);
    }

    [StudioBrowserFact]
    public async Task Leaving_the_editor_in_the_middle_of_a_change_loses_nothing()
    {
        office.Place.SaveRecipe("hasty", StudioOffice.RecipeText("hasty", "Hasty"));
        await using var desk = await StudioDesk.SitDownAsync(office.Place);
        await desk.OpenEditorAsync("hasty", "say");

        // Another save is still on its way.
        var slow = new TaskCompletionSource();
        await desk.Page.RouteAsync("**/elsa/api/workflow-definitions", async route =>
        {
            slow.TrySetResult();
            await Task.Delay(TimeSpan.FromSeconds(2));
            await route.ContinueAsync();
        });
        await DescribeAsync(desk.Page, "Written before");
        await slow.Task;

        await desk.Page.GetByLabel("Description").FillAsync("Written in a hurry");
        await desk.Page.GetByRole(AriaRole.Link, new() { Name = "All recipes" }).ClickAsync();
        await Assertions.Expect(desk.RowOf("Written in a hurry")).ToBeVisibleAsync();
        var here = await DescriptionAsync("hasty");
        await desk.RowOf("Written in a hurry").ClickAsync();
        await Assertions.Expect(desk.Step("say")).ToBeVisibleAsync();
        await desk.ShouldBeWellAsync();
        await desk.Page.GetByLabel("Description").FillAsync("Called at once");
        await desk.Page.GetByRole(AriaRole.Link, new() { Name = "Call it and see its connections" }).ClickAsync();
        await desk.Page.WaitForURLAsync(desk.Url("/recipes/hasty"));

        (here, await DescriptionAsync("hasty")).ShouldBe(("Written in a hurry", "Called at once"));
    }

    [StudioBrowserFact]
    public async Task A_refusal_is_told_in_words_and_Studio_goes_on()
    {
        await using var desk = await StudioDesk.SitDownAsync(office.Place);
        await desk.OpenListAsync("Greet");
        await desk.Page.RouteAsync("**/elsa/api/workflow-definitions/greet", route => route.Request.Method == "DELETE"
            ? route.FulfillAsync(new() { Status = 409, ContentType = "application/problem+json", Body = """{ "title": "It is in use", "detail": "Two recipes call it.", "status": 409 }""" })
            : route.ContinueAsync());

        await desk.RowOf("Greet").GetByRole(AriaRole.Button).Last.ClickAsync();
        await desk.Page.Locator(".mud-popover-open").GetByText("Delete").ClickAsync();
        await desk.Page.GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();
        await Assertions.Expect(desk.Notes).ToContainTextAsync("Two recipes call it.");
        await desk.OursShouldBeAccessibleAsync();
        await desk.Notes.GetByRole(AriaRole.Button, new() { Name = "Dismiss" }).ClickAsync();

        await Assertions.Expect(desk.Notes).ToBeEmptyAsync();
        await Assertions.Expect(desk.RowOf("Greet")).ToBeVisibleAsync();
        await desk.ShouldBeWellAsync(console: false);
    }

    [StudioBrowserFact]
    public async Task Of_two_tabs_the_second_is_told_and_keeps_its_version_as_a_file()
    {
        office.Place.SaveRecipe("shared", StudioOffice.RecipeText("shared", "Shared"));
        await using var desk = await StudioDesk.SitDownAsync(office.Place);
        await desk.OpenEditorAsync("shared", "say");
        var second = await desk.NewTabAsync();
        await second.GotoAsync(desk.Url("/studio/recipes/shared"));
        await Assertions.Expect(StudioDesk.StepOn(second, "say")).ToBeVisibleAsync();
        await DescribeAsync(desk.Page, "By the first");
        await Waiting.UntilAsync(async () => await DescriptionAsync("shared") == "By the first");

        await DescribeAsync(second, "By the second");
        var note = second.Locator("#studio-notes");
        await Assertions.Expect(note).ToContainTextAsync("Somebody else changed “Shared”");
        await second.GetByRole(AriaRole.Link, new() { Name = "All runs" }).ClickAsync();
        await Assertions.Expect(second.Locator("elsa-workflow-instance-list")).ToHaveCountAsync(1);
        await second.GoBackAsync();
        await Assertions.Expect(StudioDesk.StepOn(second, "say")).ToBeVisibleAsync();
        var file = await second.RunAndWaitForDownloadAsync(() => note.GetByRole(AriaRole.Button, new() { Name = "Reload" }).ClickAsync());

        (await File.ReadAllTextAsync(await file.PathAsync())).ShouldContain("By the second");
        await Assertions.Expect(second.GetByLabel("Description")).ToHaveValueAsync("By the first");
        (await DescriptionAsync("shared")).ShouldBe("By the first");
    }

    [StudioBrowserFact]
    public async Task On_a_phone_it_says_kindly_that_it_is_not_made_for_it_and_works_all_the_same()
    {
        await using var desk = await StudioDesk.SitDownAsync(office.Place, width: 390);

        await desk.OpenListAsync("Greet");

        await Assertions.Expect(desk.Page.GetByText("takes a wide screen")).ToBeVisibleAsync();
        await desk.OursShouldBeAccessibleAsync();
        await desk.RowOf("Greet").ClickAsync();
        await Assertions.Expect(desk.Page.Locator("elsa-workflow-definition-editor")).ToHaveCountAsync(1);
        await desk.ShouldBeWellAsync();
    }

    [StudioBrowserFact]
    public async Task A_browser_without_WebAssembly_is_told_so()
    {
        await using var desk = await StudioDesk.SitDownAsync(office.Place);
        await desk.Page.AddInitScriptAsync("delete window.WebAssembly;");

        await desk.Page.GotoAsync(desk.Url("/studio"));

        await Assertions.Expect(desk.Page.GetByText("This browser cannot run the designer").First).ToBeVisibleAsync();
    }

    private static async Task DescribeAsync(IPage page, string text)
    {
        await page.GetByLabel("Description").FillAsync(text);
        await page.GetByLabel("Description").BlurAsync();
    }

    private async Task<string?> DescriptionAsync(string recipe) =>
        (string?)(await office.Place.Operator.GetAsync($"/elsa/api/workflow-definitions/by-definition-id/{recipe}?versionOptions=Latest")).Is(System.Net.HttpStatusCode.OK)["description"];
}
