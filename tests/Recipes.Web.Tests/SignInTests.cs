using System.Net;
using System.Net.Http.Json;
using Recipes.Host;

namespace Recipes.Web.Tests;

[Collection(SiteCollection.Name)]
public sealed class SignInTests(Site site)
{
    [Fact]
    public async Task A_program_without_a_token_is_told_to_send_one()
    {
        var answer = await site.Program(null).GetAsync("/api/connections");

        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        answer.Headers.WwwAuthenticate.ToString().ShouldBe("Bearer");
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        (await answer.JsonAsync()).Text("type").ShouldBe("urn:recipes:problem:sign-in-needed");
    }

    [Theory]
    [InlineData("rcp_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("rcp_short")]
    [InlineData("something else")]
    public async Task An_unknown_token_is_refused(string token)
    {
        var answer = await site.Program(token).GetAsync("/api/me");

        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        answer.Headers.WwwAuthenticate.ToString().ShouldContain("invalid_token");
    }

    [Fact]
    public async Task A_token_says_who_the_caller_is()
    {
        var me = await (await site.Operator.GetAsync("/api/me")).JsonAsync();

        me.Text("id").ShouldBe("operator");
        me.GetProperty("privileges").EnumerateArray().Select(p => p.GetString()).ShouldContain("manageUsers");
    }

    [Fact]
    public async Task A_page_leads_to_sign_in_and_back_to_itself()
    {
        var browser = site.Browser();

        var sent = await browser.Http.GetAsync("/connections?health=red");
        sent.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        var back = await browser.SendFormAsync(sent.Headers.Location!.ToString(), new() { ["token"] = site.OperatorToken });

        back.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        back.Headers.Location!.ToString().ShouldBe("/connections?health=red");
        (await browser.Http.GetAsync("/connections?health=red")).StatusCode.ShouldBe(HttpStatusCode.OK);
        browser.Cookies.Single(c => c.Name == "recipes-session").HttpOnly.ShouldBeTrue();
    }

    [Fact]
    public async Task Signing_out_ends_the_session()
    {
        var browser = await site.Browser().SignInAsync(site.OperatorToken);

        var page = await browser.OpenAsync("/connections");
        var token = page.QuerySelector("form.who input[name=form-token]")!.GetAttribute("value")!;
        await browser.Http.PostAsync("/sign-out", new FormUrlEncodedContent([new("form-token", token)]));

        (await browser.Http.GetAsync("/connections")).StatusCode.ShouldBe(HttpStatusCode.SeeOther);
    }

    [Fact]
    public async Task Revoking_an_api_token_ends_the_sessions_that_began_with_it_and_no_others()
    {
        var (id, token, program) = await site.NewUserAsync();
        var second = await (await program.PostAsJsonAsync($"/api/users/{id}/tokens", new { label = "second" })).JsonAsync();
        var (revoked, other) = (await site.Browser().SignInAsync(token), await site.Browser().SignInAsync(second.Text("token")!));
        var tokens = await (await program.GetAsync($"/api/users/{id}/tokens")).JsonAsync();
        var first = tokens.EnumerateArray().Single(t => t.Text("label") == "test").Text("id");

        (await program.DeleteAsync($"/api/users/{id}/tokens/{first}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        (await revoked.Http.GetAsync("/connections")).StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        (await other.Http.GetAsync("/connections")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_form_without_its_token_is_refused()
    {
        var browser = await site.Browser().SignInAsync(site.OperatorToken);

        var answer = await browser.Http.PostAsync("/connections/new", new FormUrlEncodedContent([new("key", "k"), new("connector", "basic"), new("scheme", "basic")]));

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.TextAsync()).ShouldContain("This form is out of date");
    }

    [Theory]
    [InlineData("Sec-Fetch-Site", "cross-site", HttpStatusCode.Forbidden)]
    [InlineData("Origin", "http://evil.example", HttpStatusCode.Forbidden)]
    [InlineData("X-Nothing", "said", HttpStatusCode.Forbidden)]
    [InlineData("Sec-Fetch-Site", "same-origin", HttpStatusCode.NotFound)]
    public async Task The_api_takes_changes_with_a_cookie_from_our_own_pages_only(string header, string value, HttpStatusCode expected)
    {
        var browser = await site.Browser().SignInAsync(site.OperatorToken);

        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/connections/{Guid.NewGuid()}/disconnect");
        request.Headers.Add(header, value);
        var answer = await browser.Http.SendAsync(request);

        answer.StatusCode.ShouldBe(expected);
    }

    [Theory]
    [InlineData("/connections?health=red", "/connections?health=red")]
    [InlineData("//evil.example", "/")]
    [InlineData("/\\evil.example", "/")]
    [InlineData("/a\nb", "/")]
    [InlineData("https://evil.example", "/")]
    [InlineData("", "/")]
    [InlineData(null, "/")]
    public void The_way_back_is_a_path_of_ours(string? asked, string expected) =>
        SignInEndpoints.LocalPath(asked).ShouldBe(expected);
}

public sealed class SignInLimitTests
{
    [Fact]
    public async Task After_ten_wrong_tokens_in_a_minute_no_more_are_looked_at()
    {
        var site = new Site();
        await site.InitializeAsync();
        var browser = site.Browser();
        for (var i = 0; i < 10; i++)
            (await browser.SendFormAsync("/sign-in", new() { ["token"] = "wrong" })).StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);

        var answer = await browser.SendFormAsync("/sign-in", new() { ["token"] = site.OperatorToken });

        answer.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        (await site.Operator.GetAsync("/api/me")).StatusCode.ShouldBe(HttpStatusCode.OK);
        await site.DisposeAsync();
    }
}
