using System.Net;
using System.Net.Http.Json;
using AngleSharp.Html.Parser;
using Recipes.Host;

namespace Recipes.Web.Tests;

public sealed class OAuthAppTests : IAsyncLifetime
{
    private const string Pages = "/connections/oauth-apps";
    private readonly Site _site = new();

    public Task InitializeAsync() => _site.InitializeAsync();

    public Task DisposeAsync() => _site.DisposeAsync();

    [Fact]
    public async Task An_operator_sets_one_up_and_a_definition_is_built_on_it()
    {
        var (_, _, author) = await _site.NewUserAsync("manageDefinitions");
        var (key, secret) = (Site.NewKey(), Canaries.NewSecret("development client secret"));

        var made = await _site.Operator.PostAsJsonAsync("/api/oauth-apps", new { connector = "helpdesk", clientId = "dev-app", clientSecret = secret });
        var app = await made.JsonAsync();
        var path = $"/api/oauth-apps/{app.Text("id")}";
        var listed = await _site.Operator.GetAsync("/api/oauth-apps");
        var definition = await author.PostAsJsonAsync("/api/connection-definitions", new { key, connector = "helpdesk", scheme = "oauth", useDevelopmentApp = true });
        var connection = await _site.Operator.PostAsJsonAsync("/api/connections", new { definition = key, owner = "organisation" });
        var changed = await _site.Operator.PatchAsJsonAsync(path, new { clientSecret = (string?)null });
        var inUse = await _site.Operator.DeleteAsync(path);
        var own = await author.PatchAsJsonAsync($"/api/connection-definitions/{key}", new { clientId = "own", clientSecret = Canaries.NewSecret("own client secret") });
        var withoutSecret = await author.PatchAsJsonAsync($"/api/connection-definitions/{key}", new { clientSecret = (string?)null });
        var untouched = await author.PatchAsJsonAsync($"/api/connection-definitions/{key}", new { displayName = "x" });
        var removed = await _site.Operator.DeleteAsync(path);

        made.StatusCode.ShouldBe(HttpStatusCode.Created);
        (app.Text("scheme"), app.GetProperty("hasClientSecret").GetBoolean(), app.GetProperty("buildOnly").GetBoolean()).ShouldBe(("oauth", true, true));
        app.Text("callbackAddress").ShouldEndWith("/oauth/callback/development.helpdesk.oauth");
        var built = await definition.JsonAsync();
        (built.GetProperty("buildOnly").GetBoolean(), built.Text("clientId"), built.Text("callbackAddress")).ShouldBe((true, "dev-app", app.Text("callbackAddress")));
        (await connection.JsonAsync()).GetProperty("buildOnly").GetBoolean().ShouldBeTrue();
        (await changed.JsonAsync()).GetProperty("hasClientSecret").GetBoolean().ShouldBeFalse();
        inUse.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        var moved = await own.JsonAsync();
        (moved.GetProperty("buildOnly").GetBoolean(), moved.Text("clientId"), moved.GetProperty("hasClientSecret").GetBoolean()).ShouldBe((false, "own", true));
        (await withoutSecret.JsonAsync()).GetProperty("hasClientSecret").GetBoolean().ShouldBeFalse();
        untouched.StatusCode.ShouldBe(HttpStatusCode.OK);
        removed.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        foreach (var answer in new[] { made, listed, definition, connection, changed, own, withoutSecret })
            Canaries.FindIn(await answer.TextAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Those_without_the_privilege_neither_see_nor_change_them()
    {
        var (_, token, author) = await _site.NewUserAsync("manageDefinitions", "createConnections", "manageConnections", "manageUsers");
        var made = await _site.Operator.PostAsJsonAsync("/api/oauth-apps", new { connector = "helpdesk", clientId = "dev-app" });
        var path = $"/api/oauth-apps/{(await made.JsonAsync()).Text("id")}";
        var browser = await _site.Browser().SignInAsync(token);

        HttpResponseMessage[] answers =
        [
            await author.GetAsync("/api/oauth-apps"), await author.GetAsync(path), await author.DeleteAsync(path),
            await author.PostAsJsonAsync("/api/oauth-apps", new { connector = "sandbox-crm", clientId = "x" }), await author.PatchAsJsonAsync(path, new { clientId = "x" }),
            await browser.Http.GetAsync(Pages), await browser.Http.GetAsync($"{Pages}/new?app=helpdesk/oauth"), await browser.Http.GetAsync($"{Pages}/{path.Split('/')[^1]}"),
        ];

        answers.ShouldAllBe(a => a.StatusCode == HttpStatusCode.Forbidden);
        (await browser.Http.GetStringAsync("/connections/new")).ShouldNotContain(Pages);
    }

    [Fact]
    public async Task Bad_input_is_told_by_field()
    {
        var none = await _site.Operator.PostAsJsonAsync("/api/oauth-apps", new { });
        var noClient = await _site.Operator.PostAsJsonAsync("/api/oauth-apps", new { connector = "basic" });
        var open = await _site.Operator.PostAsJsonAsync("/api/oauth-apps", new { connector = "sandbox-crm", clientSecret = Canaries.NewSecret("client secret") });
        var missing = await _site.Operator.PatchAsJsonAsync($"/api/oauth-apps/{Guid.NewGuid()}", new { clientId = "x" });
        var asked = await _site.Operator.PostAsJsonAsync("/api/connection-definitions", new { key = Site.NewKey(), connector = "helpdesk", scheme = "oauth", useDevelopmentApp = true });
        var both = await _site.Operator.PostAsJsonAsync("/api/connection-definitions", new { key = Site.NewKey(), connector = "helpdesk", scheme = "oauth", useDevelopmentApp = true, clientId = "x" });

        (await none.JsonAsync()).ErrorPaths().ShouldBe(["connector"]);
        (await noClient.JsonAsync()).ErrorPaths().ShouldBe(["scheme"]);
        (await open.JsonAsync()).ErrorPaths().ShouldBe(["clientId", "presets.address"]);
        missing.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        var problem = await asked.JsonAsync();
        problem.ErrorPaths().ShouldBe(["useDevelopmentApp"]);
        problem.Text("detail").ShouldContain("An operator can set one up");
        (await both.JsonAsync()).ErrorPaths().ShouldBe(["useDevelopmentApp", "useDevelopmentApp"]);
    }

    [Fact]
    public async Task The_pages_lead_from_the_app_to_a_definition_and_to_a_client_of_its_own()
    {
        var browser = await _site.Browser().SignInAsync(_site.OperatorToken);
        var key = Site.NewKey();

        var empty = await browser.SendFormAsync($"{Pages}/new?app=helpdesk/oauth", new() { ["clientId"] = " " });
        var made = await browser.SendFormAsync($"{Pages}/new?app=helpdesk/oauth", new() { ["clientId"] = "dev-app", ["clientSecret"] = Canaries.NewSecret("development client secret") });
        var list = await browser.OpenAsync(Pages);
        var choice = await browser.OpenAsync("/connections/new?connector=helpdesk&scheme=oauth");
        var defined = await browser.SendFormAsync(choice, new() { ["key"] = key, ["client"] = "development", ["clientId"] = "ignored", ["clientSecret"] = Canaries.NewSecret("ignored") });
        var definition = await browser.OpenAsync($"/connections/definitions/{key}");
        var connect = await browser.Http.GetStringAsync($"/connect/{key}?owner=organisation");
        var inUse = await browser.SendFormAsync(list.QuerySelector("td.main a")!.GetAttribute("href")!, action: $"{list.QuerySelector("td.main a")!.GetAttribute("href")}/remove");
        var own = await browser.SendFormAsync($"/connections/definitions/{key}", new() { ["clientId"] = "own", ["clientSecret"] = Canaries.NewSecret("own client secret") });
        var after = await browser.OpenAsync($"/connections/definitions/{key}");
        var removed = await browser.SendFormAsync($"/connections/definitions/{key}", new() { ["clientId"] = "own", ["removeSecret"] = "true" });

        empty.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        new HtmlParser().ParseDocument(await empty.TextAsync()).QuerySelector("#client-id-fault")!.TextContent.ShouldContain("App ID");
        made.Headers.Location!.ToString().ShouldBe(Pages);
        list.QuerySelector("table")!.TextContent.ShouldContain("Helpdesk – Sign in with Helpdesk");
        list.QuerySelector("table")!.TextContent.ShouldContain("dev-app");
        choice.QuerySelectorAll("input[name=client]").Length.ShouldBe(2);
        choice.QuerySelector("#client-id")!.HasAttribute("required").ShouldBeFalse();
        defined.Headers.Location!.ToString().ShouldBe($"/connect/{key}?wizard=1&owner=organisation");
        definition.QuerySelector(".facts")!.TextContent.ShouldContain("build-only");
        definition.QuerySelector("#client")!.TextContent.ShouldBe("Give it a client of its own");
        connect.ShouldContain("Build-only.");
        inUse.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        own.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        after.QuerySelector(".facts")!.TextContent.ShouldNotContain("build-only");
        after.QuerySelector(".facts")!.TextContent.ShouldContain("kept encrypted");
        removed.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        (await browser.OpenAsync($"/connections/definitions/{key}")).QuerySelector(".facts")!.TextContent.ShouldContain("none (public client)");
        foreach (var page in new[] { list, choice, definition, after })
            Canaries.FindIn(page.DocumentElement.OuterHtml).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_tenant_is_for_development_or_production_and_nothing_else()
    {
        using var folder = new TempFolder();

        var refused = await Should.ThrowAsync<Exception>(() => RecipesHost.StartAsync(["--urls", "http://127.0.0.1:0", "--DataFolder", folder.Path, "--Tenant:Kind", "staging", "--Log:Level", "Fatal"]));

        refused.Message.ShouldContain("Tenant:Kind must be development or production.");
    }
}
