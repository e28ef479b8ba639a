using System.Net;
using System.Net.Http.Json;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;

namespace Recipes.Web.Tests;

[Collection(SiteCollection.Name)]
public sealed class FieldFormTests(Site site)
{
    private const string Key = "BEGIN\nline two\nEND";

    [Fact]
    public async Task A_form_says_what_it_wants_in_the_apps_own_words()
    {
        var key = await DefineAsync("token");
        var browser = await site.Browser().SignInAsync(site.OperatorToken);

        var page = await browser.OpenAsync($"/connect/{key}?owner=organisation");

        page.QuerySelectorAll("#field-region option").Select(o => o.TextContent).ShouldBe(["Europe", "United States", "My own server"]);
        page.QuerySelectorAll(".affix").Select(a => a.TextContent).ShouldBe(["https://", ".helpdesk.example"]);
        page.QuerySelector("#field-subdomain")!.GetAttribute("aria-describedby").ShouldBe("field-subdomain-prefix field-subdomain-suffix");
        page.QuerySelector("#field-host-when")!.TextContent.ShouldBe("Only when Region is My own server.");
        page.QuerySelector("#field-days-when")!.TextContent.ShouldBe("Only when Region is My own server or United States.");
        // Without a script it is there all the time, so a browser must not insist on it.
        page.QuerySelector("#field-host")!.HasAttribute("required").ShouldBeFalse();
        page.QuerySelector("#field-apiKey")!.HasAttribute("required").ShouldBeTrue();
        var link = page.QuerySelector<IHtmlAnchorElement>("#field-region-help a").ShouldNotBeNull();
        (link.TextContent, link.Href, link.GetAttribute("rel")).ShouldBe(("Where to find it", "https://helpdesk.example/help/regions", "noopener noreferrer"));
        page.QuerySelectorAll("script").ShouldAllBe(s => s.HasAttribute("src") && s.GetAttribute("type") == "module");
        page.QuerySelector(".facts")!.TextContent.ShouldContain("Made by an administrator under Admin");
    }

    [Fact]
    public async Task Faults_stand_beside_their_fields_and_what_does_not_apply_is_ignored()
    {
        var key = await DefineAsync("token");
        var browser = await site.Browser().SignInAsync(site.OperatorToken);
        var path = $"/connect/{key}?owner=organisation";
        var secret = Canaries.NewSecret("API token");

        var bad = await browser.SendFormAsync(path, new() { ["field.region"] = "custom", ["field.host"] = "https://tickets.example.com", ["field.days"] = "31", ["field.subdomain"] = "Acme!", ["field.apiKey"] = $"{secret} " });
        var good = await browser.SendFormAsync(path, new() { ["field.region"] = "eu", ["field.host"] = "not looked at", ["field.days"] = "x", ["field.subdomain"] = " https://acme.helpdesk.example/ ", ["field.apiKey"] = secret });

        bad.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        var text = await bad.TextAsync();
        Canaries.FindIn(text).ShouldBeEmpty();
        var page = new HtmlParser().ParseDocument(text);
        page.QuerySelector("#field-host-fault")!.TextContent.ShouldContain("leave out https://");
        page.QuerySelector("#field-days-fault")!.TextContent.ShouldBe("Days to keep must be from 1 to 30.");
        page.QuerySelector("#field-subdomain-fault")!.TextContent.ShouldBe("Subdomain has small letters, digits and hyphens only.");
        page.QuerySelector("#field-apiKey-fault")!.TextContent.ShouldContain("begins or ends with a space");
        page.QuerySelector("#field-host")!.GetAttribute("aria-invalid").ShouldBe("true");
        page.QuerySelector("#field-host")!.GetAttribute("aria-describedby")!.ShouldStartWith("field-host-fault");
        var id = (await ListAsync(key)).Single(c => c.GetProperty("fields").TryGetProperty("subdomain", out _)).GetProperty("fields");
        id.EnumerateObject().ToDictionary(f => f.Name, f => f.Value.GetString()).ShouldBe(new Dictionary<string, string?> { ["server"] = site.App.Address.GetLeftPart(UriPartial.Authority), ["region"] = "eu", ["subdomain"] = "acme" }, ignoreOrder: true);
        ((int)good.StatusCode).ShouldBeOneOf(303, 422);
    }

    [Fact]
    public async Task A_key_of_several_lines_has_room_and_is_never_shown_again()
    {
        var key = await DefineAsync("certificate");
        var browser = await site.Browser().SignInAsync(site.OperatorToken);
        var secret = $"{Key}{Canaries.NewSecret("private key")}";

        var page = await browser.OpenAsync($"/connect/{key}?owner=organisation");
        var answer = await browser.SendFormAsync(page, new() { ["field.apiKey"] = $"\r\n{secret.ReplaceLineEndings("\r\n")}\r\n" });

        page.QuerySelector("#field-apiKey").ShouldBeAssignableTo<IHtmlTextAreaElement>()!.GetAttribute("autocomplete").ShouldBe("off");
        // A header cannot carry line breaks, so this app refuses it; the words say why and show nothing.
        var text = await answer.TextAsync();
        text.ShouldContain("line break");
        Canaries.FindIn(text).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_optional_value_is_cleared_on_the_page_and_through_the_API()
    {
        var made = await site.Operator.PostAsJsonAsync("/api/connections", new { definition = await DefineAsync("password"), fields = new { username = site.App.Username, password = site.App.Password, subdomain = "acme", days = (string?)null } });
        var view = await made.JsonAsync();
        var (id, definition) = (view.Text("id"), view.Text("definition"));
        var browser = await site.Browser().SignInAsync(site.OperatorToken);

        var saved = await browser.SendFormAsync($"/connect/{definition}?connection={id}", new() { ["field.subdomain"] = "" });
        var cleared = await (await site.Operator.GetAsync($"/api/connections/{id}")).JsonAsync();
        var set = await site.Operator.PatchAsJsonAsync($"/api/connections/{id}", new { fields = new { subdomain = "other" } });
        var removed = await site.Operator.PatchAsJsonAsync($"/api/connections/{id}", new { fields = new { subdomain = (string?)null } });
        var moved = await site.Operator.PatchAsJsonAsync($"/api/connections/{id}", new { fields = new { server = "https://elsewhere.example" } });
        var tested = await (await site.Operator.PostAsync($"/api/connections/{id}/test", null)).JsonAsync();

        // The password was left empty, and stays.
        saved.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        cleared.GetProperty("fields").TryGetProperty("subdomain", out _).ShouldBeFalse();
        (await set.JsonAsync()).GetProperty("fields").Text("subdomain").ShouldBe("other");
        (await removed.JsonAsync()).GetProperty("fields").TryGetProperty("subdomain", out _).ShouldBeFalse();
        moved.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await moved.JsonAsync()).ErrorPaths().ShouldBe(["fields.password"]);
        tested.GetProperty("passed").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task Five_ways_to_sign_in_are_told_apart_before_one_is_chosen()
    {
        var browser = await site.Browser().SignInAsync(site.OperatorToken);

        var start = await browser.OpenAsync("/connections/new");
        var page = await browser.OpenAsync("/connections/new?connector=helpdesk&another=1");
        var form = await browser.OpenAsync("/connections/new?connector=helpdesk&scheme=oauth");

        start.QuerySelectorAll("a[href='/connections/new?connector=helpdesk']").Length.ShouldBe(1);
        page.QuerySelectorAll(".ways h2").Select(h => h.TextContent).ShouldBe(["User name and password", "API token", "Sign in with Helpdesk", "Signing key", "Key in the address"]);
        page.QuerySelectorAll(".ways li")[2].TextContent.ShouldContain("registered in the Developer Centre");
        page.QuerySelectorAll(".ways li")[2].TextContent.ShouldContain("You will need: App ID, App secret, an account to sign in with.");
        form.QuerySelector("label[for=client-id]")!.TextContent.ShouldBe("App ID");
        form.QuerySelector("label[for=client-secret]")!.TextContent.ShouldContain("App secret");
        form.QuerySelector<IHtmlAnchorElement>("#client-id-help a")!.Href.ShouldBe("https://helpdesk.example/apps");
        form.QuerySelector("#field-gatewayKey").ShouldBeNull();
    }

    [Fact]
    public async Task Who_may_not_connect_sees_no_way_to()
    {
        var key = await DefineAsync("token");
        var (_, token, _) = await site.NewUserAsync();
        var browser = await site.Browser().SignInAsync(token);

        var list = await browser.OpenAsync("/connections");
        var start = await browser.OpenAsync("/connections/new");
        var definition = await browser.OpenAsync($"/connections/definitions/{key}");

        foreach (var page in (IHtmlDocument[])[list, start, definition])
            page.QuerySelectorAll("main a.button").Select(a => a.GetAttribute("href")).ShouldNotContain(h => h!.StartsWith("/connect/", StringComparison.Ordinal) || h == "/connections/new", page.Title);
        list.QuerySelector("main")!.TextContent.ShouldContain("ask an operator");
        start.QuerySelector("h2")!.TextContent.ShouldBe("You cannot connect accounts yet");
    }

    private async Task<string> DefineAsync(string scheme)
    {
        var key = Site.NewKey();
        (await site.Operator.PostAsJsonAsync("/api/connection-definitions", new { key, displayName = "Helpdesk", connector = "helpdesk", scheme })).EnsureSuccessStatusCode();
        return key;
    }

    private async Task<IReadOnlyList<System.Text.Json.JsonElement>> ListAsync(string key) => [.. (await (await site.Operator.GetAsync($"/api/connections?definition={key}")).JsonAsync()).EnumerateArray()];
}
