using Microsoft.Playwright;

namespace Recipes.Host.Tests;

/// <summary>The main job by hand, in Chromium, through the real consent pages.</summary>
public sealed class BrowserTests(SalesTeam team) : IClassFixture<SalesTeam>
{
    private Workplace Place => team.Place;

    [CrmBrowserFact]
    public async Task A_rep_connects_sees_yellow_calls_reads_the_run_and_sees_green()
    {
        await Place.AddUserAsync("rita", "createConnections");
        await using var browser = await Browser.NewPageAsync();
        var page = browser.Page;
        await SignInByKeyboardAsync(page, "rita");

        await page.GotoAsync(Url("/connect/crm"));
        await page.ShouldBeSoundAsync("connect");
        await ConsentAsync(page, "rep-two");
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Authorization complete");
        await page.ShouldBeSoundAsync("connected");
        await page.GetByRole(AriaRole.Link, new() { Name = "See the connection" }).ClickAsync();
        await Assertions.Expect(page.Locator("main .badge.yellow")).ToHaveTextAsync("Not used yet");
        await page.ShouldBeSoundAsync("connection-yellow");
        var connection = page.Url;

        await page.GetByRole(AriaRole.Link, new() { Name = "Recipes", Exact = true }).Last.ClickAsync();
        await page.ShouldBeSoundAsync("recipes");
        await page.GetByRole(AriaRole.Link, new() { Name = "Create opportunity" }).ClickAsync();
        await page.ShouldBeSoundAsync("recipe");
        await CallAsync(page, "From the page");
        await Assertions.Expect(page.Locator("main .badge.green")).ToHaveTextAsync("Completed");
        await page.ShouldBeSoundAsync("run-completed");
        var journal = await page.Locator("table.list tbody tr").AllInnerTextsAsync();
        journal.Count(row => row.Contains("Sandbox CRM (crm) of rita", StringComparison.Ordinal) && row.Contains("answered 20", StringComparison.Ordinal)).ShouldBe(3);
        journal.ShouldContain(row => row.Contains("notify-manager", StringComparison.Ordinal) && row.Contains("POST", StringComparison.Ordinal));

        await page.GotoAsync(connection);
        await Assertions.Expect(page.Locator("main .badge.green")).ToHaveTextAsync("Working");
        await page.ShouldBeSoundAsync("connection-green");
        NothingWentWrong(browser);
    }

    [CrmBrowserFact]
    public async Task On_a_phone_a_refused_rep_is_led_to_consent_and_the_next_call_completes()
    {
        await Place.AddUserAsync("ravi", "createConnections");
        await using var browser = await Browser.NewPageAsync(390, 844);
        var page = browser.Page;
        await page.GotoAsync(Url("/recipes/create-opportunity"));
        await page.ShouldBeSoundAsync("sign-in");
        await page.GetByLabel("API token").FillAsync(Place.As("ravi").Token!);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();

        await CallAsync(page, "Refused at first");
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "It was refused before any step ran" })).ToBeVisibleAsync();
        await page.ShouldBeSoundAsync("run-refused");
        await page.GetByRole(AriaRole.Link, new() { Name = "See its connections" }).ClickAsync();
        await page.ShouldBeSoundAsync("recipe-missing");
        await page.GetByRole(AriaRole.Link, new() { Name = "Connect", Exact = true }).ClickAsync();
        await page.ShouldBeSoundAsync("connect-from-recipe");
        await ConsentAsync(page, "rep-two");
        await page.ShouldBeSoundAsync("connected");
        await page.GotoAsync(Url("/recipes/create-opportunity"));
        await CallAsync(page, "Made by ravi on a phone");

        await Assertions.Expect(page.Locator("main .badge.green")).ToHaveTextAsync("Completed");
        await page.ShouldBeSoundAsync("run-completed");
        (await Place.CrmRecordAsync()).Count(a => a.Account == "rep-two" && a.Summary!.Contains("Made by ravi on a phone", StringComparison.Ordinal) && a.Path == "/api/opportunities").ShouldBe(1);
        NothingWentWrong(browser);
    }

    [CrmBrowserFact]
    public async Task Without_scripts_everything_works()
    {
        await using var browser = await Browser.NewPageAsync(scripts: false);
        var page = browser.Page;
        await page.GotoAsync(Url("/recipes/log-activity"));
        await page.GetByLabel("API token").FillAsync(Place.As("rep-one").Token!);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await page.Locator("form[action$='/call'] input[name^='input.']").First.FillAsync("Visited without scripts");
        await page.GetByRole(AriaRole.Button, new() { Name = "Call" }).ClickAsync();
        await Assertions.Expect(page.Locator("main .badge.green")).ToHaveTextAsync("Completed");
        await page.GotoAsync(Url($"/connections/{team.RepOnes}"));
        await page.GetByRole(AriaRole.Button, new() { Name = "Test" }).ClickAsync();

        await Assertions.Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("The test went through");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Sign in");
        NothingWentWrong(browser);
    }

    [CrmBrowserFact]
    public async Task Every_page_keeps_to_its_width_and_names_its_parts()
    {
        await Place.As("rep-one").CallAsync("read-forecast", new { });
        var faulted = (await Place.As("rep-one").CallAsync("read-forecast", new { }))["runId"];
        Place.SaveRecipe("broken", RecipeFiles.Sequence("broken", RecipeFiles.Call("a", "nowhere", "{}")));
        var paths = new Dictionary<string, string>
        {
            ["connections"] = "/connections",
            ["connections-none"] = "/connections?q=nothing",
            ["new"] = "/connections/new",
            ["set-up"] = "/connections/new?connector=sandbox-crm&scheme=oauth2",
            ["definition"] = "/connections/definitions/crm",
            ["connection-limited"] = $"/connections/{team.RepOnes}",
            ["disconnect"] = $"/connections/{team.RepOnes}/disconnect",
            ["connect-again"] = $"/connect/crm?connection={team.RepOnes}",
            ["connect-fields"] = "/connect/crm-basic?owner=organisation",
            ["recipes"] = "/recipes",
            ["recipe-broken"] = "/recipes/broken",
            ["recipe-json"] = "/recipes/list-opportunities",
            ["runs"] = "/runs",
            ["runs-none"] = "/runs?status=running",
            ["run-faulted"] = $"/runs/{faulted}",
        };
        foreach (var width in new[] { 1280, 390 })
        {
            await using var browser = await Browser.NewPageAsync(width);
            await browser.Page.GotoAsync(Url("/sign-in"));
            await browser.Page.GetByLabel("API token").FillAsync(Place.Operator.Token!);
            await browser.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
            foreach (var (name, path) in paths)
            {
                await browser.Page.GotoAsync(Url(path));
                await browser.Page.ShouldBeSoundAsync(name);
            }

            NothingWentWrong(browser);
            foreach (var (name, path) in new[] { ("not-found", "/nowhere"), ("no-run", $"/runs/{Guid.NewGuid()}"), ("no-recipe", "/recipes/nothing"), ("callback", "/oauth/callback/crm") })
            {
                ((int)(await browser.Page.GotoAsync(Url(path)))!.Status).ShouldBeInRange(400, 404);
                await browser.Page.ShouldBeSoundAsync(name);
            }
        }
    }

    private string Url(string path) => new Uri(Place.Address, path).AbsoluteUri;

    private async Task SignInByKeyboardAsync(IPage page, string user)
    {
        await page.GotoAsync(Url("/"));
        for (var tabs = 0; tabs < 10 && await page.EvaluateAsync<string>("document.activeElement.id") != "token"; tabs++)
            await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.TypeAsync(Place.As(user).Token!);
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Connections");
        await page.ShouldBeSoundAsync("connections-empty");
    }

    private async Task ConsentAsync(IPage page, string account)
    {
        await page.GetByRole(AriaRole.Button, new() { Name = "Continue to Sandbox CRM" }).ClickAsync();
        await page.GetByLabel("Account").FillAsync(account);
        await page.GetByLabel("Password").FillAsync(Place.Crm.PasswordOf(account));
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Allow" }).ClickAsync();
    }

    private static async Task CallAsync(IPage page, string opportunity)
    {
        await page.Locator("#input-account").FillAsync("Acme");
        await page.Locator("#input-amount").FillAsync("25000");
        await page.Locator("#input-name").FillAsync(opportunity);
        await page.GetByRole(AriaRole.Button, new() { Name = "Call" }).ClickAsync();
    }

    private static void NothingWentWrong(BrowserPage browser)
    {
        browser.ConsoleErrors.ShouldBeEmpty();
        browser.FailedRequests.ShouldBeEmpty();
    }
}
