using System.Net;
using System.Net.Http.Json;
using System.Web;

namespace Recipes.Web.Tests;

/// <summary>Where the browser goes after an authorization, when the definition says so itself.</summary>
public sealed class ReturnAddressTests(ConsentSite site) : IClassFixture<ConsentSite>, IAsyncLifetime
{
    private const string Success = "https://bücher.example/verbunden?shop=1&ref=a%26b";
    private const string Failure = "https://shop.example/failed";

    public async Task InitializeAsync()
    {
        await site.Provider.HealAsync();
        await site.Provider.SetCallbackAsync([]);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [NodeFact]
    public async Task After_a_consent_the_browser_goes_to_the_definitions_own_address_with_ids_and_names()
    {
        var key = await DefineAsync("code");
        var browser = await site.Browser().SignInAsync(site.OperatorToken);

        var left = await browser.SendFormAsync($"/connect/{key}?recipe=r%261&installation=i-1&installationName=Acme%20%26%20S%C3%B6hne");
        var done = await browser.Http.GetAsync(await site.ConsentAsync(left.Headers.Location!, key));

        done.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        var address = done.Headers.Location!;
        address.AbsoluteUri.ShouldStartWith("https://xn--bcher-kva.example/verbunden?shop=1&ref=a%26b&connection=");
        address.Query.ShouldContain("installationName=Acme%20%26%20S%C3%B6hne");
        var query = HttpUtility.ParseQueryString(address.Query);
        (query["ref"], query["recipe"], query["installation"], query["installationName"], query["error"]).ShouldBe(("a&b", "r&1", "i-1", "Acme & Söhne", null));
        var view = await (await site.Operator.GetAsync($"/api/connections/{query["connection"]}")).JsonAsync();
        (view.Text("state"), view.Text("displayName")).ShouldBe(("connected", query["connectionName"]));
    }

    [NodeFact]
    public async Task After_a_refusal_it_goes_to_the_address_for_that_with_the_reason()
    {
        var key = await DefineAsync("code");
        var browser = await site.Browser().SignInAsync(site.OperatorToken);
        var left = await browser.SendFormAsync($"/connect/{key}?recipe=create-opportunity");
        using var robot = new ConsentRobot();

        var done = await browser.Http.GetAsync(await robot.AuthorizeAsync(left.Headers.Location!, "alice", "any", allow: false, callback: new(site.CallbackOf(key))));

        var address = done.Headers.Location!;
        address.GetLeftPart(UriPartial.Path).ShouldBe(Failure);
        var query = HttpUtility.ParseQueryString(address.Query);
        (query["error"], query["recipe"]).ShouldBe(("insufficientPermissions", "create-opportunity"));
        query["errorDescription"]!.ShouldContain("Nothing was connected");
    }

    [NodeFact]
    public async Task A_callback_that_belongs_to_no_flow_of_this_browser_leads_nowhere()
    {
        var key = await DefineAsync("code");
        var (browser, stranger) = (await site.Browser().SignInAsync(site.OperatorToken), await site.Browser().SignInAsync(site.OperatorToken));
        var left = await browser.SendFormAsync($"/connect/{key}");
        var callback = await site.ConsentAsync(left.Headers.Location!, key);

        foreach (var address in new[] { callback.PathAndQuery, $"/oauth/callback/{key}?error=access_denied&state=made-up", $"/oauth/callback/{key}" })
        {
            var answer = await stranger.Http.GetAsync(address);

            answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
            answer.Headers.Location.ShouldBeNull();
        }
    }

    [NodeFact]
    public async Task After_a_code_on_another_device_it_goes_there_as_well()
    {
        var key = await DefineAsync("device");
        var browser = await site.Browser().SignInAsync(site.OperatorToken);
        async Task<HttpResponseMessage> DecideAsync(bool allow)
        {
            var left = await browser.SendFormAsync($"/connect/{key}?recipe=r");
            var page = await browser.OpenAsync(left.Headers.Location!.ToString());
            using var robot = new ConsentRobot();
            await robot.DecideOnDeviceAsync(new(page.QuerySelector("a.primary")!.GetAttribute("href")!), "alice", "any", allow);
            return await site.WhenDecidedAsync(() => browser.Http.GetAsync(left.Headers.Location), "Enter this code");
        }

        var refused = await DecideAsync(false);
        var connected = await DecideAsync(true);

        refused.Headers.Location!.AbsoluteUri.ShouldStartWith($"{Failure}?connection=");
        connected.Headers.Location!.IdnHost.ShouldBe("xn--bcher-kva.example");
        HttpUtility.ParseQueryString(connected.Headers.Location.Query)["recipe"].ShouldBe("r");
    }

    [NodeTheory]
    [InlineData("http://shop.example/")]
    [InlineData("javascript:alert(1)")]
    [InlineData("/relative")]
    [InlineData("https://user@shop.example/")]
    [InlineData("https://shop.example/#fragment")]
    public async Task An_address_that_is_no_plain_https_one_is_not_registered(string address)
    {
        var key = await site.DefineAsync("code");

        var answer = await site.Operator.PatchAsJsonAsync($"/api/connection-definitions/{key}", new { successAddress = address });

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.JsonAsync()).ErrorPaths().ShouldBe(["successAddress"]);
    }

    [NodeFact]
    public async Task Another_account_is_asked_about_here_and_taken_when_the_person_says_so()
    {
        var key = await DefineAsync("code");
        var browser = await site.Browser().SignInAsync(site.OperatorToken);
        async Task<HttpResponseMessage> ConsentAsync(string page, string login)
        {
            var left = await browser.SendFormAsync(page);
            using var robot = new ConsentRobot();
            return await browser.Http.GetAsync(await robot.AuthorizeAsync(left.Headers.Location!, login, "any", callback: new(site.CallbackOf(key))));
        }

        var first = await ConsentAsync($"/connect/{key}", "alice");
        var id = HttpUtility.ParseQueryString(first.Headers.Location!.Query)["connection"];
        var other = await ConsentAsync($"/connect/{key}?connection={id}&recipe=r", "bob");
        var asked = new AngleSharp.Html.Parser.HtmlParser().ParseDocument(await other.TextAsync());
        var kept = await (await site.Operator.GetAsync($"/api/connections/{id}")).JsonAsync();
        var take = asked.QuerySelectorAll("a").Single(a => a.TextContent == "Connect the other account in its place").GetAttribute("href")!;
        var page = await browser.OpenAsync(take);
        var taken = await ConsentAsync(take, "bob");

        other.StatusCode.ShouldBe(HttpStatusCode.OK);
        asked.Body!.TextContent.ShouldContain("another account of Records");
        kept.Text("accountLabel").ShouldBe("alice");
        page.QuerySelector("input[name=otherAccount]")!.HasAttribute("checked").ShouldBeTrue();
        HttpUtility.ParseQueryString(taken.Headers.Location!.Query)["recipe"].ShouldBe("r");
        (await (await site.Operator.GetAsync($"/api/connections/{id}")).JsonAsync()).Text("accountLabel").ShouldBe("bob");
    }

    private async Task<string> DefineAsync(string scheme)
    {
        var key = await site.DefineAsync(scheme);
        (await site.Operator.PatchAsJsonAsync($"/api/connection-definitions/{key}", new { successAddress = Success, failureAddress = Failure })).EnsureSuccessStatusCode();
        return key;
    }
}
