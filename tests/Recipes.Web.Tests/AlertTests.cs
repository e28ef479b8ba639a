using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AngleSharp.Html.Parser;
using Microsoft.Extensions.Options;
using Recipes.Host;

namespace Recipes.Web.Tests;

public sealed class AlertTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private readonly string _secret = Canaries.NewSecret("webhook secret");
    private readonly string _path = Canaries.NewSecret("key in the webhook's address");
    private LoopbackApp _app = null!;
    private RecipesHost _host = null!;
    private HttpClient _operator = null!;

    public async Task InitializeAsync()
    {
        _app = await LoopbackApp.StartAsync();
        _host = await RecipesHost.StartAsync([
            "--urls", "http://127.0.0.1:0", "--DataFolder", _folder.Path, "--Log:Level", "Error", "--Egress:Allow:0", _app.Address.Authority,
            "--Alerts:Webhooks:0:Address", $"{_app.Address}{_path}", "--Alerts:Webhooks:0:Secret", _secret, "--Alerts:Webhooks:0:Name", "refusing", "--Alerts:Webhooks:0:Kinds:0", "connection.lost",
        ]);
        _operator = Program((await File.ReadAllTextAsync(_folder.Combine("operator-token"))).Trim());
    }

    public async Task DisposeAsync()
    {
        _operator.Dispose();
        await _host.DisposeAsync();
        await _app.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_test_says_how_each_target_fared_and_the_page_shows_it_without_secrets()
    {
        var browser = new WebBrowser(_host.Address);
        await browser.SignInAsync(_operator.DefaultRequestHeaders.Authorization!.Parameter!);

        var tested = await _operator.PostAsync("/api/alerts/test", null);
        var listed = await _operator.GetAsync("/api/alerts?most=5");
        var page = await new HtmlParser().ParseDocumentAsync(await browser.Http.GetStringAsync("/alerts"));
        var token = page.QuerySelector("form[action='/alerts/test'] input[name=form-token]")!.GetAttribute("value")!;
        using var answer = await browser.Http.PostAsync("/alerts/test", new FormUrlEncodedContent([new("form-token", token)]));
        var after = await answer.Content.ReadAsStringAsync();
        using var withoutToken = await browser.Http.PostAsync("/alerts/test", new FormUrlEncodedContent([]));

        (await tested.JsonAsync()).EnumerateArray().Select(t => (t.Text("target"), t.Text("status"), t.Text("error"))).ShouldBe([("webhook:refusing", "failed", "It answered 405.")]);
        (await listed.JsonAsync()).GetArrayLength().ShouldBe(0);
        page.QuerySelector("nav a[aria-current=page]")!.TextContent.ShouldBe("Alerts");
        page.QuerySelector("table.list tbody")!.TextContent.ShouldContain("webhook:refusing");
        after.ShouldContain("did not arrive");
        after.ShouldContain("It answered 405.");
        withoutToken.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        Canaries.FindIn($"{page.Source.Text}{after}{await tested.Content.ReadAsStringAsync()}", "answers").ShouldBeEmpty();
        browser.Http.Dispose();
    }

    [Fact]
    public async Task Who_may_not_see_everybodys_connections_sees_nothing_of_alerts()
    {
        (await _operator.PostAsJsonAsync("/api/users", new { id = "member" })).EnsureSuccessStatusCode();
        var made = await (await _operator.PostAsJsonAsync("/api/users/member/tokens", new { label = "test" })).JsonAsync();
        using var member = Program(made.Text("token")!);
        var browser = new WebBrowser(_host.Address);
        await browser.SignInAsync(made.Text("token")!);

        (await member.GetAsync("/api/alerts")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await member.PostAsync("/api/alerts/test", null)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await browser.Http.GetAsync("/alerts")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await browser.Http.GetStringAsync("/connections")).ShouldNotContain("href=\"/alerts\"");
        (await _operator.GetAsync("/api/alerts?most=0")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        browser.Http.Dispose();
    }

    [Fact]
    public async Task A_users_address_is_checked_and_may_be_changed_by_themselves_and_by_who_manages_users()
    {
        var made = await (await _operator.PostAsJsonAsync("/api/users", new { id = "ann", displayName = "Ann", email = "Ann@Example.com" })).JsonAsync();
        using var ann = Program((await (await _operator.PostAsJsonAsync("/api/users/ann/tokens", new { label = "test" })).JsonAsync()).Text("token")!);
        (await _operator.PostAsJsonAsync("/api/users", new { id = "bob" })).EnsureSuccessStatusCode();

        var refused = await _operator.PostAsJsonAsync("/api/users", new { id = "eve", email = "eve@example.com\r\nBcc: x@example.com" });
        var own = await ann.PatchAsJsonAsync("/api/users/ann", new { email = "ann@new.example" });
        var nameOnly = await _operator.PatchAsJsonAsync("/api/users/ann", new { displayName = "Ann B." });
        var another = await ann.PatchAsJsonAsync("/api/users/bob", new { email = "ann@new.example" });
        var taken = await _operator.PatchAsJsonAsync("/api/users/ann", new { email = (string?)null });

        made.Text("email").ShouldBe("Ann@example.com");
        refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await refused.JsonAsync()).ErrorPaths().ShouldBe(["email"]);
        (await own.JsonAsync()).Text("email").ShouldBe("ann@new.example");
        var named = await nameOnly.JsonAsync();
        (named.Text("displayName"), named.Text("email")).ShouldBe(("Ann B.", "ann@new.example"));
        another.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await taken.JsonAsync()).TryGetProperty("email", out _).ShouldBeFalse();
        (await (await ann.GetAsync("/api/me")).JsonAsync()).Text("displayName").ShouldBe("Ann B.");
        (await _operator.PatchAsJsonAsync("/api/users/nobody", new { email = "a@example.com" })).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await _operator.PatchAsJsonAsync("/api/users/ann", new { email = "no address" })).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Faults_of_the_settings_stop_the_start_each_said_once_beside_all_others()
    {
        using var folder = new TempFolder();

        var faults = await Should.ThrowAsync<AggregateException>(() => RecipesHost.StartAsync([
            "--urls", "http://127.0.0.1:0", "--DataFolder", folder.Path, "--Alerts:Operators:0", "nobody", "--Alerts:Webhooks:0:Address", "https://10.0.0.1/", "--Alerts:Webhooks:0:Secret", _secret,
            "--History:KeepDays", "0", "--OpenTelemetry:Endpoint", "collector", "--OpenTelemetry:Interval", "00:00:00",
        ]));

        var all = faults.InnerExceptions.Cast<OptionsValidationException>().SelectMany(e => e.Failures).ToList();
        string[] expected = ["Alerts:Webhooks:0:Address points at the private address", "Alerts:Operators:0: 'nobody'", "Alerts:Operators names addresses, but there is no mail server", "History:KeepDays", "OpenTelemetry:Endpoint", "OpenTelemetry:Interval"];
        foreach (var fault in expected)
            all.Count(f => f.StartsWith(fault, StringComparison.Ordinal)).ShouldBe(1, $"{fault} in {string.Join('\n', all)}");
        all.Count.ShouldBe(expected.Length);
    }

    private HttpClient Program(string token)
    {
        Canaries.Add("token", token);
        return new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = _host.Address, DefaultRequestHeaders = { Authorization = new("Bearer", token) } };
    }
}
