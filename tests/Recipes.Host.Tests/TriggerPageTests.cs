using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using Microsoft.Playwright;

namespace Recipes.Host.Tests;

/// <summary>Triggers on pages: switched with and without scripts, on a desk and on a phone.</summary>
public sealed class TriggerPageTests
{
    [Fact]
    public async Task A_person_without_scripts_switches_a_webhook_on_reads_its_secret_once_and_switches_it_off()
    {
        await using var place = await Workplace.StartAsync(settings: TriggerPlace.ByHand);
        place.SaveRecipe("signed", TriggerPlace.Recipe("signed", "Recipes.Webhook", ""));
        var person = await place.PersonAsync("operator");

        using var on = await person.SendFormAsync("/recipes/signed", selector: "form[action$='/trigger/on']");
        on.StatusCode.ShouldBe(HttpStatusCode.OK);
        var told = new AngleSharp.Html.Parser.HtmlParser().ParseDocument(await on.Content.ReadAsStringAsync());
        var secret = told.QuerySelector<IHtmlInputElement>("#webhook-secret")!.Value;
        var page = await person.OpenAsync("/recipes/signed");
        var address = page.QuerySelector<IHtmlInputElement>("#webhook-address")!.Value;
        using var off = await person.SendFormAsync("/recipes/signed", selector: "form[action$='/trigger/off']");

        secret.ShouldStartWith("whsec_");
        address.ShouldBe(told.QuerySelector<IHtmlInputElement>("#webhook-address")!.Value);
        page.DocumentElement.OuterHtml.ShouldNotContain(secret);
        page.QuerySelector("#trigger .badge")!.TextContent.ShouldBe("On");
        off.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        (await person.OpenAsync("/recipes/signed")).QuerySelector("#trigger .badge")!.TextContent.ShouldBe("Off");
    }

    [Fact]
    public async Task Whoever_may_not_switch_it_sees_its_state_and_no_buttons()
    {
        await using var place = await Workplace.StartAsync(settings: TriggerPlace.ByHand);
        await place.AddUserAsync("member", "createConnections");
        place.SaveRecipe("open", TriggerPlace.Recipe("open", "Recipes.Webhook", ", \"proof\": \"none\""));
        await place.SwitchOnAsync("open");

        var page = await (await place.PersonAsync("member")).OpenAsync("/recipes/open");

        page.QuerySelector("#trigger .badge")!.TextContent.ShouldBe("On");
        page.QuerySelectorAll("#trigger form, #webhook-address").ShouldBeEmpty();
    }

    [BrowserTheory]
    [InlineData(1280)]
    [InlineData(360)]
    public async Task The_pages_are_sound_in_every_state(int width)
    {
        await using var place = await Workplace.StartAsync(settings: TriggerPlace.ByHand);
        place.SaveRecipe("hourly", TriggerPlace.Recipe("hourly", "Recipes.Schedule", ", \"cron\": \"0 * * * *\""));
        place.SaveRecipe("signed", TriggerPlace.Recipe("signed", "Recipes.Webhook", ""));
        place.SaveRecipe("watch", TriggerPlace.Recipe("watch", "Recipes.ConnectionEvent", ""));
        await using var browser = await Browser.NewPageAsync(width, 844);
        var page = browser.Page;
        await page.GotoAsync($"{place.Address}recipes/hourly");
        await page.GetByLabel("API token").FillAsync(place.Operator.Token!);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();

        await page.ShouldBeSoundAsync("trigger-off");
        await page.GetByRole(AriaRole.Button, new() { Name = "Switch on" }).ClickAsync();
        await Assertions.Expect(page.Locator("#trigger .badge")).ToHaveTextAsync("On");
        await page.GetByRole(AriaRole.Button, new() { Name = "Run now" }).ClickAsync();
        await Assertions.Expect(page.Locator("#trigger")).ToContainTextAsync("1 run was started.");
        await page.ShouldBeSoundAsync("trigger-on");
        await page.GotoAsync($"{place.Address}recipes/signed");
        await page.GetByRole(AriaRole.Button, new() { Name = "Switch on" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Switched on");
        await page.ShouldBeSoundAsync("trigger-secret");
        await page.GetByRole(AriaRole.Link, new() { Name = "To the recipe" }).ClickAsync();
        await page.ShouldBeSoundAsync("trigger-webhook");
        place.SaveRecipe("hourly", TriggerPlace.Recipe("hourly", "Recipes.ConnectionEvent", ""));
        await place.SweepAsync();
        await page.GotoAsync($"{place.Address}recipes/hourly");
        await Assertions.Expect(page.Locator("#trigger .badge")).ToHaveTextAsync("Paused");
        await page.ShouldBeSoundAsync("trigger-paused");
        await page.GotoAsync($"{place.Address}triggers");

        await page.ShouldBeSoundAsync("triggers");
        (await page.Locator("table.list tbody tr").CountAsync()).ShouldBe(3);
        await page.GotoAsync($"{place.Address}recipes");
        await page.ShouldBeSoundAsync("recipes-with-triggers");
    }
}
