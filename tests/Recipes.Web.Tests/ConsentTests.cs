using System.Net;
using System.Net.Http.Json;
using System.Web;

namespace Recipes.Web.Tests;

/// <summary>A host beside a real authorization server, with a connector for it that uses what the format has for consent.</summary>
public sealed class ConsentTests(ConsentSite site) : IClassFixture<ConsentSite>, IAsyncLifetime
{
    public async Task InitializeAsync()
    {
        await site.Provider.HealAsync();
        await site.Provider.SetCallbackAsync(new() { ["dc"] = "eu" });
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [NodeFact]
    public async Task Whoever_connects_ticks_what_recipes_may_do_and_sees_what_was_not_given()
    {
        var key = await site.DefineAsync("code");
        var browser = await site.Browser().SignInAsync(site.OperatorToken);

        var page = await browser.OpenAsync($"/connect/{key}");
        var left = await browser.SendFormAsync(page, new() { ["scope.api:write"] = "true" });
        var callback = await site.ConsentAsync(left.Headers.Location!, key);
        var done = await browser.Http.GetAsync(callback);
        var connected = await browser.Http.GetStringAsync(done.Headers.Location);
        var id = done.Headers.Location!.ToString().Split('/')[2];
        var detail = await browser.Http.GetStringAsync($"/connections/{id}");
        var view = await (await site.Operator.GetAsync($"/api/connections/{id}")).JsonAsync();

        page.QuerySelector("input[name='scope.api:read']")!.HasAttribute("checked").ShouldBeTrue();
        page.QuerySelector("input[name='scope.api:write']")!.HasAttribute("checked").ShouldBeFalse();
        page.QuerySelectorAll("fieldset input[disabled]").Length.ShouldBe(1);
        page.Body!.TextContent.ShouldContain("Read your records");
        HttpUtility.ParseQueryString(left.Headers.Location!.Query)["scope"].ShouldBe("openid offline_access api:read api:write");
        connected.ShouldContain("offline_access");
        detail.ShouldContain("Permissions not given");
        view.GetProperty("missingScopes").EnumerateArray().Select(s => s.GetString()).ShouldBe(["offline_access"]);
        view.GetProperty("fields").Text("dc").ShouldBe("eu");
    }

    [NodeFact]
    public async Task Boxes_that_are_not_ticked_are_not_asked_for()
    {
        var key = await site.DefineAsync("code");
        var browser = await site.Browser().SignInAsync(site.OperatorToken);

        var page = await browser.OpenAsync($"/connect/{key}");
        page.QuerySelector("input[name='scope.api:read']")!.RemoveAttribute("checked");
        page.QuerySelector("input[name='scope.offline_access']")!.RemoveAttribute("checked");
        var left = await browser.SendFormAsync(page);

        HttpUtility.ParseQueryString(left.Headers.Location!.Query)["scope"].ShouldBe("openid");
    }

    [NodeFact]
    public async Task A_program_names_the_scopes_and_gets_the_page_with_them_ticked()
    {
        var key = await site.DefineAsync("code");
        var id = (await (await site.Operator.PostAsJsonAsync("/api/connections", new { definition = key })).JsonAsync()).Text("id");
        var browser = await site.Browser().SignInAsync(site.OperatorToken);

        var answer = await (await site.Operator.PostAsJsonAsync($"/api/connections/{id}/authorize", new { scopes = (string[])["api:write"] })).JsonAsync();
        var foreign = await site.Operator.PostAsJsonAsync($"/api/connections/{id}/authorize", new { scopes = (string[])["admin"] });
        var page = await browser.OpenAsync(new Uri(answer.Text("authorizeUrl")).PathAndQuery);

        page.QuerySelector("input[name='scope.api:write']")!.HasAttribute("checked").ShouldBeTrue();
        page.QuerySelector("input[name='scope.api:read']")!.HasAttribute("checked").ShouldBeFalse();
        foreign.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await foreign.TextAsync()).ShouldContain("choose among openid, offline_access, api:read, api:write");
    }

    [NodeFact]
    public async Task An_answer_that_comes_as_a_form_is_taken_on_in_our_own_browser()
    {
        var key = await site.DefineAsync("code");
        var browser = await site.Browser().SignInAsync(site.OperatorToken);
        var left = await browser.SendFormAsync($"/connect/{key}");
        var callback = await site.ConsentAsync(left.Headers.Location!, key);
        var parameters = HttpUtility.ParseQueryString(callback.Query);
        using var stranger = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = site.Address };

        // As a browser does it with a form of another site: without the cookies, which come with the redirect only.
        var turned = await stranger.PostAsync(callback.AbsolutePath, new FormUrlEncodedContent(parameters.AllKeys.Select(k => KeyValuePair.Create(k!, parameters[k]!))));
        var without = await stranger.GetAsync(turned.Headers.Location);
        var done = await browser.Http.GetAsync(turned.Headers.Location);
        var large = await stranger.PostAsync(callback.AbsolutePath, new FormUrlEncodedContent([new("state", new string('x', 20_000))]));

        turned.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        without.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        done.Headers.Location!.ToString().ShouldEndWith("/connected");
        large.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [NodeFact]
    public async Task A_request_that_the_provider_refuses_beforehand_is_told_on_the_page()
    {
        var key = await site.DefineAsync("pushed", redirect: "http://127.0.0.1:9/elsewhere");
        var browser = await site.Browser().SignInAsync(site.OperatorToken);

        var refused = await browser.SendFormAsync($"/connect/{key}");

        refused.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await refused.TextAsync()).ShouldContain("redirect_uri did not match");
    }

    [NodeFact]
    public async Task A_program_gets_a_code_to_show_and_learns_when_it_was_entered()
    {
        var key = await site.DefineAsync("device");
        var id = (await (await site.Operator.PostAsJsonAsync("/api/connections", new { definition = key })).JsonAsync()).Text("id");

        var needed = await (await site.Operator.GetAsync($"/api/connections/{id}/authorize")).JsonAsync();
        var begun = await (await site.Operator.PostAsJsonAsync($"/api/connections/{id}/authorize", new { scopes = (string[])["api:read"] })).JsonAsync();
        var pending = await (await site.Operator.GetAsync($"/api/connections/{id}/authorize")).JsonAsync();
        var device = begun.GetProperty("device");
        using (var robot = new ConsentRobot())
            await robot.DecideOnDeviceAsync(new(device.Text("verificationUriComplete")), "alice", "any");
        var (_, _, stranger) = await site.NewUserAsync("createConnections");
        var connected = await (await site.WhenDecidedAsync(() => site.Operator.GetAsync($"/api/connections/{id}/authorize"), "\"status\":\"pending\"")).JsonAsync();

        needed.Text("status").ShouldBe("needed");
        device.Text("userCode").Length.ShouldBe(9);
        device.Text("verificationUri").ShouldBe($"{site.Provider.IssuerText}/device");
        begun.Text("authorizeUrl").ShouldEndWith($"/connections/{id}/device");
        pending.Text("status").ShouldBe("pending");
        pending.GetProperty("device").Text("userCode").ShouldBe(device.Text("userCode"));
        connected.Text("status").ShouldBe("connected");
        connected.GetProperty("connection").Text("state").ShouldBe("connected");
        (await stranger.GetAsync($"/api/connections/{id}/authorize")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [NodeFact]
    public async Task A_person_without_scripts_gets_by_with_a_page_that_loads_itself_anew()
    {
        var key = await site.DefineAsync("device");
        var browser = await site.Browser().SignInAsync(site.OperatorToken);

        var left = await browser.SendFormAsync($"/connect/{key}");
        var page = await browser.OpenAsync(left.Headers.Location!.ToString());
        using (var robot = new ConsentRobot())
            await robot.DecideOnDeviceAsync(new(page.QuerySelector("a.primary")!.GetAttribute("href")!), "alice", "any");
        var done = await site.WhenDecidedAsync(() => browser.Http.GetAsync(left.Headers.Location), "Enter this code");

        left.Headers.Location!.ToString().ShouldEndWith("/device");
        page.QuerySelector("noscript")!.InnerHtml.ShouldContain("refresh");
        page.QuerySelector(".user-code")!.TextContent.Length.ShouldBe(9);
        done.Headers.Location!.ToString().ShouldEndWith("/connected");
        (await browser.Http.GetStringAsync(done.Headers.Location)).ShouldContain("is connected as <strong>alice</strong>");
    }

    [NodeFact]
    public async Task A_code_that_was_refused_is_told_with_a_way_to_a_new_one()
    {
        var key = await site.DefineAsync("device");
        var browser = await site.Browser().SignInAsync(site.OperatorToken);
        var left = await browser.SendFormAsync($"/connect/{key}");
        var page = await browser.OpenAsync(left.Headers.Location!.ToString());
        using (var robot = new ConsentRobot())
            await robot.DecideOnDeviceAsync(new(page.QuerySelector("a.primary")!.GetAttribute("href")!), "alice", "any", allow: false);

        await site.WhenDecidedAsync(() => browser.Http.GetAsync(left.Headers.Location), "Enter this code");
        var refused = await browser.OpenAsync(left.Headers.Location!.ToString());

        refused.QuerySelector("h1")!.TextContent.ShouldBe("Nothing was connected");
        refused.Body!.TextContent.ShouldContain("The consent was refused");
        refused.QuerySelector("a.primary")!.GetAttribute("href")!.ShouldStartWith($"/connect/{key}?connection=");
    }

    [NodeFact]
    public async Task The_generic_connector_takes_the_address_of_an_issuer()
    {
        var key = Site.NewKey();
        await site.Provider.AddClientAsync(key, Canaries.NewSecret("unused"), "client_secret_basic", site.CallbackOf(key));
        var made = await site.Operator.PostAsJsonAsync("/api/connection-definitions", new
        {
            key,
            connector = "oauth2",
            scheme = "oauth2-issuer",
            clientId = key,
            presets = new { baseUrl = site.Provider.IssuerText, probePath = "/api/read", issuer = site.Provider.IssuerText },
            scopes = (string[])["openid", "api:read"],
        });
        var browser = await site.Browser().SignInAsync(site.OperatorToken);

        var left = await browser.SendFormAsync($"/connect/{key}");

        made.StatusCode.ShouldBe(HttpStatusCode.Created);
        left.Headers.Location!.GetLeftPart(UriPartial.Path).ShouldBe(site.Provider.AuthorizationEndpoint.AbsoluteUri);
    }
}
