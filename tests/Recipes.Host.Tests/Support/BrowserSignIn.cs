using Microsoft.Playwright;

namespace Recipes.Host.Tests;

internal static class BrowserSignIn
{
    /// <summary>Opens a page, and signs in on the way to it.</summary>
    public static async Task SignInAsync(this Workplace place, IPage page, string path, string user = "operator")
    {
        await page.GotoAsync(new Uri(place.Address, path).AbsoluteUri);
        await page.GetByLabel("API token").FillAsync(place.As(user).Token!);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Assertions.Expect(page).ToHaveURLAsync(new Uri(place.Address, path).AbsoluteUri);
    }
}
