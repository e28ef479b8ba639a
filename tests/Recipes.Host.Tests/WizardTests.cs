using System.Net;
using Microsoft.Playwright;

namespace Recipes.Host.Tests;

/// <summary>From an app to a connected account by hand, in Chromium: on pages of its own, and in a frame beside another page of ours.</summary>
public sealed class WizardTests : IAsyncLifetime
{
    private Workplace _place = null!;

    public async Task InitializeAsync()
    {
        // Tests that need it are skipped then.
        if (Directory.Exists(RepositoryRoot.Combine("samples", "crm", "node_modules")))
            _place = await Workplace.StartAsync(withCrm: true);
    }

    public async Task DisposeAsync()
    {
        if (_place is not null)
            await _place.DisposeAsync();
    }

    [CrmBrowserTheory]
    [InlineData(1280, true)]
    [InlineData(360, false)]
    public async Task A_recipe_leads_to_setting_its_app_up_and_back_with_the_account_connected(int width, bool scripts)
    {
        await using var browser = await Browser.NewPageAsync(width, scripts: scripts);
        var page = browser.Page;
        await _place.SignInAsync(page, "/recipes/create-opportunity");
        await Assertions.Expect(page.Locator(".needs")).ToContainTextAsync("To be set up");
        await page.ShouldBeSoundAsync("recipe-to-be-set-up", scripts);

        await page.GetByRole(AriaRole.Link, new() { Name = "Set it up: crm" }).ClickAsync();
        await page.ShouldBeSoundAsync("wizard-sign-in", scripts);
        await page.GetByRole(AriaRole.Link, new() { Name = "Use this: Sign in to the CRM" }).ClickAsync();
        (await page.GetByLabel("Stable key").InputValueAsync()).ShouldBe("crm");
        (await page.GetByLabel("Redirect address").InputValueAsync()).ShouldBe($"{_place.Address}oauth/callback/crm");
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("Our CRM");
        await page.GetByLabel("Client ID").FillAsync(_place.Crm.ClientId);
        await page.GetByLabel("Client secret").FillAsync(_place.Crm.ClientSecret);
        await page.GetByLabel("Address of the CRM").FillAsync("no address");
        await page.GetByLabel("or not at all").CheckAsync();
        await page.Locator("main form").EvaluateAsync("f => f.noValidate = true");
        await page.GetByRole(AriaRole.Button, new() { Name = "Continue" }).ClickAsync();
        await Assertions.Expect(page.Locator("[aria-invalid=true]")).ToHaveIdAsync("field-address");
        await page.ShouldBeSoundAsync("wizard-fault", scripts);
        await page.GetByLabel("Address of the CRM").FillAsync(_place.Crm.IssuerText);
        await page.GetByLabel("Client secret").FillAsync(_place.Crm.ClientSecret);
        await page.GetByRole(AriaRole.Button, new() { Name = "Continue" }).ClickAsync();
        await page.ShouldBeSoundAsync("wizard-account", scripts);

        // Back, and nothing of it is lost.
        await page.GetByRole(AriaRole.Link, new() { Name = "Back", Exact = true }).ClickAsync();
        (await page.GetByLabel("Name", new() { Exact = true }).InputValueAsync()).ShouldBe("Our CRM");
        (await page.GetByLabel("Address of the CRM").InputValueAsync()).ShouldBe(_place.Crm.IssuerText);
        await page.ShouldBeSoundAsync("wizard-back", scripts);
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("Our own CRM");
        await page.GetByRole(AriaRole.Button, new() { Name = "Continue" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Continue to Sandbox CRM" }).ClickAsync();
        await ConsentAsync(page);
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Authorization complete");
        await page.ShouldBeSoundAsync("wizard-done", scripts);
        await page.GetByRole(AriaRole.Link, new() { Name = "Back to Create opportunity" }).ClickAsync();

        await Assertions.Expect(page.Locator(".needs")).ToContainTextAsync("Our own CRM");
        await Assertions.Expect(page.Locator(".needs .badge")).ToHaveTextAsync("Not used yet");
        // Chromium tells of the form that was not taken.
        browser.ConsoleErrors.Where(e => !e.Contains("422", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [CrmBrowserFact]
    public async Task In_a_frame_the_wizard_has_consent_given_in_a_tab_and_tells_the_page_around_it()
    {
        await using var browser = await Browser.NewPageAsync();
        var page = browser.Page;
        await _place.SignInAsync(page, "/connections");
        var frame = await FrameAsync(page, "/connections/new?connector=sandbox-crm&embedded=1");
        await frame.GetByRole(AriaRole.Link, new() { Name = "Use this: Sign in to the CRM" }).ClickAsync();
        await frame.GetByLabel("Stable key").FillAsync("crm");
        (await frame.GetByLabel("Redirect address").InputValueAsync()).ShouldBe($"{_place.Address}oauth/callback/crm");
        await frame.GetByLabel("Client ID").FillAsync(_place.Crm.ClientId);
        await frame.GetByLabel("Client secret").FillAsync(_place.Crm.ClientSecret);
        await frame.GetByLabel("Address of the CRM").FillAsync(_place.Crm.IssuerText);
        await frame.GetByRole(AriaRole.Button, new() { Name = "Continue" }).ClickAsync();
        await frame.GetByRole(AriaRole.Button, new() { Name = "Continue to Sandbox CRM" }).ClickAsync();
        await Assertions.Expect(frame.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync("Sign in at Sandbox CRM");
        (await frame.Locator("header.top").CountAsync()).ShouldBe(0);
        (await page.FrameLocator("iframe").Locator("html").EvaluateAsync<int>("e => e.scrollWidth")).ShouldBeLessThanOrEqualTo(420);

        var tab = await page.Context.RunAndWaitForPageAsync(() => frame.GetByRole(AriaRole.Button, new() { Name = "Continue to Sandbox CRM" }).ClickAsync());
        await Assertions.Expect(frame.Locator("[data-waiting]")).ToContainTextAsync("Waiting for your consent");
        await ConsentAsync(tab);

        await Assertions.Expect(frame.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Authorization complete", new() { Timeout = 30_000 });
        var connection = (string?)(await _place.Operator.GetAsync("/api/connections?definition=crm")).Json.AsArray().Single()!["id"];
        var expected = $$"""{"recipes":"connection-created","key":"crm","connector":"sandbox-crm","connection":"{{connection}}"}""";
        await Assertions.Expect(page.Locator("#told")).ToHaveTextAsync($"window {_place.Address.GetLeftPart(UriPartial.Authority)} {expected}");
        await Assertions.Expect(page.Locator("#heard")).ToHaveTextAsync(expected);
        // The tab closes itself where the browser lets it, and says so where not.
        await Waiting.UntilAsync(async () => tab.IsClosed || await tab.Locator("[data-authorised]").IsVisibleAsync(), seconds: 90);
        browser.ConsoleErrors.ShouldBeEmpty();
    }

    [CrmBrowserFact]
    public async Task In_a_frame_a_key_is_tested_at_once_and_cancelling_is_told()
    {
        (await _place.Operator.PostAsync("/api/connection-definitions", new { key = "crm-basic", displayName = "Reports", connector = "sandbox-crm", scheme = "basic", presets = new { address = _place.Crm.IssuerText } })).Is(HttpStatusCode.Created);
        await using var browser = await Browser.NewPageAsync();
        var page = browser.Page;
        await _place.SignInAsync(page, "/connections");
        var frame = await FrameAsync(page, "/connections/new?connector=sandbox-crm&embedded=1");
        await frame.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        await Assertions.Expect(page.Locator("#told")).ToContainTextAsync("""{"recipes":"connection-cancelled"}""");
        await frame.GetByRole(AriaRole.Link, new() { Name = "For the organisation, to Reports" }).ClickAsync();
        await frame.GetByLabel("User name").FillAsync("manager");
        await frame.GetByLabel("Password").FillAsync("not the password");
        await frame.GetByRole(AriaRole.Button, new() { Name = "Connect and test" }).ClickAsync();
        await Assertions.Expect(frame.GetByRole(AriaRole.Alert)).ToContainTextAsync("the test did not go through");
        await frame.GetByLabel("Password").FillAsync(_place.Crm.PasswordOf("manager"));
        await frame.GetByRole(AriaRole.Button, new() { Name = "Connect and test" }).ClickAsync();

        await Assertions.Expect(frame.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Authorization complete");
        await Assertions.Expect(page.Locator("#told")).ToContainTextAsync("""{"recipes":"connection-created","key":"crm-basic","connector":"sandbox-crm",""");
    }

    [CrmBrowserFact]
    public async Task Only_the_wizard_can_be_in_a_frame_and_only_in_one_of_ours()
    {
        using var operatorsBrowser = await _place.PersonAsync("operator");
        async Task<string> PolicyAsync(string path)
        {
            using var answer = await operatorsBrowser.GetAsync(path);
            return answer.Headers.GetValues("Content-Security-Policy").Single();
        }

        foreach (var path in new[] { "/connections/new?embedded=1", "/connections/new?connector=brevo&embedded=1", "/connect/nothing?embedded=1" })
            (await PolicyAsync(path)).ShouldContain("frame-ancestors 'self'", customMessage: path);
        using var nobodysBrowser = new HttpClient { BaseAddress = _place.Address };
        using var signIn = await nobodysBrowser.GetAsync("/connections/new?embedded=1");
        signIn.RequestMessage!.RequestUri!.AbsolutePath.ShouldBe("/sign-in");
        signIn.Headers.GetValues("Content-Security-Policy").Single().ShouldContain("frame-ancestors 'self'");
        foreach (var path in new[] { "/connections/new", "/connections?embedded=1", "/recipes?embedded=1", "/connect/nothing", "/connectors?embedded=1", $"/connections/{Guid.NewGuid()}?embedded=1" })
            (await PolicyAsync(path)).ShouldContain("frame-ancestors 'none'", customMessage: path);
    }

    [NodeBrowserTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_gallery_finds_apps_by_name_and_by_what_they_do(bool scripts)
    {
        await using var place = await Workplace.StartAsync();
        await using var browser = await Browser.NewPageAsync(scripts: scripts);
        var page = browser.Page;
        await place.SignInAsync(page, "/connectors");
        var all = await page.Locator(".gallery li:visible").CountAsync();
        var search = page.GetByRole(AriaRole.Searchbox, new() { Name = "Find an app" });
        async Task LookForAsync(string words)
        {
            await search.FillAsync(words);
            if (!scripts)
                await page.GetByRole(AriaRole.Button, new() { Name = "Find" }).ClickAsync();
        }

        await LookForAsync("invoice list");
        await Assertions.Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync($"of {all} apps");
        (await page.Locator(".gallery li:visible").CountAsync()).ShouldBeInRange(1, 10);
        await LookForAsync("no app is called that");
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "No app here has that in its name" })).ToBeVisibleAsync();
        await page.ShouldBeSoundAsync("gallery-none", scripts);
        await LookForAsync("sandbox");
        await Assertions.Expect(page.Locator(".gallery li:visible")).ToHaveCountAsync(1);
        await search.FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        if (!scripts)
            await page.GetByRole(AriaRole.Link, new() { Name = "Sandbox CRM" }).ClickAsync();

        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Sandbox CRM");
        all.ShouldBeGreaterThan(100);
        browser.ConsoleErrors.ShouldBeEmpty();
    }

    /// <summary>A page of our origin with the wizard in a panel of 420 pixels, which writes down what it is told.</summary>
    private async Task<IFrameLocator> FrameAsync(IPage page, string path)
    {
        var around = new Uri(_place.Address, "/a-page-of-ours").AbsoluteUri;
        await page.RouteAsync(around, route => route.FulfillAsync(new()
        {
            ContentType = "text/html",
            Body = $$"""
                <!DOCTYPE html><html lang="en"><title>A page of ours</title><pre id="told"></pre><pre id="heard"></pre>
                <iframe src="{{path}}" style="width: 420px; height: 700px"></iframe>
                <script>
                  addEventListener('message', (e) => { told.textContent = `window ${e.origin} ${JSON.stringify(e.data)}`; });
                  new BroadcastChannel('recipes').onmessage = (e) => { if (e.data.recipes.startsWith('connection-c')) heard.textContent = JSON.stringify(e.data); };
                </script></html>
                """,
        }));
        await page.GotoAsync(around);
        return page.FrameLocator("iframe");
    }

    private async Task ConsentAsync(IPage page)
    {
        await page.GetByLabel("Account").FillAsync("manager");
        await page.GetByLabel("Password").FillAsync(_place.Crm.PasswordOf("manager"));
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Allow" }).ClickAsync();
    }
}
