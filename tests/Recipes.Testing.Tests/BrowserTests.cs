namespace Recipes.Testing.Tests;

public sealed class BrowserTests
{
    [BrowserFact]
    public async Task A_page_shows_what_went_wrong_on_it()
    {
        await using var nginx = await NginxServer.StartAsync();
        await using var page = await Browser.NewPageAsync(390, 844);

        await page.Page.GotoAsync(nginx.Address("/sign-in").ToString());
        await page.Page.EvaluateAsync("() => { console.error('deliberate'); return fetch('/missing/x').then(answer => answer.status); }");

        (await page.Page.TitleAsync()).ShouldBe("Sign in");
        (await page.Page.EvaluateAsync<int>("() => window.innerWidth")).ShouldBeGreaterThanOrEqualTo(390);
        page.ConsoleErrors.ShouldContain(error => error.Contains("deliberate", StringComparison.Ordinal));
        page.FailedRequests.ShouldContain($"GET {nginx.Address("/missing/x")}: 404");
    }

    [BrowserFact]
    public async Task The_consent_pages_need_nothing_from_outside()
    {
        await using var nginx = await NginxServer.StartAsync();
        await using var provider = await OidcProvider.StartAsync();
        await provider.SetRedirectUrisAsync("basic", nginx.Address("/sign-in").ToString());
        await using var page = await Browser.NewPageAsync();

        await page.Page.GotoAsync(
            $"{provider.AuthorizationEndpoint}?client_id=basic&response_type=code&scope=openid&state=s"
            + $"&redirect_uri={Uri.EscapeDataString(nginx.Address("/sign-in").ToString())}"
            + "&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256");
        await page.Page.FillAsync("input[name=login]", "carol");
        await page.Page.FillAsync("input[name=password]", "any");
        await page.Page.ClickAsync("button[type=submit]");
        await page.Page.ClickAsync("button[type=submit]:has-text('Continue')");
        await page.Page.WaitForURLAsync($"{nginx.Address("/sign-in")}?code=**");

        page.Requests.ShouldAllBe(address => address.StartsWith("http://127.0.0.1:", StringComparison.Ordinal));
        page.FailedRequests.Where(request => !request.Contains("favicon", StringComparison.Ordinal)).ShouldBeEmpty();
    }
}
