using System.Net.Http.Json;
using System.Text.Json;

namespace Recipes.Web.Tests;

/// <summary>What a definition needs against what its connections were granted.</summary>
public sealed class NeededScopesTests(ConsentSite site) : IClassFixture<ConsentSite>, IAsyncLifetime
{
    public async Task InitializeAsync()
    {
        await site.Provider.HealAsync();
        await site.Provider.SetCallbackAsync([]);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [NodeFact]
    public async Task A_scope_that_the_definition_comes_to_need_is_missing_until_it_is_authorised_again()
    {
        var key = await site.DefineAsync("revocable");
        var browser = await site.Browser().SignInAsync(site.OperatorToken);
        var left = await browser.SendFormAsync($"/connect/{key}");
        var id = (await browser.Http.GetAsync(await site.ConsentAsync(left.Headers.Location!, key))).Headers.Location!.ToString().Split('/')[2];
        var before = await ReadAsync(id);

        (await site.Operator.PatchAsJsonAsync($"/api/connection-definitions/{key}", new { scopes = new[] { "openid", "api:read", "api:write" } })).EnsureSuccessStatusCode();
        var after = await ReadAsync(id);
        var page = await browser.OpenAsync($"/connections/{id}");
        var health = await browser.OpenAsync("/connections/health");
        left = await browser.SendFormAsync($"/connect/{key}?connection={id}");
        await browser.Http.GetAsync(await site.ConsentAsync(left.Headers.Location!, key));
        var again = await ReadAsync(id);

        (before.Attention, before.Missing).ShouldBe(("none", ""));
        (after.Attention, after.Missing).ShouldBe(("limited", "api:write"));
        var card = page.QuerySelector("[aria-labelledby=missing-scopes]")!;
        card.QuerySelectorAll("code").Select(c => c.TextContent).ShouldBe(["api:write"]);
        card.QuerySelector($"a[href='/connect/{key}?connection={id}']").ShouldNotBeNull();
        health.QuerySelector("[aria-labelledby=limited] tbody")!.TextContent.ShouldContain("Not given: api:write");
        (again.Attention, again.Missing).ShouldBe(("none", ""));
    }

    private async Task<(string Attention, string Missing)> ReadAsync(string id)
    {
        var view = await (await site.Operator.GetAsync($"/api/connections/{id}")).JsonAsync();
        return (view.Text("attention"), view.TryGetProperty("missingScopes", out var missing) ? string.Join(' ', missing.EnumerateArray().Select(m => m.GetString())) : "");
    }
}
