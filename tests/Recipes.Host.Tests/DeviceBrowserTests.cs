using System.Net;
using Microsoft.Playwright;

namespace Recipes.Host.Tests;

/// <summary>Consent on another device by hand, in Chromium, with a real authorization server.</summary>
public sealed class DeviceBrowserTests : IAsyncLifetime
{
    private OidcProvider _provider = null!;
    private Workplace _place = null!;

    public async Task InitializeAsync()
    {
        // Tests that need it are skipped then.
        if (!Directory.Exists(RepositoryRoot.Combine("tests", "counterparties", "oidc", "node_modules")))
            return;
        _provider = await OidcProvider.StartAsync();
        _place = await Workplace.StartAsync(
            configure: builder => builder.Configuration["Egress:Allow:0"] = _provider.Issuer.Authority,
            prepare: place => File.WriteAllText(Path.Combine(place.ConnectorsFolder, "records.yaml"), Connector()));
        var secret = Canaries.NewSecret("client secret");
        await _provider.AddDeviceClientAsync("records", secret);
        (await _place.Operator.PostAsync("/api/connection-definitions", new { key = "records", connector = "records", displayName = "Records", clientId = "records", clientSecret = secret })).Is(HttpStatusCode.Created);
    }

    public async Task DisposeAsync()
    {
        if (_provider is null)
            return;
        await _place.DisposeAsync();
        await _provider.DisposeAsync();
    }

    [NodeBrowserTheory]
    [InlineData(1280, true)]
    [InlineData(390, true)]
    [InlineData(390, false)]
    public async Task A_person_types_in_a_code_elsewhere_and_the_page_notices(int width, bool scripts)
    {
        await using var browser = await Browser.NewPageAsync(width, scripts: scripts);
        var page = browser.Page;
        await SignInAsync(page);

        await page.GotoAsync(Url("/connect/records"));
        await page.GetByLabel("Change your records").CheckAsync();
        await CheckAsync(page, "connect-device", scripts);
        await page.GetByRole(AriaRole.Button, new() { Name = "Get a code" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Enter this code at Records");
        await CheckAsync(page, "device", scripts);
        await Assertions.Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("Waiting for you");
        var link = page.GetByRole(AriaRole.Link, new() { Name = "Open 127.0.0.1" });
        (await TabToAsync(page, link)).ShouldBeTrue("the link can be reached by keyboard");
        var code = await page.Locator(".user-code").InnerTextAsync();
        var complete = await link.GetAttributeAsync("href");
        using (var robot = new ConsentRobot())
            await robot.DecideOnDeviceAsync(new(complete!), "alice", "any");

        // By itself, with a script or without.
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Authorization complete");
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("alice");
        await CheckAsync(page, "device-connected", scripts);
        complete.ShouldEndWith(code);
        browser.ConsoleErrors.ShouldBeEmpty();
        browser.FailedRequests.ShouldBeEmpty();
    }

    [NodeBrowserFact]
    public async Task A_refusal_is_told_by_itself_with_a_way_to_a_new_code()
    {
        await using var browser = await Browser.NewPageAsync(390);
        var page = browser.Page;
        await SignInAsync(page);
        await page.GotoAsync(Url("/connect/records"));
        await page.GetByRole(AriaRole.Button, new() { Name = "Get a code" }).ClickAsync();
        using (var robot = new ConsentRobot())
            await robot.DecideOnDeviceAsync(new((await page.Locator("a.primary").GetAttributeAsync("href"))!), "alice", "any", allow: false);

        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Nothing was connected");
        await CheckAsync(page, "device-refused", scripts: true);
        await page.GetByRole(AriaRole.Link, new() { Name = "Get a new code" }).ClickAsync();

        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "Get a code" })).ToBeVisibleAsync();
    }

    private string Url(string path) => new Uri(_place.Address, path).AbsoluteUri;

    private async Task SignInAsync(IPage page)
    {
        await page.GotoAsync(Url("/sign-in"));
        await page.GetByLabel("API token").FillAsync(_place.Operator.Token!);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Connections");
    }

    private static async Task<bool> TabToAsync(IPage page, ILocator target)
    {
        for (var tabs = 0; tabs < 60; tabs++)
        {
            if (await IsFocusedAsync(target))
                return true;
            await page.Keyboard.PressAsync("Tab");
        }

        return false;
    }

    // Without scripts the page loads itself again every few seconds, and the focus begins anew.
    private static async Task<bool> IsFocusedAsync(ILocator target)
    {
        try
        {
            return await target.EvaluateAsync<bool>("e => e === document.activeElement");
        }
        catch (PlaywrightException e) when (e.Message.Contains("navigation", StringComparison.Ordinal))
        {
            return false;
        }
    }

    private static Task CheckAsync(IPage page, string name, bool scripts) => page.ShouldBeSoundAsync(scripts ? name : $"{name}-no-script", scripts);

    private string Connector() => $$$"""
        connector: 1
        name: records
        displayName: Records
        description: Keeps records of what was decided.
        baseAddress: {{{_provider.IssuerText}}}
        schemes:
          - type: oauth2
            grant: deviceCode
            deviceAuthorizationEndpoint: {{{_provider.DeviceAuthorizationEndpoint}}}
            tokenEndpoint: {{{_provider.TokenEndpoint}}}
            scopes:
              - { name: openid, required: true, description: Know who you are }
              - { name: api:read, description: Read your records }
              - { name: api:write, description: Change your records, default: false }
        probe: { path: /api/read, accountLabel: sub }
        """;
}
