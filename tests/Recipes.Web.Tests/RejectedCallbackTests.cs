using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Web;
using AngleSharp.Html.Parser;

namespace Recipes.Web.Tests;

/// <summary>What becomes of an authorization that comes back wrong, late or to somebody else.</summary>
public sealed class RejectedCallbackTests(ConsentSite site) : IClassFixture<ConsentSite>, IAsyncLifetime
{
    private const string Failure = "https://shop.example/failed";

    public async Task InitializeAsync()
    {
        await site.Provider.HealAsync();
        await site.Provider.SetCallbackAsync([]);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [NodeFact]
    public async Task One_that_took_too_long_is_on_the_log_and_trying_again_leads_to_the_same_connection()
    {
        var key = await site.DefineAsync("code");
        var browser = await site.Browser().SignInAsync(site.OperatorToken);
        var id = await ConnectForAllAsync(browser, key);
        var left = await browser.SendFormAsync($"/connect/{key}?connection={id}&recipe=r%261");
        var callback = await site.ConsentAsync(left.Headers.Location!, key);
        site.Clock.Advance(TimeSpan.FromMinutes(11));
        // Whoever starts one has those that are over forgotten.
        await (await site.Browser().SignInAsync(site.OperatorToken)).SendFormAsync($"/connect/{await site.DefineAsync("code")}");

        var answer = await browser.Http.GetAsync(callback);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var page = new HtmlParser().ParseDocument(await answer.TextAsync());
        page.QuerySelector("[role=alert]")!.TextContent.ShouldContain("longer than 10 minutes");
        page.QuerySelector("a.primary")!.GetAttribute("href").ShouldBe($"/connect/{key}?connection={id}&recipe=r%261");
        var told = await LastAsync(id);
        (told.Text("event"), told.GetProperty("by").Text("kind")).ShouldBe(("authorized", "person"));
        told.GetProperty("failure").Text("message").ShouldContain("longer than 10 minutes");
        // A browser that let go of the cookie with the flow would be taken for another one.
        var cookie = left.Headers.GetValues("Set-Cookie").Single();
        DateTimeOffset.Parse(cookie.Split("expires=")[1].Split(';')[0], System.Globalization.CultureInfo.InvariantCulture).ShouldBeGreaterThan(site.Clock.GetUtcNow().AddMinutes(30));
    }

    [NodeTheory]
    [InlineData("late", "unknown")]
    [InlineData("code", "unknown")]
    public async Task One_that_comes_back_wrong_goes_to_the_address_for_failures(string fault, string kind)
    {
        var key = await DefineWithFailureAddressAsync();
        var browser = await site.Browser().SignInAsync(site.OperatorToken);
        var id = await ConnectForAllAsync(browser, key);
        var left = await browser.SendFormAsync($"/connect/{key}?connection={id}&recipe=r");
        var callback = (await site.ConsentAsync(left.Headers.Location!, key)).AbsoluteUri;
        if (fault == "late")
            site.Clock.Advance(TimeSpan.FromMinutes(11));
        else
            callback = callback.Replace("code=", "kode=", StringComparison.Ordinal);

        var answer = await browser.Http.GetAsync(callback);

        answer.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        answer.Headers.Location!.GetLeftPart(UriPartial.Path).ShouldBe(Failure);
        var query = HttpUtility.ParseQueryString(answer.Headers.Location.Query);
        (query["connection"], query["recipe"], query["error"]).ShouldBe((id, "r", kind));
        (await LastAsync(id)).GetProperty("failure").Text("message").ShouldBe(query["errorDescription"]);
    }

    [NodeTheory]
    [InlineData("another user", false)]
    [InlineData("another user", true)]
    [InlineData("nobody", false)]
    public async Task Who_did_not_start_it_learns_nothing_and_is_not_named_as_who_did(string who, bool late)
    {
        var key = await DefineWithFailureAddressAsync();
        var browser = await site.Browser().SignInAsync(site.OperatorToken);
        var id = await ConnectForAllAsync(browser, key);
        var left = await browser.SendFormAsync($"/connect/{key}?connection={id}&recipe=r&installationName=Secret%20GmbH");
        var callback = await site.ConsentAsync(left.Headers.Location!, key);
        var user = await site.NewUserAsync("createConnections", "manageConnections");
        var token = (await browser.OpenAsync("/connections")).QuerySelector("form.who input[name=form-token]")!.GetAttribute("value")!;
        await browser.Http.PostAsync("/sign-out", new FormUrlEncodedContent([new("form-token", token)]));
        if (who == "another user")
            await browser.SignInAsync(user.Token);
        if (late)
            site.Clock.Advance(TimeSpan.FromMinutes(11));

        var answer = await browser.Http.GetAsync(callback);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        answer.Headers.Location.ShouldBeNull();
        var text = await answer.TextAsync();
        text.ShouldNotContain(id);
        text.ShouldNotContain("Secret GmbH");
        text.ShouldNotContain($"/connect/{key}");
        var told = await LastAsync(id);
        told.GetProperty("by").Text("kind").ShouldBe("system");
        told.ToString().ShouldNotContain(user.Id);
    }

    [NodeFact]
    public async Task A_start_that_the_provider_refuses_is_on_the_log()
    {
        var (pushed, device) = (await site.DefineAsync("pushed"), await site.DefineAsync("device"));
        foreach (var key in new[] { pushed, device })
            await site.Provider.SetClientSecretAsync(key, Canaries.NewSecret("another client secret"));
        var browser = await site.Browser().SignInAsync(site.OperatorToken);

        foreach (var key in new[] { pushed, device })
        {
            var refused = await browser.SendFormAsync($"/connect/{key}");

            refused.StatusCode.ShouldBe(HttpStatusCode.Conflict);
            var made = (await (await site.Operator.GetAsync($"/api/connections?definition={key}")).JsonAsync()).EnumerateArray().ShouldHaveSingleItem();
            var told = await LastAsync(made.Text("id"));
            (told.Text("event"), told.GetProperty("failure").Text("kind"), told.GetProperty("by").Text("kind")).ShouldBe(("authorized", "clientRejected", "person"));
        }
    }

    private async Task<string> DefineWithFailureAddressAsync()
    {
        var key = await site.DefineAsync("code");
        (await site.Operator.PatchAsJsonAsync($"/api/connection-definitions/{key}", new { failureAddress = Failure })).EnsureSuccessStatusCode();
        return key;
    }

    private async Task<string> ConnectForAllAsync(WebBrowser browser, string key)
    {
        var left = await browser.SendFormAsync($"/connect/{key}?owner=organisation");
        var done = await browser.Http.GetAsync(await site.ConsentAsync(left.Headers.Location!, key));
        return done.Headers.Location!.ToString().Split('/')[2];
    }

    // Checks may have come since: the clock was moved.
    private async Task<JsonElement> LastAsync(string id) =>
        (await (await site.Operator.GetAsync($"/api/connections/{id}/log?limit=20")).JsonAsync()).GetProperty("entries").EnumerateArray().First(e => e.Text("event") == "authorized");
}
