using System.Net;
using System.Net.Http.Json;
using Recipes.Host;

namespace Recipes.Web.Tests;

public sealed class OAuth1Tests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private OAuth1Provider _provider = null!;
    private RecipesHost _host = null!;
    private string _token = "";

    public async Task InitializeAsync()
    {
        _provider = await OAuth1Provider.StartAsync();
        _host = await RecipesHost.StartAsync(["--urls", "http://127.0.0.1:0", "--DataFolder", _folder.Path, "--Egress:Allow:0", _provider.BaseAddress.Authority, "--Log:Level", "Error"]);
        _token = (await File.ReadAllTextAsync(_folder.Combine("operator-token"))).Trim();
    }

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        await _provider.DisposeAsync();
        _folder.Dispose();
    }

    [OAuth1Fact]
    public async Task A_consent_goes_through_the_pages_and_a_refusal_is_told()
    {
        var secret = Canaries.NewSecret("consumer secret");
        await _provider.SetClientAsync("consumer", secret);
        using var program = new HttpClient { BaseAddress = _host.Address, DefaultRequestHeaders = { Authorization = new("Bearer", _token) } };
        var browser = await new WebBrowser(_host.Address).SignInAsync(_token);
        (await program.PostAsJsonAsync("/api/connection-definitions", new
        {
            key = "photos",
            connector = "oauth1",
            scheme = "hmac-sha1",
            clientId = "consumer",
            clientSecret = secret,
            presets = new
            {
                baseUrl = _provider.BaseAddress,
                probePath = "/api/read",
                requestTokenEndpoint = _provider.RequestTokenEndpoint,
                authorizationEndpoint = _provider.AuthorizationEndpoint,
                accessTokenEndpoint = _provider.AccessTokenEndpoint,
            },
        })).StatusCode.ShouldBe(HttpStatusCode.Created);
        var made = await (await program.PostAsJsonAsync("/api/connections", new { definition = "photos" })).JsonAsync();
        var asked = await (await program.PostAsync($"/api/connections/{made.Text("id")}/authorize", null)).JsonAsync();
        var page = new Uri(asked.Text("authorizeUrl")).PathAndQuery;

        var refused = await browser.Http.GetAsync(await ConsentAsync(browser, page, allow: false));
        var connected = await browser.Http.GetAsync(await ConsentAsync(browser, page, allow: true));
        var standing = await (await program.GetAsync($"/api/connections/{made.Text("id")}")).JsonAsync();

        (await refused.TextAsync()).ShouldContain("The consent was refused");
        connected.StatusCode.ShouldBe(HttpStatusCode.SeeOther, await connected.TextAsync());
        (await browser.Http.GetStringAsync(connected.Headers.Location)).ShouldContain("Authorization complete");
        standing.Text("state").ShouldBe("connected");
        standing.TryGetProperty("lastProbedAt", out _).ShouldBeTrue();
    }

    [OAuth1Fact]
    public async Task A_consumer_that_is_refused_is_told_on_the_page()
    {
        using var program = new HttpClient { BaseAddress = _host.Address, DefaultRequestHeaders = { Authorization = new("Bearer", _token) } };
        var browser = await new WebBrowser(_host.Address).SignInAsync(_token);
        (await browser.SendFormAsync("/connections/new?connector=oauth1&scheme=hmac-sha1", new()
        {
            ["key"] = "unknown",
            ["clientId"] = "nobody",
            ["clientSecret"] = Canaries.NewSecret("consumer secret"),
            ["runtimeUser"] = "off",
            ["field.baseUrl"] = _provider.BaseAddress.AbsoluteUri,
            ["field.requestTokenEndpoint"] = _provider.RequestTokenEndpoint.AbsoluteUri,
            ["field.authorizationEndpoint"] = _provider.AuthorizationEndpoint.AbsoluteUri,
            ["field.accessTokenEndpoint"] = _provider.AccessTokenEndpoint.AbsoluteUri,
        })).StatusCode.ShouldBe(HttpStatusCode.SeeOther);

        var answer = await browser.SendFormAsync("/connect/unknown", new() { ["field.probePath"] = "/api/read" });

        answer.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await answer.TextAsync()).ShouldContain("Check the consumer key and secret");
    }

    // Off to the provider and back, but for the last step.
    private async Task<Uri> ConsentAsync(WebBrowser browser, string page, bool allow)
    {
        var leaving = await browser.SendFormAsync(page);
        leaving.StatusCode.ShouldBe(HttpStatusCode.SeeOther, await leaving.TextAsync());
        using var robot = new ConsentRobot();
        return await robot.AuthorizeAsync(leaving.Headers.Location!, "alice", "any", allow, callback: new Uri(_host.Address, "/oauth/callback/photos"));
    }
}
