using Microsoft.Playwright;

namespace Recipes.Testing;

/// <summary>The system's Chromium, without a window; one for the whole test process, started with its first page.</summary>
public static class Browser
{
    /// <summary>How long a page may take until what is waited for shows, in milliseconds: on a busy machine browsers are slow.</summary>
    public const int Patience = 240_000;

    // As root there is no sandbox; the rest keeps it from the network and from graphics that are not there.
    private static readonly string[] s_arguments =
    [
        "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ];

    private static readonly Lazy<Task<IBrowser>> s_browser = new(LaunchAsync);

    /// <summary>A page in a browser profile of its own: no cookies, nothing cached.</summary>
    /// <param name="width">In CSS pixels; 390 by 844 is a phone.</param>
    /// <param name="scripts">Whether pages may run scripts of their own.</param>
    /// <param name="dark">Whether the reader likes dark pages.</param>
    /// <param name="zone">The reader's time zone; null means that of the machine.</param>
    public static async Task<BrowserPage> NewPageAsync(int width = 1280, int height = 800, bool scripts = true, bool dark = false, string? zone = null)
    {
        var browser = await s_browser.Value;
        var context = await browser.NewContextAsync(new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = width, Height = height },
            IsMobile = width < 600,
            HasTouch = width < 600,
            JavaScriptEnabled = scripts,
            ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light,
            TimezoneId = zone,
        });
        context.SetDefaultTimeout(Patience);
        return new BrowserPage(context, await context.NewPageAsync());
    }

    private static async Task<IBrowser> LaunchAsync()
    {
        // The package brings its own driver; only a browser would be downloaded, and never is.
        Environment.SetEnvironmentVariable("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
        var playwright = await Playwright.CreateAsync();
        Assertions.SetDefaultExpectTimeout(Patience);
        return await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Programs.Get("chromium"),
            Args = s_arguments,
            Headless = true,
        });
    }
}
