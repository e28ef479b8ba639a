using System.Net;
using System.Net.Http.Json;

namespace Recipes.Web.Tests;

[Collection(SiteCollection.Name)]
public sealed class TokenImportTests(Site site)
{
    [Fact]
    public async Task Existing_tokens_connect_at_once_and_never_come_back()
    {
        var key = await DefineAsync();
        var (_, _, member) = await site.NewUserAsync("createConnections");
        var (_, _, stranger) = await site.NewUserAsync("createConnections");
        var tokens = new { accessToken = Canaries.NewSecret("access token"), refreshToken = Canaries.NewSecret("refresh token"), expiresIn = 3600, scopes = new[] { "tickets" } };

        var made = await member.PostAsJsonAsync("/api/connections", new { definition = key, tokens, fields = new { gatewayKey = Canaries.NewSecret("gateway key") } });
        var view = await made.JsonAsync();
        var path = $"/api/connections/{view.Text("id")}";
        var again = await member.PutAsJsonAsync($"{path}/tokens", new { tokens = new { accessToken = Canaries.NewSecret("access token"), expiresAt = "2999-01-01T00:00:00Z" } });
        var byStranger = await stranger.PutAsJsonAsync($"{path}/tokens", new { tokens });
        var forOrganisation = await member.PostAsJsonAsync("/api/connections", new { definition = key, owner = "organisation", tokens });

        made.StatusCode.ShouldBe(HttpStatusCode.Created);
        (view.Text("state"), view.GetProperty("grantedScopes")[0].GetString()).ShouldBe(("connected", "tickets"));
        view.TryGetProperty("expiresAt", out _).ShouldBeTrue();
        again.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await again.JsonAsync()).Text("expiresAt").ShouldStartWith("2999");
        byStranger.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        forOrganisation.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        foreach (var answer in new[] { await made.TextAsync(), await again.TextAsync(), await (await member.GetAsync(path)).TextAsync() })
            Canaries.FindIn(answer).ShouldBeEmpty();
    }

    [Fact]
    public async Task Bad_tokens_are_refused_by_field_without_being_repeated()
    {
        var key = await DefineAsync();
        var token = Canaries.NewSecret("access token");

        var expired = await site.Operator.PostAsJsonAsync("/api/connections", new { definition = key, tokens = new { accessToken = token, expiresAt = "2001-01-01T00:00:00Z" } });
        var several = await site.Operator.PostAsJsonAsync("/api/connections", new { definition = key, tokens = new { accessToken = $"{token}\n", tokenSecret = token, expiresIn = -1, scopes = new[] { "a b" } }, fields = new { server = "http://10.0.0.1" } });
        var none = await site.Operator.PostAsJsonAsync("/api/connections", new { definition = key, tokens = new { } });
        var misspelt = await site.Operator.PostAsJsonAsync("/api/connections", new { definition = key, tokens = new { access_token = token } });
        var wrongType = await site.Operator.PostAsJsonAsync("/api/connections", new { definition = key, tokens = new { accessToken = token, expiresIn = "soon" } });
        var otherScheme = await site.Operator.PostAsJsonAsync("/api/connections", new { definition = await site.NewDefinitionAsync(), tokens = new { accessToken = token }, fields = new { username = "u", password = token } });

        (await expired.JsonAsync()).ErrorPaths().ShouldBe(["tokens.expiresAt"]);
        (await several.JsonAsync()).ErrorPaths().ShouldBe(["fields.server", "tokens.accessToken", "tokens.tokenSecret", "tokens.expiresIn", "tokens.scopes.0"], ignoreOrder: true);
        (await none.JsonAsync()).ErrorPaths().ShouldBe(["tokens.accessToken"]);
        (await misspelt.JsonAsync()).ErrorPaths().ShouldBe(["tokens.access_token"]);
        (await wrongType.JsonAsync()).ErrorPaths().ShouldBe(["tokens.expiresIn"]);
        (await otherScheme.JsonAsync()).ErrorPaths().ShouldBe(["tokens"]);
        foreach (var answer in new[] { expired, several, none, misspelt, wrongType, otherScheme })
        {
            answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
            Canaries.FindIn(await answer.TextAsync()).ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task Values_beside_a_consent_are_saved_alone_and_an_address_takes_consent_again()
    {
        var key = await DefineAsync();
        var made = await site.Operator.PostAsJsonAsync("/api/connections", new { definition = key, owner = "organisation", tokens = new { accessToken = Canaries.NewSecret("access token") } });
        var id = (await made.JsonAsync()).Text("id");
        var path = $"/connect/{key}?connection={id}";
        var browser = await site.Browser().SignInAsync(site.OperatorToken);

        var page = await browser.OpenAsync(path);
        var saved = await browser.SendFormAsync(path, new() { ["field.subdomain"] = "acme", ["then"] = "save" });
        var kept = await (await site.Operator.GetAsync($"/api/connections/{id}")).JsonAsync();
        var moved = await browser.SendFormAsync(path, new() { ["field.server"] = "https://elsewhere.example", ["then"] = "save" });
        var after = await (await site.Operator.GetAsync($"/api/connections/{id}")).JsonAsync();

        page.QuerySelectorAll(".box.note").Select(n => n.TextContent).ShouldContain(t => t.Contains("Server: another value there ends the present authorization", StringComparison.Ordinal));
        saved.Headers.Location!.ToString().ShouldBe($"/connections/{id}");
        (kept.Text("state"), kept.GetProperty("fields").Text("subdomain")).ShouldBe(("connected", "acme"));
        moved.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        moved.Headers.Location!.Host.ShouldBe("elsewhere.example");
        after.Text("state").ShouldBe("reauthorizationRequired");
    }

    private async Task<string> DefineAsync()
    {
        var key = Site.NewKey();
        (await site.Operator.PostAsJsonAsync("/api/connection-definitions", new { key, connector = "helpdesk", scheme = "oauth", clientId = "recipes", clientSecret = Canaries.NewSecret("client secret") })).EnsureSuccessStatusCode();
        return key;
    }
}
