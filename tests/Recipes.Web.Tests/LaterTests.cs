using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Recipes.Host;

namespace Recipes.Web.Tests;

/// <summary>Connections whose connector file, or whose app, went away after they were connected.</summary>
public sealed class LaterTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private LoopbackApp _app = null!;

    public async Task InitializeAsync()
    {
        _app = await LoopbackApp.StartAsync();
        Directory.CreateDirectory(_folder.Combine("connectors"));
    }

    public async Task DisposeAsync()
    {
        await _app.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_test_without_the_connectors_file_says_to_put_it_back()
    {
        await File.WriteAllTextAsync(_folder.Combine("connectors", "helpdesk.yaml"), Helpdesk.Yaml(_app.Address));
        string id;
        await using (var host = await StartAsync(_app.Address))
        {
            using var program = Program(host);
            await DefineAsync(program, "helpdesk", "password");
            id = await ConnectAsync(program);
            (await program.PostAsync($"/api/connections/{id}/test", null)).StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        File.Delete(_folder.Combine("connectors", "helpdesk.yaml"));
        await using var again = await StartAsync(_app.Address);
        using var caller = Program(again);
        var browser = new WebBrowser(again.Address);
        await browser.SignInAsync(OperatorToken);
        var formToken = (await browser.OpenAsync($"/connections/{id}")).QuerySelector("main form input[name=form-token]")!.GetAttribute("value")!;

        var tested = await caller.PostAsync($"/api/connections/{id}/test", null);
        var page = await browser.Http.PostAsync($"/connections/{id}/test", new FormUrlEncodedContent([new("form-token", formToken)]));

        tested.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await tested.JsonAsync()).Text("detail").ShouldContain("'helpdesk', scheme 'password', which is not loaded. Put its connector file back");
        page.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await page.TextAsync()).ShouldContain("Put its connector file back");
        browser.Http.Dispose();
    }

    [Fact]
    public async Task Where_nobody_has_to_do_anything_it_says_when_it_is_checked_again()
    {
        var address = _app.Address;
        await using var host = await StartAsync(address, "--Revalidation:Interval", "00:00:01", "--Schedules:Every:revalidation", "00:00:01");
        using var program = Program(host);
        await DefineAsync(program, "basic", "basic", new { baseUrl = address, probePath = "/" });
        await _app.DisposeAsync();
        var id = await ConnectAsync(program);
        var began = TimeProvider.System.GetUtcNow();
        var browser = new WebBrowser(host.Address);
        await browser.SignInAsync(OperatorToken);

        var view = await WhenAsync(async () => await (await program.GetAsync($"/api/connections/{id}")).JsonAsync(), v => v.Text("attention") == "triedAgain" && v.TryGetProperty("nextCheckAt", out var at) && at.GetDateTimeOffset() > began.AddSeconds(40));
        var page = await browser.OpenAsync($"/connections/{id}");
        var overview = await browser.OpenAsync("/connections/health");
        var health = await (await program.GetAsync("/api/connection-health")).JsonAsync();

        var next = view.GetProperty("nextCheckAt").GetDateTimeOffset();
        next.ShouldBeLessThan(began.AddMinutes(5));
        var box = page.QuerySelector("section.failure")!;
        box.QuerySelector(".next time")!.GetAttribute("datetime").ShouldStartWith(next.ToString("yyyy-MM-ddTHH:mm:ss"));
        box.QuerySelector(".next")!.TextContent.ShouldStartWith("It is checked again in ");
        box.TextContent.ShouldNotContain("Try again");
        overview.QuerySelector("[aria-labelledby=triedAgain] li")!.TextContent.ShouldContain("checked again in ");
        health.GetProperty("groups")[0].GetProperty("newest")[0].GetProperty("nextCheckAt").GetDateTimeOffset().ShouldBe(next);
        browser.Http.Dispose();
    }

    private Task<RecipesHost> StartAsync(Uri app, params string[] more) => RecipesHost.StartAsync(
        ["--urls", "http://127.0.0.1:0", "--DataFolder", _folder.Path, "--ConnectorsFolder", _folder.Combine("connectors"), "--Egress:Allow:0", app.Authority, "--Schedules:Every:revalidation", "0", "--Log:Level", "Error", .. more]);

    private string OperatorToken => File.ReadAllText(_folder.Combine("operator-token")).Trim();

    private HttpClient Program(RecipesHost host)
    {
        var program = new HttpClient { BaseAddress = host.Address };
        program.DefaultRequestHeaders.Authorization = new("Bearer", OperatorToken);
        return program;
    }

    private static async Task DefineAsync(HttpClient program, string connector, string scheme, object? presets = null) =>
        (await program.PostAsJsonAsync("/api/connection-definitions", new { key = "desk", displayName = "Desk", connector, scheme, presets })).EnsureSuccessStatusCode();

    private async Task<string> ConnectAsync(HttpClient program) =>
        (await (await program.PostAsJsonAsync("/api/connections", new { definition = "desk", fields = new { username = _app.Username, password = _app.Password } })).JsonAsync()).Text("id");

    private static async Task<JsonElement> WhenAsync(Func<Task<JsonElement>> read, Func<JsonElement, bool> holds)
    {
        var end = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(end) < TimeSpan.FromSeconds(60))
        {
            if (await read() is var now && holds(now))
                return now;
            await Task.Delay(TimeSpan.FromMilliseconds(100));
        }

        throw new InvalidOperationException($"It did not come to that: {await read()}");
    }
}
