using System.Net;
using System.Net.Http.Json;
using System.Web;

namespace Recipes.Web.Tests;

[Collection(SiteCollection.Name)]
public sealed class ConnectTests(Site site)
{
    [Fact]
    public async Task A_password_is_tried_at_once_and_put_right_on_the_same_page()
    {
        var key = await site.NewDefinitionAsync();
        var (_, token, program) = await site.NewUserAsync("createConnections");
        var browser = await site.Browser().SignInAsync(token);
        var wrong = Canaries.NewSecret("a wrong password");

        var refused = await browser.SendFormAsync($"/connect/{key}", new() { ["field.username"] = site.App.Username, ["field.password"] = wrong });
        var page = await refused.TextAsync();
        var connected = await browser.SendFormAsync(new AngleSharp.Html.Parser.HtmlParser().ParseDocument(page), new() { ["field.password"] = site.App.Password });

        refused.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        page.ShouldContain("Modified credentials");
        page.ShouldContain($"value=\"{site.App.Username}\"");
        Canaries.FindIn(page).ShouldBeEmpty();
        connected.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        var done = await browser.Http.GetStringAsync(connected.Headers.Location);
        done.ShouldContain("Authorization complete");
        var all = await (await program.GetAsync("/api/connections")).JsonAsync();
        all.GetArrayLength().ShouldBe(1);
        all[0].Text("state").ShouldBe("connected");
        all[0].TryGetProperty("lastProbedAt", out _).ShouldBeTrue();
    }

    [Fact]
    public async Task A_missing_value_is_told_beside_its_field_and_the_others_are_kept()
    {
        var key = await site.NewDefinitionAsync();
        var browser = await site.Browser().SignInAsync(site.OperatorToken);

        var answer = await browser.SendFormAsync($"/connect/{key}?owner=organisation", new() { ["field.username"] = "somebody" });

        answer.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        var page = new AngleSharp.Html.Parser.HtmlParser().ParseDocument(await answer.TextAsync());
        page.QuerySelector("#field-password-fault")!.TextContent.ShouldBe("Password is needed.");
        page.QuerySelector("#field-username")!.GetAttribute("value").ShouldBe("somebody");
        page.QuerySelector("input[name=owner]")!.GetAttribute("value").ShouldBe("organisation");
    }

    [Fact]
    public async Task No_answer_and_no_page_shows_a_secret()
    {
        var key = await site.NewDefinitionAsync();
        var browser = await site.Browser().SignInAsync(site.OperatorToken);
        var fields = new { username = site.App.Username, password = site.App.Password };

        var created = await site.Operator.PostAsJsonAsync("/api/connections", new { definition = key, fields });
        var id = (await created.JsonAsync()).Text("id");
        string[] answers =
        [
            await created.TextAsync(),
            await (await site.Operator.PostAsync($"/api/connections/{id}/test", null)).TextAsync(),
            await (await site.Operator.PostAsJsonAsync($"/api/connections/{id}/authorize", new { fields })).TextAsync(),
            await site.Operator.GetStringAsync("/api/connections"),
            await browser.Http.GetStringAsync($"/connections/{id}"),
            await browser.Http.GetStringAsync($"/connect/{key}?connection={id}"),
            await (await browser.SendFormAsync($"/connections/{id}")).TextAsync(),
            await (await site.Operator.PostAsync($"/api/connections/{id}/disconnect", null)).TextAsync(),
        ];

        created.StatusCode.ShouldBe(HttpStatusCode.Created);
        foreach (var answer in answers)
            Canaries.FindIn(answer).ShouldBeEmpty();
        answers[1].ShouldContain("\"passed\":true");
        answers[6].ShouldContain("The test went through");
        answers[7].ShouldContain("\"state\":\"disconnected\"");
    }

    [Fact]
    public async Task A_disconnected_connection_is_taken_up_again()
    {
        var key = await site.NewDefinitionAsync();
        var browser = await site.Browser().SignInAsync(site.OperatorToken);
        var values = new Dictionary<string, string> { ["field.username"] = site.App.Username, ["field.password"] = site.App.Password };

        var first = (await browser.SendFormAsync($"/connect/{key}", values)).Headers.Location!.ToString();
        var disconnected = await browser.SendFormAsync(first.Replace("/connected", "/disconnect", StringComparison.Ordinal));
        var second = (await browser.SendFormAsync($"/connect/{key}", values)).Headers.Location!.ToString();

        disconnected.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        second.ShouldBe(first);
    }

    [Fact]
    public async Task Consent_starts_with_a_state_a_challenge_and_a_cookie_of_its_own()
    {
        var key = Site.NewKey();
        var secret = Canaries.NewSecret("client secret");
        var made = await site.Operator.PostAsJsonAsync("/api/connection-definitions", new { key, connector = "sandbox-crm", scheme = "oauth2", presets = new { address = site.App.Address.GetLeftPart(UriPartial.Authority) }, clientId = "recipes", clientSecret = secret });
        var definition = await made.JsonAsync();
        var browser = await site.Browser().SignInAsync(site.OperatorToken);

        var shown = await browser.Http.GetAsync($"/connect/{key}");
        var left = await browser.SendFormAsync($"/connect/{key}");

        made.StatusCode.ShouldBe(HttpStatusCode.Created);
        definition.Text("callbackAddress").ShouldBe(new Uri(site.Address, $"/oauth/callback/{key}").AbsoluteUri);
        definition.GetProperty("hasClientSecret").GetBoolean().ShouldBeTrue();
        Canaries.FindIn(await made.TextAsync()).ShouldBeEmpty();
        var page = await shown.TextAsync();
        page.ShouldContain("opportunities.write");
        page.ShouldContain($"You will be sent to <strong class=\"break\">{site.App.Address.Authority}</strong>");
        // Browsers would hold the redirect to the provider against the form's policy.
        shown.Headers.GetValues("Content-Security-Policy").Single().ShouldNotContain("form-action");
        left.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        left.Headers.Location!.AbsolutePath.ShouldBe("/authorize");
        var query = HttpUtility.ParseQueryString(left.Headers.Location.Query);
        query["redirect_uri"].ShouldBe(definition.Text("callbackAddress"));
        query["code_challenge_method"].ShouldBe("S256");
        query["state"]!.Length.ShouldBe(43);
        var cookie = left.Headers.GetValues("Set-Cookie").Single(c => c.StartsWith("recipes-flow-", StringComparison.Ordinal));
        cookie.ShouldContain("path=/oauth/callback/");
        cookie.ShouldContain("httponly");
        cookie.ShouldContain("samesite=lax");
    }

    [Theory]
    [InlineData("", "without a state")]
    [InlineData("?state=abc&code=def", "not known here")]
    [InlineData("?state=abc&state=abd&code=def", "without a state")]
    public async Task A_callback_that_nobody_here_started_is_refused(string query, string words)
    {
        var browser = await site.Browser().SignInAsync(site.OperatorToken);

        var answer = await browser.Http.GetAsync($"/oauth/callback/crm{query}");

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.TextAsync()).ShouldContain(words);
    }

    [Fact]
    public async Task A_consent_that_was_refused_is_shown_in_the_providers_words_and_no_markup_of_theirs()
    {
        var key = Site.NewKey();
        (await site.Operator.PostAsJsonAsync("/api/connection-definitions", new { key, connector = "oauth2", scheme = "oauth2", clientId = "recipes", presets = new { baseUrl = site.App.Address, authorizationEndpoint = site.App.Address, tokenEndpoint = site.App.Address } })).EnsureSuccessStatusCode();
        var browser = await site.Browser().SignInAsync(site.OperatorToken);
        var left = await browser.SendFormAsync($"/connect/{key}");
        var state = HttpUtility.ParseQueryString(left.Headers.Location!.Query)["state"];

        var answer = await browser.Http.GetAsync($"/oauth/callback/{key}?state={state}&error=access_denied&error_description=%3Cscript%3Eno%3C/script%3E");

        var page = await answer.TextAsync();
        page.ShouldContain("The consent was refused");
        page.ShouldContain("&lt;script&gt;no");
        page.ShouldNotContain("<script");
        page.ShouldContain($"/connect/{key}?connection=");
    }

    [Fact]
    public async Task A_definition_is_set_up_on_the_page_and_its_faults_stand_beside_the_fields()
    {
        var key = Site.NewKey();
        var browser = await site.Browser().SignInAsync(site.OperatorToken);
        const string Path = "/connections/new?connector=basic&scheme=basic";

        var bad = await browser.SendFormAsync(Path, new() { ["key"] = "Bad Key", ["field.baseUrl"] = "http://192.168.0.1/" });
        var good = await browser.SendFormAsync(Path, new() { ["key"] = key, ["field.baseUrl"] = site.App.Address.AbsoluteUri, ["runtimeUser"] = "required" });

        bad.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        var page = new AngleSharp.Html.Parser.HtmlParser().ParseDocument(await bad.TextAsync());
        page.QuerySelectorAll(".fault").Length.ShouldBe(2);
        good.Headers.Location!.ToString().ShouldBe($"/connect/{key}?wizard=1");
        (await browser.Http.GetStringAsync($"/connections/definitions/{key}")).ShouldContain("required: recipes act as the caller");
        (await (await site.Operator.GetAsync($"/api/connection-definitions/{key}")).JsonAsync()).Text("runtimeUser").ShouldBe("required");
    }
}
