using System.Net;
using System.Net.Http.Json;

namespace Recipes.Web.Tests;

[Collection(SiteCollection.Name)]
public sealed class UserTests(Site site)
{
    [Fact]
    public async Task A_user_sees_nothing_of_anothers_connections()
    {
        var key = await site.NewDefinitionAsync();
        var (_, _, one) = await site.NewUserAsync("createConnections");
        var (_, token, other) = await site.NewUserAsync("createConnections");
        var made = await (await one.PostAsJsonAsync("/api/connections", new { definition = key, fields = new { username = site.App.Username, password = site.App.Password } })).JsonAsync();
        var path = $"/api/connections/{made.Text("id")}";

        (await other.GetAsync(path)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await other.PostAsync($"{path}/test", null)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await other.PostAsync($"{path}/disconnect", null)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await other.PostAsJsonAsync($"{path}/authorize", new { })).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await (await other.GetAsync("/api/connections")).JsonAsync()).GetArrayLength().ShouldBe(0);
        var browser = await site.Browser().SignInAsync(token);
        (await browser.Http.GetAsync($"/connections/{made.Text("id")}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await browser.Http.GetAsync($"/connect/{key}?connection={made.Text("id")}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await one.GetAsync(path)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task What_takes_a_privilege_is_refused_without_it()
    {
        var key = await site.NewDefinitionAsync();
        var (_, token, member) = await site.NewUserAsync("createConnections");

        (await member.GetAsync("/api/users")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await member.PostAsJsonAsync("/api/users", new { id = "x" })).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await member.PostAsJsonAsync("/api/users/operator/tokens", new { label = "mine" })).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await member.PostAsJsonAsync("/api/connection-definitions", new { key = Site.NewKey(), connector = "basic" })).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await member.PostAsJsonAsync("/api/connections", new { definition = key, owner = "organisation" })).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        var browser = await site.Browser().SignInAsync(token);
        (await browser.Http.GetAsync($"/connect/{key}?owner=organisation")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await browser.Http.GetAsync("/connections/new?connector=basic&scheme=basic")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Nobody_gives_away_more_than_they_have()
    {
        var (_, _, manager) = await site.NewUserAsync("manageUsers", "actAsOtherUser");

        (await manager.PostAsJsonAsync("/api/users", new { id = Site.NewKey(), privileges = new[] { "operator" } })).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await manager.PostAsJsonAsync("/api/users/operator/tokens", new { label = "theirs" })).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await manager.PostAsJsonAsync("/api/users", new { id = Site.NewKey(), privileges = Array.Empty<string>() })).StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task A_user_there_is_already_is_not_made_again()
    {
        var (id, _, _) = await site.NewUserAsync();

        (await site.Operator.PostAsJsonAsync("/api/users", new { id })).StatusCode.ShouldBe(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task A_bad_user_is_refused_with_every_fault()
    {
        var answer = await site.Operator.PostAsJsonAsync("/api/users", new { id = "a b", privileges = new[] { "member", "root" } });

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.JsonAsync()).ErrorPaths().ShouldBe(["id", "privileges[1]"]);
    }
}
