using System.Net;
using System.Net.Http.Json;

namespace Recipes.Web.Tests;

[Collection(SiteCollection.Name)]
public sealed class DefinitionTests(Site site)
{
    [Fact]
    public async Task A_definition_is_changed_in_what_is_given_and_shows_no_secret()
    {
        var key = await NewOAuthDefinitionAsync();
        var (_, _, member) = await site.NewUserAsync("createConnections");
        var path = $"/api/connection-definitions/{key}";

        var changed = await site.Operator.PatchAsJsonAsync(path, new { clientSecret = Canaries.NewSecret("client secret"), scopes = new[] { "a" }, runtimeUser = "optional" });
        var wrong = await site.Operator.PatchAsJsonAsync(path, new { clientId = "", scopes = new[] { "a b", null }, presets = new { baseUrl = site.App.Address, nothing = "x" } });
        var misspelt = await site.Operator.PatchAsJsonAsync(path, new { connector = "basic" });
        var forbidden = await member.PatchAsJsonAsync(path, new { displayName = "Mine" });
        var missing = await site.Operator.PatchAsJsonAsync("/api/connection-definitions/nothing-of-the-kind", new { displayName = "x" });

        changed.StatusCode.ShouldBe(HttpStatusCode.OK);
        Canaries.FindIn(await changed.TextAsync()).ShouldBeEmpty();
        var after = await (await site.Operator.GetAsync(path)).JsonAsync();
        (after.Text("clientId"), after.Text("runtimeUser"), after.Text("displayName")).ShouldBe(("recipes", "optional", "Tickets"));
        (after.GetProperty("hasClientSecret").GetBoolean(), after.GetProperty("scopes")[0].GetString(), after.GetProperty("presets").EnumerateObject().Count()).ShouldBe((true, "a", 3));
        wrong.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await wrong.JsonAsync()).ErrorPaths().ShouldBe(["clientId", "scopes.0", "scopes.1", "presets.nothing", "presets.tokenEndpoint", "clientSecret"], ignoreOrder: true);
        misspelt.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        forbidden.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        missing.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task An_address_stays_while_a_connection_holds_a_credential()
    {
        var key = await site.NewDefinitionAsync();
        var id = await ConnectAsync(key);

        var moved = await site.Operator.PatchAsJsonAsync($"/api/connection-definitions/{key}", new { presets = new { baseUrl = "https://elsewhere.example/" } });
        (await site.Operator.PostAsync($"/api/connections/{id}/disconnect", null)).EnsureSuccessStatusCode();
        var later = await site.Operator.PatchAsJsonAsync($"/api/connection-definitions/{key}", new { presets = new { baseUrl = "https://elsewhere.example/" } });

        moved.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await moved.JsonAsync()).Text("detail").ShouldContain("holds a credential");
        later.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task The_client_is_replaced_on_the_page_by_those_who_may()
    {
        var key = await NewOAuthDefinitionAsync();
        var path = $"/connections/definitions/{key}";
        var browser = await site.Browser().SignInAsync(site.OperatorToken);
        var (_, token, _) = await site.NewUserAsync("createConnections");
        var member = await site.Browser().SignInAsync(token);

        var bad = await browser.SendFormAsync(path, new() { ["clientId"] = " ", ["clientSecret"] = Canaries.NewSecret("client secret") });
        var good = await browser.SendFormAsync(path, new() { ["clientId"] = "another", ["clientSecret"] = Canaries.NewSecret("client secret") });

        bad.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        var page = await bad.TextAsync();
        page.ShouldContain("class=\"fault\"");
        Canaries.FindIn(page).ShouldBeEmpty();
        good.Headers.Location!.ToString().ShouldBe(path);
        var shown = await browser.OpenAsync(path);
        shown.QuerySelector("#client-id")!.GetAttribute("value").ShouldBe("another");
        shown.QuerySelector("#client-secret")!.HasAttribute("value").ShouldBeFalse();
        (await member.OpenAsync(path)).QuerySelector("#client-secret").ShouldBeNull();
    }

    [Fact]
    public async Task Another_connection_is_made_the_default()
    {
        var key = await site.NewDefinitionAsync();
        var only = await ConnectAsync(key);
        var browser = await site.Browser().SignInAsync(site.OperatorToken);
        var (_, _, stranger) = await site.NewUserAsync("createConnections");
        var alone = await browser.Http.GetStringAsync($"/connections/{only}");
        var second = await ConnectAsync(key);

        var denied = await stranger.PostAsync($"/api/connections/{second}/default", null);
        var made = await (await site.Operator.PostAsync($"/api/connections/{second}/default", null)).JsonAsync();
        var pressed = await browser.SendFormAsync($"/connections/{only}", action: $"/connections/{only}/default");

        alone.ShouldNotContain("Make default");
        denied.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        made.GetProperty("isDefault").GetBoolean().ShouldBeTrue();
        pressed.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        (await (await site.Operator.GetAsync($"/api/connections/{only}")).JsonAsync()).GetProperty("isDefault").GetBoolean().ShouldBeTrue();
        (await (await site.Operator.GetAsync($"/api/connections/{second}")).JsonAsync()).GetProperty("isDefault").GetBoolean().ShouldBeFalse();
        (await browser.Http.GetStringAsync($"/connections/{only}")).ShouldNotContain("Make default");
    }

    private async Task<string> NewOAuthDefinitionAsync()
    {
        var key = Site.NewKey();
        var presets = new { baseUrl = site.App.Address, authorizationEndpoint = site.App.Address, tokenEndpoint = site.App.Address };
        (await site.Operator.PostAsJsonAsync("/api/connection-definitions", new { key, displayName = "Tickets", connector = "oauth2", scheme = "oauth2", clientId = "recipes", clientSecret = Canaries.NewSecret("client secret"), presets })).EnsureSuccessStatusCode();
        return key;
    }

    private async Task<string> ConnectAsync(string key)
    {
        var made = await site.Operator.PostAsJsonAsync("/api/connections", new { definition = key, owner = "organisation", fields = new { username = site.App.Username, password = site.App.Password } });
        return (await made.JsonAsync()).Text("id");
    }
}
