using System.Net;
using System.Text.Json.Nodes;

namespace Recipes.Host.Tests;

/// <summary>Which activities the designer offers, and in what order.</summary>
public sealed class ToolboxTests
{
    [Fact]
    public async Task Apps_that_are_set_up_come_after_the_engines_own_and_before_the_others()
    {
        await using var place = await Workplace.StartAsync();
        var before = Headings(await ReadAsync(place));

        await DefineAsync(place, "notion");
        var after = Headings(await ReadAsync(place));

        before.ShouldContain("Notion");
        before.TakeWhile(h => h.StartsWith("  ", StringComparison.Ordinal)).Select(h => h.Trim()).ShouldBe(["Branching", "Data", "Flow", "Looping", "Recipes", "Triggers"]);
        after.SkipWhile(h => h.StartsWith("  ", StringComparison.Ordinal)).First().ShouldBe(" Notion");
        after.ShouldNotContain("Notion");
    }

    [Fact]
    public async Task Of_the_built_in_apps_those_are_offered_that_the_settings_name_and_what_is_in_use_besides()
    {
        await using var place = await Workplace.StartAsync(settings: ["--OfferedConnectors:0", "slack"]);
        await DefineAsync(place, "notion");

        var toolbox = await ReadAsync(place);
        var browser = await place.PersonAsync("operator");
        var gallery = await browser.OpenAsync("/connectors");

        Headings(toolbox).Where(h => !h.StartsWith("  ", StringComparison.Ordinal)).ShouldBe([" Notion", "Slack"]);
        // A recipe that uses another one is drawn all the same.
        toolbox.ShouldContain(d => ((string)d!["typeName"]!).StartsWith("Github.", StringComparison.Ordinal) && !(bool)d["isBrowsable"]!);
        gallery.QuerySelectorAll("a[href^='/connectors/']").Select(a => a.GetAttribute("href")).Distinct().ShouldBe(["/connectors/notion", "/connectors/slack"]);
    }

    private static async Task<JsonArray> ReadAsync(Workplace place) => (await new Designer(place.Operator).GetAsync("/descriptors/activities")).Is(HttpStatusCode.OK)["items"]!.AsArray();

    private static List<string> Headings(JsonArray toolbox) => [.. toolbox.Where(d => (bool)d!["isBrowsable"]!).Select(d => (string)d!["category"]!).Distinct().Order(StringComparer.Ordinal)];

    private static async Task DefineAsync(Workplace place, string connector) =>
        (await place.Operator.PostAsync("/api/connection-definitions", new { key = connector, connector, scheme = "token" })).Is(HttpStatusCode.Created);
}
