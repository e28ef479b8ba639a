using System.Net;
using Microsoft.Playwright;

namespace Recipes.Host.Tests;

/// <summary>The page on which a recipe begins.</summary>
public sealed class NewRecipeTests
{
    [BrowserFact]
    public async Task A_recipe_begins_with_its_name_and_what_starts_it_and_what_is_missing_is_asked_for()
    {
        await using var place = await Workplace.StartAsync();
        await using var browser = await Browser.NewPageAsync(390);
        await place.SignInAsync(browser.Page, "/recipes");
        await browser.Page.GetByRole(AriaRole.Link, new() { Name = "New recipe" }).ClickAsync();

        await browser.Page.GetByLabel("Name").FillAsync("   ");
        await browser.Page.GetByLabel("What it is for").FillAsync("Greets the early birds");
        await browser.Page.GetByLabel("The time").CheckAsync();
        await browser.Page.GetByRole(AriaRole.Button, new() { Name = "Open in the designer" }).ClickAsync();
        await Assertions.Expect(browser.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Give it a name");
        await browser.Page.ShouldBeSoundAsync("new-recipe-refused");
        await Assertions.Expect(browser.Page.GetByLabel("The time")).ToBeCheckedAsync();
        await browser.Page.GetByLabel("Name").FillAsync("Morning greeting");
        await browser.Page.GetByRole(AriaRole.Button, new() { Name = "Open in the designer" }).ClickAsync();
        await browser.Page.WaitForURLAsync("**/studio/recipes/morning-greeting");

        var made = await new Designer(place.Operator).OpenAsync("morning-greeting");
        ((string?)made["name"], (string?)made["description"]).ShouldBe(("Morning greeting", "Greets the early birds"));
        ((string?)made["root"]!["activities"]!.AsArray().ShouldHaveSingleItem()!["type"]).ShouldBe("Recipes.Schedule");
    }

    [Fact]
    public async Task Who_may_not_change_recipes_begins_none()
    {
        await using var place = await Workplace.StartAsync();
        await place.AddUserAsync("reader");

        (await place.As("reader").GetAsync("/new-recipe")).Status.ShouldBe(HttpStatusCode.Forbidden);
    }
}
