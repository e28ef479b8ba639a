using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Recipes.Host;

namespace Recipes.Web.Tests;

[Collection(SiteCollection.Name)]
public sealed class HostTests(Site site)
{
    [Theory]
    [InlineData("/health")]
    [InlineData("/sign-in")]
    [InlineData("/api/me")]
    [InlineData("/nothing")]
    public async Task Every_answer_has_a_strict_content_policy(string path)
    {
        var answer = await site.Program(null).GetAsync(path);

        var policy = answer.Headers.GetValues("Content-Security-Policy").Single();
        policy.ShouldStartWith("default-src 'self'");
        policy.ShouldContain("frame-ancestors 'none'");
        policy.ShouldNotContain("unsafe");
        answer.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        answer.Headers.GetValues("Referrer-Policy").ShouldBe(["same-origin"]);
        answer.Headers.CacheControl!.NoStore.ShouldBeTrue();
    }

    [Theory]
    [InlineData("evil.example")]
    [InlineData("evil.example:5080")]
    [InlineData("127.0.0.1.evil.example")]
    public async Task A_foreign_name_is_not_answered(string host)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/health") { Headers = { Host = host } };

        var answer = await site.Program(null).SendAsync(request);

        answer.StatusCode.ShouldBe(HttpStatusCode.MisdirectedRequest);
    }

    [Fact]
    public async Task The_pages_have_nothing_inline_and_load_their_own_style()
    {
        var browser = await site.Browser().SignInAsync(site.OperatorToken);
        await site.NewDefinitionAsync();

        foreach (var path in (string[])["/connections", "/connections/new", "/connections/new?connector=oauth2&scheme=oauth2"])
        {
            var page = await browser.OpenAsync(path);
            page.QuerySelectorAll("script:not([src]), style, [style], [onclick], [onsubmit]").ShouldBeEmpty();
            var style = await browser.Http.GetAsync(page.QuerySelector("link[rel=stylesheet]")!.GetAttribute("href"));
            style.Content.Headers.ContentType!.MediaType.ShouldBe("text/css");
            style.Headers.CacheControl!.Extensions.ShouldContain(e => e.Name == "immutable");
        }
    }

    [Fact]
    public async Task The_api_describes_itself()
    {
        var document = await (await site.Program(null).GetAsync("/api/openapi.json")).JsonAsync();

        var paths = document.GetProperty("paths").EnumerateObject().Select(p => p.Name).ToList();
        paths.ShouldContain("/api/connections/{id}/authorize");
        paths.ShouldAllBe(p => p.StartsWith("/api/", StringComparison.Ordinal));
        document.GetProperty("components").GetProperty("securitySchemes").GetProperty("bearer").Text("scheme").ShouldBe("bearer");
        document.GetProperty("components").GetProperty("schemas").GetProperty("Secret").Text("format").ShouldBe("password");
    }
}

public sealed class HostStartTests
{
    [Fact]
    public async Task Wrong_settings_are_all_told_at_once()
    {
        var start = () => RecipesHost.StartAsync(["--urls", "http://0.0.0.0:0", "--DataFolder", " ", "--PublicOrigin", "recipes.example.com/x", "--ConnectorsFolder", "/no/such/folder", "--OfferedConnectors:0", "nowhere"]);

        var fault = await start.ShouldThrowAsync<OptionsValidationException>();

        fault.Failures.Count().ShouldBe(5);
        fault.Message.ShouldContain("listens on loopback only");
        fault.Message.ShouldContain("'nowhere' is no built-in connector");
    }

    [Fact]
    public async Task Only_the_first_start_makes_the_operator()
    {
        using var folder = new TempFolder();
        string[] args = ["--urls", "http://127.0.0.1:0", "--DataFolder", folder.Path, "--Log:Level", "Error"];

        await using (await RecipesHost.StartAsync(args)) { }
        var first = await File.ReadAllTextAsync(folder.Combine("operator-token"));
        await using (await RecipesHost.StartAsync(args)) { }

        (await File.ReadAllTextAsync(folder.Combine("operator-token"))).ShouldBe(first);
        first.Trim().Length.ShouldBe(47);
        if (!OperatingSystem.IsWindows())
            File.GetUnixFileMode(folder.Combine("operator-token")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Canaries.Add("an operator's token", first.Trim());
        Canaries.ScanFolder(folder.Path).ShouldAllBe(s => s.Place.EndsWith("operator-token"));
    }

    [Fact]
    public async Task An_operator_left_without_a_token_gets_one_at_the_next_start()
    {
        using var folder = new TempFolder();
        string[] args = ["--urls", "http://127.0.0.1:0", "--DataFolder", folder.Path, "--Log:Level", "Error"];
        await using (var first = await RecipesHost.StartAsync(args))
        {
            var users = first.Services.GetRequiredService<IUserStore>();
            var operators = (await users.ListAsync(TenantId.Default, default)).ShouldHaveSingleItem();
            foreach (var token in await users.ListTokensAsync(operators.Tenant, operators.Id, default))
                await users.TryRemoveTokenAsync(operators.Tenant, operators.Id, token.Id, default);
        }

        await using var second = await RecipesHost.StartAsync(args);

        (await SignsInAsync(second, folder)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_first_start_that_cannot_write_the_token_leaves_the_next_one_to_do_it()
    {
        using var folder = new TempFolder();
        string[] args = ["--urls", "http://127.0.0.1:0", "--DataFolder", folder.Path, "--Log:Level", "Error"];
        var inTheWay = Directory.CreateDirectory(folder.Combine("operator-token"));
        await Should.ThrowAsync<Exception>(() => RecipesHost.StartAsync(args));
        inTheWay.Delete();

        await using var host = await RecipesHost.StartAsync(args);

        (await SignsInAsync(host, folder)).ShouldBe(HttpStatusCode.OK);
    }

    private static async Task<HttpStatusCode> SignsInAsync(RecipesHost host, TempFolder folder)
    {
        using var client = new HttpClient { BaseAddress = host.Address };
        client.DefaultRequestHeaders.Authorization = new("Bearer", (await File.ReadAllTextAsync(folder.Combine("operator-token"))).Trim());
        return (await client.GetAsync("/api/me")).StatusCode;
    }

    [Fact]
    public async Task A_public_origin_is_what_providers_are_told()
    {
        using var folder = new TempFolder();
        await using var host = await RecipesHost.StartAsync(["--urls", "http://127.0.0.1:0", "--DataFolder", folder.Path, "--PublicOrigin", "https://recipes.example.com", "--Log:Level", "Error"]);
        using var client = new HttpClient { BaseAddress = host.Address };

        using var request = new HttpRequestMessage(HttpMethod.Get, "/health") { Headers = { Host = "recipes.example.com" } };
        var answer = await client.SendAsync(request);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        ((PublicAddress)host.Services.GetService(typeof(PublicAddress))!).Of("/connect/crm").AbsoluteUri.ShouldBe("https://recipes.example.com/connect/crm");
    }
}
