using System.Net;
using Microsoft.Playwright;

namespace Recipes.Host.Tests.Runs;

/// <summary>What people do with runs on their pages.</summary>
public sealed class RunPageTests(SalesTeam team) : IClassFixture<SalesTeam>
{
    private Workplace Place => team.Place;

    [CrmBrowserTheory]
    [InlineData(1280)]
    [InlineData(390)]
    public async Task A_held_run_is_explained_and_dropped_and_a_failed_one_is_tried_again(int width)
    {
        var old = Place.Crm.PasswordOf("manager");
        (await Place.As("manager").PostAsync($"/api/connections/{team.Basic}/test")).Is(HttpStatusCode.OK);
        await Place.Crm.ChangePasswordAsync("manager", Canaries.NewSecret($"another password of the manager, {width}"));
        var held = (string?)(await Place.As("manager").CallAsync("list-opportunities", new { })).Is(HttpStatusCode.Accepted)["runId"];
        var failed = (string?)(await Place.As("rep-one").CallAsync("read-forecast", new { })).Is(HttpStatusCode.OK)["runId"];
        await using var browser = await Browser.NewPageAsync(width, 844);
        var page = browser.Page;
        await page.GotoAsync($"{Place.Address}runs/{held}");
        await page.GetByLabel("API token").FillAsync(Place.Operator.Token!);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();

        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "It is held at step" })).ToBeVisibleAsync();
        await page.ShouldBeSoundAsync("run-held");
        await page.GotoAsync($"{Place.Address}runs?status=held");
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "Drop all of them" })).ToBeVisibleAsync();
        await page.ShouldBeSoundAsync("runs-held");
        var forged = await page.EvaluateAsync<int>($"fetch('/runs/{held}/cancel', {{ method: 'POST' }}).then(r => r.status)");
        await page.GotoAsync($"{Place.Address}runs/{held}");
        await page.GetByRole(AriaRole.Button, new() { Name = "Drop it" }).ClickAsync();
        await Assertions.Expect(page.Locator("main .badge").First).ToHaveTextAsync("Cancelled");
        await page.GotoAsync($"{Place.Address}runs/{failed}");
        await page.GetByText("With other inputs").ClickAsync();
        await page.GetByLabel("as JSON").FillAsync("no JSON");
        await page.GetByRole(AriaRole.Button, new() { Name = "again" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("This is no JSON");
        await page.ShouldBeSoundAsync("run-failed");
        await page.GetByLabel("as JSON").FillAsync("");
        await page.GetByRole(AriaRole.Button, new() { Name = "again" }).ClickAsync();
        await Waiting.UntilAsync(async () => (await Place.Operator.GetAsync($"/api/runs/{failed}"))["journal"]!.AsArray().Count(e => (string?)e!["outcome"] == "Failed") == 2);

        forged.ShouldBe(400);
        await Place.Crm.ChangePasswordAsync("manager", old);
    }
}
