using Microsoft.Extensions.DependencyInjection;
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
        await page.GetByRole(AriaRole.Link, new() { Name = "Connect: crm" }).ClickAsync();
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

    [CrmBrowserTheory]
    [InlineData(1280, true)]
    [InlineData(390, false)]
    public async Task A_broken_connection_is_found_from_the_overview_read_reauthorised_and_green(int width, bool byKeyboard)
    {
        var user = $"rosa-{width}";
        await Place.AddUserAsync(user, "createConnections");
        var id = await SalesTeam.ConnectAsync(Place, user, "/connect/crm", "rep-two");
        (await Place.As(user).CallAsync("create-opportunity", SalesTeam.Deal("Before it broke"))).Is(System.Net.HttpStatusCode.OK);
        await RevokeAtTheCrmAsync(id);
        (await Place.As(user).PostAsync($"/api/connections/{id}/test")).Is(System.Net.HttpStatusCode.OK);
        await using var browser = await Browser.NewPageAsync(width, 844);
        var page = browser.Page;
        async Task FollowAsync(string name)
        {
            var link = page.GetByRole(AriaRole.Link, new() { Name = name, Exact = true });
            if (byKeyboard)
                await TabToAsync(page, link);
            await (byKeyboard ? page.Keyboard.PressAsync("Enter") : link.ClickAsync());
        }

        await SignInByKeyboardAsync(page, user, "connections-broken");
        await FollowAsync("Health 1 needs somebody");
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "To re-authorise" })).ToBeVisibleAsync();
        await page.ShouldBeSoundAsync("health-broken");
        await FollowAsync($"Sandbox CRM (crm) of {user}");
        await Assertions.Expect(page.Locator("main .badge.red")).ToHaveTextAsync("Re-authorise");
        await Assertions.Expect(page.GetByRole(AriaRole.Region, new() { Name = "Failure" })).ToContainTextAsync("Re-authorise the connection");
        await page.ShouldBeSoundAsync("connection-broken");
        await FollowAsync("Re-authorise");
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync("Re-authorise");
        await page.ShouldBeSoundAsync("connect-broken");
        await ConsentAsync(page, "rep-two");
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Authorization complete");
        (await Place.As(user).CallAsync("create-opportunity", SalesTeam.Deal("After it was mended"))).Is(System.Net.HttpStatusCode.OK);
        await FollowAsync("Health");
        await Assertions.Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("Everything works");
        await page.ShouldBeSoundAsync("health-well");
        await page.GotoAsync(Url($"/connections/{id}"));
        await Assertions.Expect(page.Locator("main .badge.green")).ToHaveTextAsync("Working");
        await page.GetByText("The same as a table").ClickAsync();

        await page.ShouldBeSoundAsync("connection-mended");
        (await page.Locator(".log tbody tr td.main").AllInnerTextsAsync()).Select(t => t.Trim()).ShouldContain("Lost");
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
        await page.GetByRole(AriaRole.Button, new() { Name = "Test now" }).ClickAsync();

        await Assertions.Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("The test went through");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Sign in");
        NothingWentWrong(browser);
    }

    private string Url(string path) => new Uri(Place.Address, path).AbsoluteUri;

    /// <summary>What the account's owner does on the provider's own page.</summary>
    private async Task RevokeAtTheCrmAsync(Guid id)
    {
        var connection = (await Place.Services.GetRequiredService<IConnectionStore>().FindAsync(new ConnectionId(id), default))!;
        var token = Place.Services.GetRequiredService<CredentialVault>().Open(connection.Tenant, connection.Id, connection.Record.SealedCredential!).Tokens!.RefreshToken!.Reveal();
        using var http = new HttpClient { DefaultRequestHeaders = { Authorization = new("Basic", Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"{Place.Crm.ClientId}:{Place.Crm.ClientSecret}"))) } };
        using var form = new FormUrlEncodedContent([new("token", token)]);
        (await http.PostAsync(Place.Crm.Address("/revoke"), form)).EnsureSuccessStatusCode();
    }

    private static async Task TabToAsync(IPage page, ILocator target)
    {
        await page.Locator("body").FocusAsync();
        for (var tabs = 0; tabs < 40; tabs++)
        {
            await page.Keyboard.PressAsync("Tab");
            if (await target.EvaluateAsync<bool>("e => e === document.activeElement"))
                return;
        }

        throw new InvalidOperationException("The keyboard does not get there.");
    }

    private async Task SignInByKeyboardAsync(IPage page, string user, string picture = "connections-empty")
    {
        await page.GotoAsync(Url("/"));
        for (var tabs = 0; tabs < 10 && await page.EvaluateAsync<string>("document.activeElement.id") != "token"; tabs++)
            await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.TypeAsync(Place.As(user).Token!);
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Connections");
        await page.ShouldBeSoundAsync(picture);
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
