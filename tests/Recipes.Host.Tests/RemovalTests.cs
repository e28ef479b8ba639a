using System.Net;

namespace Recipes.Host.Tests;

/// <summary>Connections and definitions that recipes use are removed on purpose only, and the recipes say what they lack.</summary>
public sealed class RemovalTests(SalesTeam team) : IClassFixture<SalesTeam>
{
    private Workplace Place => team.Place;

    [CrmFact]
    public async Task A_connection_in_use_is_removed_on_purpose_only_and_its_recipe_says_what_it_lacks()
    {
        var run = (await Place.As("rep-one").CallAsync("log-activity", new { text = "Before it is gone" })).Is(HttpStatusCode.OK);
        var id = team.RepOnes;
        using var person = await Place.PersonAsync("rep-one");

        var uses = (await Place.As("rep-one").GetAsync($"/api/connections/{id}/uses")).Is(HttpStatusCode.OK);
        var refused = (await DeleteAsync("rep-one", $"/api/connections/{id}")).Is(HttpStatusCode.Conflict);
        var asked = await person.OpenAsync($"/connections/{id}/delete");
        var stays = await Place.As("rep-one").GetAsync($"/api/connections/{id}");
        var forced = (await DeleteAsync("rep-one", $"/api/connections/{id}?force=true")).Is(HttpStatusCode.OK);

        uses["recipes"]!.AsArray().Select(r => (string)r!["id"]!).ShouldContain("create-opportunity");
        refused["uses"]!["recipes"]!.AsArray().Select(r => (string)r!["name"]!).ShouldContain("Create opportunity");
        refused.Detail!.ShouldContain("Add ?force=true");
        asked.QuerySelector("#in-use")!.TextContent.ShouldContain("in use by");
        asked.QuerySelectorAll(".card a").Select(a => a.GetAttribute("href")).ShouldContain("/recipes/create-opportunity");
        stays.Is(HttpStatusCode.OK);
        ((string?)forced["status"]).ShouldBe("revoked");
        var needed = (await Place.As("rep-one").GetAsync("/api/recipes/create-opportunity/connections-needed")).Is(HttpStatusCode.OK);
        ((string?)needed.Json.AsArray().Single(n => (string)n!["key"]! == Keys.Required)!["missing"])!.ShouldContain("no connection");
        (await person.OpenAsync("/recipes/create-opportunity")).QuerySelector("#connections")!.ParentElement!.TextContent.ShouldContain("missing");
        (await Place.As("rep-one").GetAsync($"/api/runs/{run["runId"]}")).Is(HttpStatusCode.OK);
    }

    [CrmFact]
    public async Task The_last_runs_of_a_connection_are_told_with_it()
    {
        var run = (await Place.As("manager").CallAsync("whoami-by-key", new { })).Is(HttpStatusCode.OK);
        var connection = (await Place.As("manager").GetAsync($"/api/runs/{run["runId"]}"))["connections"]![0]!["connection"]!.ToString();

        var uses = (await Place.As("manager").GetAsync($"/api/connections/{connection}/uses")).Is(HttpStatusCode.OK);

        uses["runs"]!.AsArray().Select(r => (string)r!["id"]!).ShouldContain((string)run["runId"]!);
        uses["runs"]![0]!["isRunning"]!.GetValue<bool>().ShouldBeFalse();
    }

    [CrmFact]
    public async Task A_definition_in_use_is_removed_on_purpose_only_and_its_recipe_says_that_the_key_means_nothing()
    {
        using var person = await Place.PersonAsync("operator");

        var refused = (await DeleteAsync("operator", $"/api/connection-definitions/{Keys.Basic}")).Is(HttpStatusCode.Conflict);
        Place.SaveRecipe("by-password", RecipeFiles.Sequence("by-password", RecipeFiles.Notification("tell", Keys.Basic, "Hello")));
        var named = (await DeleteAsync("operator", $"/api/connection-definitions/{Keys.Basic}")).Is(HttpStatusCode.Conflict);
        var asked = await person.OpenAsync($"/connections/definitions/{Keys.Basic}/delete");
        var removed = (await DeleteAsync("operator", $"/api/connection-definitions/{Keys.Basic}?force=true")).Is(HttpStatusCode.OK);

        removed.Json.AsArray().ShouldBeEmpty("a password cannot be given back");
        refused.Detail!.ShouldContain("1 connected account and 1 recipe (List opportunities)");
        named.Detail!.ShouldContain("1 connected account and 2 recipes");
        named["uses"]!["recipes"]!.AsArray().Select(r => (string)r!["id"]!).ShouldContain("by-password");
        asked.QuerySelector("form.actions button")!.TextContent.ShouldBe("Delete it all the same");
        var needed = (await Place.As("manager").GetAsync("/api/recipes/by-password/connections-needed")).Is(HttpStatusCode.OK);
        ((string?)needed.Json[0]!["missing"])!.ShouldContain($"There is no connection definition '{Keys.Basic}'");
        (await person.OpenAsync("/recipes/by-password")).Body!.TextContent.ShouldContain($"There is no connection definition '{Keys.Basic}'");
        (await Place.As("manager").GetAsync($"/api/connections/{team.Basic}")).Is(HttpStatusCode.NotFound);
    }

    private Task<Answer> DeleteAsync(string user, string path) => Place.As(user).SendAsync(new HttpRequestMessage(HttpMethod.Delete, path));
}
