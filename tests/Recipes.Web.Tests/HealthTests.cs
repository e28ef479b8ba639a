using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Recipes.Web.Tests;

/// <summary>What needs somebody, over a whole list of connections.</summary>
[Collection(SiteCollection.Name)]
public sealed class HealthTests(Site site)
{
    [Fact]
    public async Task What_is_broken_is_found_by_what_it_needs_and_is_gone_once_it_works()
    {
        var (key, user) = (await site.NewDefinitionAsync(), await site.NewUserAsync("createConnections"));
        var browser = await site.Browser().SignInAsync(user.Token);
        var id = await ConnectAsync(user.Program, key, Canaries.NewSecret("a wrong password"));
        var calm = await HealthAsync(user.Program);
        // The first refusal makes it suspect, the second confirms it.
        await user.Program.PostAsync($"/api/connections/{id}/test", null);
        var suspect = await HealthAsync(user.Program);
        await user.Program.PostAsync($"/api/connections/{id}/test", null);

        var broken = await HealthAsync(user.Program);
        var page = await browser.OpenAsync("/connections/health");
        await user.Program.PostAsJsonAsync($"/api/connections/{id}/authorize", new { fields = new { username = site.App.Username, password = site.App.Password } });
        await user.Program.PostAsync($"/api/connections/{id}/test", null);
        var healed = await HealthAsync(user.Program);
        var well = await browser.OpenAsync("/connections/health");

        calm.GetProperty("needPerson").GetInt32().ShouldBe(0);
        suspect.GetProperty("needPerson").GetInt32().ShouldBe(0);
        suspect.GetProperty("groups")[0].Text("attention").ShouldBe("beingChecked");
        broken.GetProperty("needPerson").GetInt32().ShouldBe(1);
        var group = broken.GetProperty("groups").EnumerateArray().ShouldHaveSingleItem();
        (group.Text("attention"), group.GetProperty("needsPerson").GetBoolean(), group.GetProperty("count").GetInt32()).ShouldBe(("reauthorise", true, 1));
        group.GetProperty("newest")[0].Text("id").ShouldBe(id);
        broken.GetProperty("definitions").EnumerateArray().Single(d => d.Text("definition") == key).GetProperty("red").GetInt32().ShouldBe(1);
        page.QuerySelector("nav a[href='/connections/health'] .count")!.TextContent.ShouldStartWith("1");
        page.QuerySelector("#reauthorise")!.TextContent.ShouldStartWith("To re-authorise");
        page.QuerySelector($"td.act a[href='/connect/{key}?connection={id}']").ShouldNotBeNull();
        healed.GetProperty("needPerson").GetInt32().ShouldBe(0);
        well.QuerySelector("[role=status]")!.TextContent.ShouldContain("Everything works");
        well.QuerySelector("nav .count").ShouldBeNull();
    }

    [Fact]
    public async Task A_long_list_is_read_page_by_page()
    {
        var (key, user) = (await site.NewDefinitionAsync(), await site.NewUserAsync("createConnections"));
        var browser = await site.Browser().SignInAsync(user.Token);
        List<string> made = [];
        for (var i = 0; i < 53; i++)
            made.Add((await (await user.Program.PostAsJsonAsync("/api/connections", new { definition = key, displayName = $"Account {i:00}", fields = new { username = $"u{i}", password = "a password" } })).JsonAsync()).Text("id"));

        List<string> seen = [];
        var pages = 0;
        for (var address = $"/api/connections?definition={key}&limit=20"; address is not null; pages++)
        {
            var answer = await user.Program.GetAsync(address);
            seen.AddRange((await answer.JsonAsync()).EnumerateArray().Select(c => c.Text("id")));
            address = answer.Headers.TryGetValues("Link", out var link) ? link.Single().Split('>')[0].TrimStart('<') : null;
        }

        var first = await browser.OpenAsync("/connections");
        var second = await browser.OpenAsync(first.QuerySelector("a[rel=next]")!.GetAttribute("href")!);
        var found = await browser.OpenAsync("/connections?q=ACCOUNT%2052&health=yellow");

        (pages, seen.Count).ShouldBe((3, 53));
        seen.Order().ShouldBe(made.Order());
        first.QuerySelector("main [role=status]")!.TextContent.ShouldBe("53 connections, 1 to 50 shown");
        first.QuerySelectorAll("tbody tr").Length.ShouldBe(50);
        second.QuerySelectorAll("tbody tr .main a").Select(a => a.TextContent).ShouldBe(["Account 50", "Account 51", "Account 52"]);
        second.QuerySelector("a[rel=prev]")!.GetAttribute("href").ShouldBe("/connections");
        found.QuerySelectorAll("tbody tr .main a").Select(a => a.TextContent).ShouldBe(["Account 52"]);
        (await user.Program.GetAsync("/api/connections?limit=0")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await user.Program.GetAsync("/api/connections?attention=nothing")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_connection_says_since_when_and_what_happened_and_the_log_goes_on_page_by_page()
    {
        var (key, user) = (await site.NewDefinitionAsync(), await site.NewUserAsync("createConnections"));
        var browser = await site.Browser().SignInAsync(user.Token);
        var id = await ConnectAsync(user.Program, key, site.App.Password);
        for (var i = 0; i < 25; i++)
            await user.Program.PostAsync($"/api/connections/{id}/test", null);

        var page = await browser.OpenAsync($"/connections/{id}");
        var older = await browser.OpenAsync(page.QuerySelector(".after-list a")!.GetAttribute("href")!);
        var log = await (await user.Program.GetAsync($"/api/connections/{id}/log?limit=10")).JsonAsync();
        var next = await (await user.Program.GetAsync($"/api/connections/{id}/log?limit=200&before={log.GetProperty("next").GetInt64()}")).JsonAsync();
        var history = await (await user.Program.GetAsync($"/api/connections/{id}/history?days=7")).JsonAsync();

        page.QuerySelector(".since")!.TextContent.ShouldStartWith("So since");
        page.QuerySelectorAll(".log tbody tr").Length.ShouldBe(20);
        page.QuerySelectorAll(".history svg g").Length.ShouldBe(30);
        page.QuerySelectorAll(".history svg [style], .history svg script").ShouldBeEmpty();
        page.QuerySelectorAll(".history svg rect.h-yellow").Length.ShouldBe(1);
        page.QuerySelectorAll("table.figures tbody tr").Length.ShouldBe(30);
        older.QuerySelectorAll(".log tbody tr td.main").Select(c => c.TextContent).Last().ShouldBe("Created");
        (log.GetProperty("entries").GetArrayLength() + next.GetProperty("entries").GetArrayLength()).ShouldBe(27);
        next.TryGetProperty("next", out _).ShouldBeFalse();
        var probed = log.GetProperty("entries")[0];
        (probed.Text("event"), probed.GetProperty("by").Text("kind"), probed.GetProperty("by").Text("name"), probed.Text("requestLine")).ShouldBe(("probed", "person", user.Id, $"GET {site.App.Address}"));
        history.GetArrayLength().ShouldBe(7);
        history[6].GetProperty("health").GetProperty("yellow").GetDouble().ShouldBeInRange(0, 1);
        history[0].GetProperty("health").EnumerateObject().ShouldBeEmpty();
    }

    [Fact]
    public async Task Somebody_elses_connection_has_neither_log_nor_uses_and_is_not_removed()
    {
        var key = await site.NewDefinitionAsync();
        var id = await ConnectAsync(site.Operator, key, site.App.Password);
        var (_, token, stranger) = await site.NewUserAsync("createConnections");
        var browser = await site.Browser().SignInAsync(token);

        foreach (var path in new[] { "log", "history", "uses" })
            (await stranger.GetAsync($"/api/connections/{id}/{path}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        foreach (var path in new[] { "", "/log", "/delete", "/disconnect" })
            (await browser.Http.GetAsync($"/connections/{id}{path}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await stranger.DeleteAsync($"/api/connections/{id}?force=true")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await stranger.DeleteAsync($"/api/connection-definitions/{key}?force=true")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await browser.Http.GetAsync($"/connections/definitions/{key}/delete")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);

        (await site.Operator.GetAsync($"/api/connections/{id}")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task What_kind_of_account_it_is_can_be_said_on_its_page_and_by_programs()
    {
        var key = await site.NewDefinitionAsync();
        var id = await ConnectAsync(site.Operator, key, site.App.Password);
        var browser = await site.Browser().SignInAsync(site.OperatorToken);

        var saved = await browser.SendFormAsync($"/connections/{id}", new() { ["environment"] = "Sandbox", ["accountKind"] = "Service" }, $"/connections/{id}/describe");
        var said = await (await site.Operator.GetAsync($"/api/connections/{id}")).JsonAsync();
        var changed = await (await site.Operator.PatchAsJsonAsync($"/api/connections/{id}", new { environment = "production" })).JsonAsync();

        saved.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        (said.Text("environment"), said.Text("accountKind")).ShouldBe(("sandbox", "service"));
        (changed.Text("environment"), changed.Text("accountKind")).ShouldBe(("production", "service"));
        changed.GetProperty("fields").Text("username").ShouldBe(site.App.Username);
    }

    [Fact]
    public async Task After_the_form_of_a_password_the_browser_goes_to_the_definitions_own_address()
    {
        var key = await site.NewDefinitionAsync();
        var browser = await site.Browser().SignInAsync(site.OperatorToken);
        var elsewhere = "https://shop.example:8443/done";
        var set = await browser.SendFormAsync($"/connections/definitions/{key}", new() { ["successAddress"] = elsewhere, ["checkEvery"] = "3600" }, $"/connections/definitions/{key}/settings");
        var wrong = await browser.SendFormAsync($"/connections/definitions/{key}", new() { ["successAddress"] = "ftp://x", ["checkEvery"] = "3600" }, $"/connections/definitions/{key}/settings");
        var page = await browser.Http.GetAsync($"/connect/{key}");

        var refused = await browser.SendFormAsync($"/connect/{key}", new() { ["field.username"] = site.App.Username, ["field.password"] = "not it" });
        var done = await browser.SendFormAsync(await browser.OpenAsync($"/connect/{key}?recipe=r"), new() { ["field.username"] = site.App.Username, ["field.password"] = site.App.Password });

        set.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        wrong.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await wrong.TextAsync()).ShouldContain("id=\"success-address-fault\"");
        // Chromium applies form-action to the redirect after a form as well.
        page.Headers.GetValues("Content-Security-Policy").Single().ShouldEndWith("form-action 'self' https://shop.example:8443");
        refused.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        done.Headers.Location!.AbsoluteUri.ShouldStartWith($"{elsewhere}?connection=");
        done.Headers.Location.Query.ShouldEndWith("recipe=r");
        (await (await site.Operator.GetAsync($"/api/connection-definitions/{key}")).JsonAsync()).GetProperty("checkEvery").GetInt64().ShouldBe(3600);
    }

    private async Task<JsonElement> HealthAsync(HttpClient program) => await (await program.GetAsync("/api/connection-health")).JsonAsync();

    private async Task<string> ConnectAsync(HttpClient program, string key, string password) =>
        (await (await program.PostAsJsonAsync("/api/connections", new { definition = key, fields = new { username = site.App.Username, password } })).JsonAsync()).Text("id");
}
