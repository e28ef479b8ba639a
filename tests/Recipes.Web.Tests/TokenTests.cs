using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Recipes.Web.Tests;

[Collection(SiteCollection.Name)]
public sealed class TokenTests(Site site)
{
    [Fact]
    public async Task A_revoked_token_is_refused_at_once()
    {
        var (id, token, member) = await site.NewUserAsync();
        (await member.GetAsync("/api/me")).StatusCode.ShouldBe(HttpStatusCode.OK);
        var listed = (await TokensAsync(site.Operator, id)).ShouldHaveSingleItem();
        var path = $"/api/users/{id}/tokens/{listed.Text("id")}";

        (await site.Operator.DeleteAsync(path)).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        (await member.GetAsync("/api/me")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await site.Browser().Http.PostAsync("/sign-in", new FormUrlEncodedContent([new("token", token)]))).IsSuccessStatusCode.ShouldBeFalse();
        (await site.Operator.DeleteAsync(path)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await TokensAsync(site.Operator, id)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_list_of_tokens_shows_what_tells_them_apart_and_nothing_else()
    {
        var (id, token, _) = await site.NewUserAsync();

        var answer = await site.Operator.GetAsync($"/api/users/{id}/tokens");

        (await answer.TextAsync()).ShouldNotContain(token);
        var listed = (await answer.JsonAsync()).EnumerateArray().ShouldHaveSingleItem();
        listed.EnumerateObject().Select(p => p.Name).ShouldBe(["id", "label", "createdAt"], ignoreOrder: true);
        listed.Text("label").ShouldBe("test");
    }

    [Fact]
    public async Task Ones_own_tokens_take_no_privilege()
    {
        var (id, _, member) = await site.NewUserAsync([]);
        var tokens = $"/api/users/{id}/tokens";

        var made = await member.PostAsJsonAsync(tokens, new { label = "second" });

        made.StatusCode.ShouldBe(HttpStatusCode.Created);
        var second = await made.JsonAsync();
        (await TokensAsync(member, id)).Select(t => t.Text("label")).ShouldBe(["test", "second"], ignoreOrder: true);
        (await member.DeleteAsync($"{tokens}/{second.Text("id")}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await site.Program(second.Text("token")).GetAsync("/api/me")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task The_tokens_of_others_take_a_privilege()
    {
        var (id, _, other) = await site.NewUserAsync();
        var (own, _, member) = await site.NewUserAsync();
        var theirs = (await TokensAsync(other, id)).Single().Text("id");

        (await member.GetAsync($"/api/users/{id}/tokens")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await member.DeleteAsync($"/api/users/{id}/tokens/{theirs}")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await member.DeleteAsync($"/api/users/{own}/tokens/{theirs}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await other.GetAsync("/api/me")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task There_are_no_tokens_of_a_user_that_is_not_there()
    {
        (await site.Operator.GetAsync("/api/users/nobody/tokens")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await site.Operator.DeleteAsync($"/api/users/nobody/tokens/{Guid.NewGuid()}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("manageUsers")]
    [InlineData("actAsOtherUser")]
    public async Task Making_a_token_of_another_takes_managing_users_and_acting_as_them_both(string only)
    {
        var (id, _, _) = await site.NewUserAsync([]);
        var (_, _, half) = await site.NewUserAsync(only);
        var (_, _, whole) = await site.NewUserAsync("manageUsers", "actAsOtherUser");

        var refused = await half.PostAsJsonAsync($"/api/users/{id}/tokens", new { label = "theirs" });

        refused.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await refused.JsonAsync()).Text("detail").ShouldContain("manageUsers and actAsOtherUser");
        (await whole.PostAsJsonAsync($"/api/users/{id}/tokens", new { label = "theirs" })).StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    private static async Task<List<JsonElement>> TokensAsync(HttpClient program, string id) =>
        [.. (await (await program.GetAsync($"/api/users/{id}/tokens")).JsonAsync()).EnumerateArray()];
}
