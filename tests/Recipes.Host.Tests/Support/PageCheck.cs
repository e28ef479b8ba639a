using Microsoft.Playwright;

namespace Recipes.Host.Tests;

/// <summary>What every page has to be like, whatever it shows.</summary>
internal static class PageCheck
{
    private const string Script = """
        (width) => {
          const bad = [];
          if (!document.documentElement.lang) bad.push('no language');
          if (!document.title.trim()) bad.push('no title');
          if (document.querySelectorAll('h1').length !== 1) bad.push(`${document.querySelectorAll('h1').length} h1`);
          if (document.querySelectorAll('main').length !== 1) bad.push('not one main');
          if (document.documentElement.scrollWidth > width) {
            const wide = [...document.body.querySelectorAll('*')].filter((e) => e.getBoundingClientRect().right > width + 1).map((e) => `${e.tagName}.${e.className}`).slice(0, 5);
            bad.push(`${document.documentElement.scrollWidth} px wide: ${wide.join(', ')}`);
          }
          for (const field of document.querySelectorAll('input:not([type=hidden]), select, textarea')) {
            if (![...field.labels].some((l) => l.textContent.trim()) && !field.ariaLabel) bad.push(`no label for ${field.name}`);
          }
          for (const control of document.querySelectorAll('a, button')) {
            if (!control.textContent.trim() && !control.ariaLabel) bad.push(`no name for ${control.outerHTML.slice(0, 80)}`);
          }
          for (const image of document.querySelectorAll('img')) if (!image.hasAttribute('alt')) bad.push(`no alt for ${image.src}`);
          const ids = [...document.querySelectorAll('[id]')].map((e) => e.id);
          for (const id of ids.filter((id, i) => ids.indexOf(id) !== i)) bad.push(`id ${id} twice`);
          for (const e of document.querySelectorAll('[aria-describedby], [aria-labelledby]')) {
            const lost = `${e.getAttribute('aria-describedby') ?? ''} ${e.getAttribute('aria-labelledby') ?? ''}`.trim().split(/\s+/).filter((id) => !document.getElementById(id));
            if (lost.length) bad.push(`${e.id || e.tagName} refers to ${lost}`);
          }
          return bad;
        }
        """;

    // WCAG 2.2 A and AA, and what axe calls best practice.
    private const string Axe = """
        async (except) => (await axe.run(except ? { exclude: [[except]] } : document, { resultTypes: ['violations'] })).violations
          .flatMap((v) => v.nodes.map((n) => `${v.id} (${v.impact}): ${n.target.join(' ')}: ${n.failureSummary}`))
        """;

    private static readonly Lazy<Task<string>> s_axe = new(() => File.ReadAllTextAsync(RepositoryRoot.Combine("tests", "axe", "node_modules", "axe-core", "axe.min.js")));

    /// <summary>Checks the page that is open, and keeps a picture of it where RECIPES_SCREENSHOTS names a folder.</summary>
    /// <param name="scripts">Whether the page may run scripts: in one that may not, nothing that axe awaits ever comes.</param>
    public static async Task ShouldBeSoundAsync(this IPage page, string name, bool scripts = true)
    {
        var width = page.ViewportSize!.Width;
        // A click does not wait until all of the next page is there.
        await page.WaitForLoadStateAsync(LoadState.Load);
        if (Environment.GetEnvironmentVariable("RECIPES_SCREENSHOTS") is { Length: > 0 } folder)
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{name}-{width}.png"), FullPage = true });
        (await page.EvaluateAsync<string[]>(Script, width)).ShouldBeEmpty($"{page.Url} at {width} px");
        if (scripts)
            await page.ShouldBeAccessibleAsync();
    }

    /// <summary>Checks the page that is open by the rules of axe.</summary>
    /// <param name="except">Selector of a part that is not ours; null for none.</param>
    public static async Task ShouldBeAccessibleAsync(this IPage page, string? except = null)
    {
        await page.EvaluateAsync(await s_axe.Value);
        (await page.EvaluateAsync<string[]>(Axe, except).WaitAsync(TimeSpan.FromMinutes(1))).ShouldBeEmpty($"{page.Url} at {page.ViewportSize!.Width} px, by the rules of axe");
    }
}
