using System.Net.Http.Json;
using Microsoft.Playwright;

namespace Recipes.Web.Tests;

[Collection(SiteCollection.Name)]
public sealed class FieldBrowserTests(Site site)
{
    [BrowserFact]
    public async Task Fields_come_and_go_with_what_they_depend_on()
    {
        var key = await DefineAsync("token");
        await using var browser = await SignInAsync(1280);
        var page = browser.Page;
        await page.GotoAsync(Url($"/connect/{key}?owner=organisation"));

        await Assertions.Expect(page.Locator("#field-host")).ToBeHiddenAsync();
        await Assertions.Expect(page.Locator("#field-host")).ToBeDisabledAsync();
        await Assertions.Expect(page.Locator("#field-host-when")).ToBeHiddenAsync();
        await page.Locator("#field-region").FocusAsync();
        await page.Keyboard.PressAsync("End");
        await Assertions.Expect(page.Locator("#field-host")).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator("#field-host")).ToHaveAttributeAsync("required", "");
        await page.Keyboard.PressAsync("ArrowUp");
        await Assertions.Expect(page.Locator("#field-host")).ToBeHiddenAsync();
        await Assertions.Expect(page.Locator("#field-days")).ToBeVisibleAsync();

        browser.ConsoleErrors.ShouldBeEmpty();
        browser.FailedRequests.ShouldBeEmpty();
    }

    [BrowserFact]
    public async Task Without_scripts_every_field_is_there_with_its_condition()
    {
        var key = await DefineAsync("password");
        await using var browser = await SignInAsync(390, scripts: false);
        var page = browser.Page;
        await page.GotoAsync(Url($"/connect/{key}?owner=organisation"));

        await Assertions.Expect(page.Locator("#field-host-when")).ToHaveTextAsync("Only when Region is My own server.");
        await page.GetByLabel("User name").FillAsync(site.App.Username);
        await page.GetByLabel("Password").FillAsync(site.App.Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Connect and test" }).ClickAsync();

        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Authorization complete");
    }

    [BrowserTheory]
    [InlineData(1280, ColorScheme.Light)]
    [InlineData(1280, ColorScheme.Dark)]
    [InlineData(390, ColorScheme.Light)]
    [InlineData(390, ColorScheme.Dark)]
    public async Task The_forms_keep_to_their_width_and_name_their_parts(int width, ColorScheme colours)
    {
        var (token, certificate, consent) = (await DefineAsync("token"), await DefineAsync("certificate"), await DefineAsync("oauth"));
        await site.Operator.PostAsJsonAsync("/api/oauth-apps", new { connector = "sandbox-crm", scheme = "oauth2", clientId = "development-client", presets = new { address = site.App.Address.GetLeftPart(UriPartial.Authority) } });
        var built = Site.NewKey();
        (await site.Operator.PostAsJsonAsync("/api/connection-definitions", new { key = built, connector = "sandbox-crm", scheme = "oauth2", useDevelopmentApp = true })).EnsureSuccessStatusCode();
        var made = await site.Operator.PostAsJsonAsync("/api/connections", new { definition = consent, owner = "organisation", tokens = new { accessToken = Canaries.NewSecret("access token") }, fields = new { region = "us", subdomain = "acme" } });
        var id = (await made.JsonAsync()).Text("id");
        await using var browser = await SignInAsync(width);
        await browser.Page.EmulateMediaAsync(new() { ColorScheme = colours });
        var paths = new Dictionary<string, string>
        {
            ["fields"] = $"/connect/{token}?owner=organisation",
            ["fields-lines"] = $"/connect/{certificate}?owner=organisation",
            ["fields-consent"] = $"/connect/{consent}?connection={id}",
            ["connection-fields"] = $"/connections/{id}",
            ["schemes"] = "/connections/new?connector=helpdesk",
            ["set-up-labels"] = "/connections/new?connector=helpdesk&scheme=oauth",
            ["set-up-choice"] = "/connections/new?connector=sandbox-crm&scheme=oauth2",
            ["oauth-apps"] = "/connections/oauth-apps",
            ["oauth-app-new"] = "/connections/oauth-apps/new?app=oauth2/oauth2",
            ["definition-build-only"] = $"/connections/definitions/{built}",
            ["new"] = "/connections/new",
        };

        foreach (var (name, path) in paths)
        {
            await browser.Page.GotoAsync(Url(path));
            if (name == "fields")
                await browser.Page.Locator("#field-region").SelectOptionAsync("custom");
            if (Environment.GetEnvironmentVariable("RECIPES_SCREENSHOTS") is { Length: > 0 } folder)
                await browser.Page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{name}-{width}-{colours}.png".ToLowerInvariant()), FullPage = true });
            (await browser.Page.EvaluateAsync<string[]>(Script, width)).ShouldBeEmpty($"{path} at {width} px");
        }

        browser.ConsoleErrors.ShouldBeEmpty();
        browser.FailedRequests.ShouldBeEmpty();
    }

    private const string Script = """
        (width) => {
          const bad = [];
          if (document.documentElement.scrollWidth > width) bad.push(`${document.documentElement.scrollWidth} px wide`);
          for (const field of document.querySelectorAll('input:not([type=hidden]), select, textarea')) {
            if (![...field.labels].some((l) => l.textContent.trim())) bad.push(`no label for ${field.name}`);
          }
          const ids = [...document.querySelectorAll('[id]')].map((e) => e.id);
          for (const id of ids.filter((id, i) => ids.indexOf(id) !== i)) bad.push(`id ${id} twice`);
          for (const e of document.querySelectorAll('[aria-describedby]')) {
            const lost = e.getAttribute('aria-describedby').split(/\s+/).filter((id) => !document.getElementById(id));
            if (lost.length) bad.push(`${e.id} refers to ${lost}`);
          }
          return bad;
        }
        """;

    private string Url(string path) => new Uri(site.Address, path).AbsoluteUri;

    private async Task<BrowserPage> SignInAsync(int width, bool scripts = true)
    {
        var browser = await Browser.NewPageAsync(width, scripts: scripts);
        await browser.Page.GotoAsync(Url("/sign-in"));
        await browser.Page.GetByLabel("API token").FillAsync(site.OperatorToken);
        await browser.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        return browser;
    }

    private async Task<string> DefineAsync(string scheme)
    {
        var key = Site.NewKey();
        (await site.Operator.PostAsJsonAsync("/api/connection-definitions", new { key, displayName = "Helpdesk", connector = "helpdesk", scheme, clientId = scheme == "oauth" ? "recipes" : null })).EnsureSuccessStatusCode();
        return key;
    }
}
