using System.Runtime.CompilerServices;
using Microsoft.Playwright;

namespace Recipes.Host.Tests;

/// <summary>Somebody at the designer, in Chromium, with what went wrong there.</summary>
internal sealed class StudioDesk : IAsyncDisposable
{
    private const string Saves = "/elsa/api/workflow-definitions";

    private readonly BrowserPage _browser;
    private readonly Workplace _place;
    private readonly string _test;

    private StudioDesk(BrowserPage browser, Workplace place, string test) => (_browser, _place, _test) = (browser, place, test);

    public IPage Page => _browser.Page;

    public IBrowserContext Context => _browser.Context;

    public IReadOnlyList<string> Requests => _browser.Requests;

    /// <summary>The messages beside the canvas.</summary>
    public ILocator Notes => Page.Locator("#studio-notes");

    public ILocator Elements => Page.Locator("#studio-view > *");

    public static async Task<StudioDesk> SitDownAsync(Workplace place, string user = "operator", int width = 1280, [CallerMemberName] string test = "")
    {
        var desk = new StudioDesk(await Browser.NewPageAsync(width, 844), place, $"{test}-{user}");
        await desk.WatchAsync(desk.Page);
        await desk.Page.GotoAsync(desk.Url("/sign-in"));
        await desk.SignInAsync(desk.Page.Locator("body"), user);
        await Assertions.Expect(desk.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Connections");
        return desk;
    }

    /// <summary>Another tab of the same person.</summary>
    public async Task<IPage> NewTabAsync()
    {
        var tab = await Context.NewPageAsync();
        await WatchAsync(tab);
        return tab;
    }

    public string Url(string path) => new Uri(_place.Address, path).AbsoluteUri;

    public async Task SignInAsync(ILocator where, string user)
    {
        await where.GetByLabel("API token").FillAsync(_place.As(user).Token!);
        await where.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
    }

    public async Task OpenListAsync(string shows)
    {
        await Page.GotoAsync(Url("/studio"));
        await Assertions.Expect(RowOf(shows)).ToBeVisibleAsync();
    }

    public async Task OpenEditorAsync(string recipe, string step)
    {
        await Page.GotoAsync(Url($"/studio/recipes/{recipe}"));
        await Assertions.Expect(Step(step)).ToBeVisibleAsync();
    }

    public ILocator RowOf(string text) => Page.Locator("#studio-view tbody tr").Filter(new() { HasText = text }).First;

    /// <summary>A step on the canvas, by its id.</summary>
    public ILocator Step(string id) => StepOn(Page, id);

    public static ILocator StepOn(IPage page, string id) => page.Locator($"[data-cell-id='{id}'] elsa-activity-wrapper .elsa-activity");

    /// <summary>Nothing failed, no policy was broken, no exception was left to Blazor, one element is there.</summary>
    public async Task ShouldBeWellAsync(bool console = true)
    {
        if (console)
        {
            // The browser itself notes each save that was refused with a message.
            _browser.ConsoleErrors.Where(e => !(e.Contains("400 (Bad Request)", StringComparison.Ordinal) && e.Contains(Saves, StringComparison.Ordinal))).ShouldBeEmpty();
            // Studio gives up reading some answers that it has read in full.
            _browser.FailedRequests.Where(r => !r.Contains("ERR_ABORTED", StringComparison.Ordinal) && !r.EndsWith($"{Saves}: 400", StringComparison.Ordinal)).ShouldBeEmpty();
        }

        (await Page.EvaluateAsync<string[]>("window.violations")).ShouldBeEmpty();
        (await Page.EvaluateAsync<int>("window.exceptions")).ShouldBe(0);
        await Assertions.Expect(Page.Locator("[data-key=exception]")).ToHaveCountAsync(0);
        await Assertions.Expect(Elements).ToHaveCountAsync(1);
    }

    /// <summary>The page around Studio's own element keeps to the rules of axe.</summary>
    public Task OursShouldBeAccessibleAsync() => Page.ShouldBeAccessibleAsync(except: "#studio-view");

    /// <summary>Keeps a picture of how the page was left, where RECIPES_SCREENSHOTS names a folder.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Environment.GetEnvironmentVariable("RECIPES_SCREENSHOTS") is { Length: > 0 } folder)
            await Page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"studio-{_test}-{Page.ViewportSize!.Width}.png") });
        await _browser.DisposeAsync();
    }

    private Task WatchAsync(IPage page) => page.AddInitScriptAsync("""
        window.violations = [];
        window.exceptions = 0;
        document.addEventListener('securitypolicyviolation', (e) => window.violations.push(`${e.violatedDirective} ${e.blockedURI}`));
        new MutationObserver((changes) => {
          for (const { target } of changes) if (target.id === 'blazor-error-ui' && target.style.display === 'block') window.exceptions += 1;
        }).observe(document, { attributes: true, attributeFilter: ['style'], subtree: true });
        """);
}
