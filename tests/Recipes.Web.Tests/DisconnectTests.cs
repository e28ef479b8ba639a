using System.Net;
using System.Net.Http.Json;

namespace Recipes.Web.Tests;

/// <summary>What becomes of a grant at the provider when a connection is disconnected or deleted.</summary>
public sealed class DisconnectTests(ConsentSite site) : IClassFixture<ConsentSite>, IAsyncLifetime
{
    public Task InitializeAsync() => site.Provider.HealAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [NodeFact]
    public async Task The_provider_is_told_and_page_log_and_answer_say_so()
    {
        var (id, browser) = await ConnectAsync();
        await site.Provider.ResetCountersAsync();

        var answer = await (await site.Operator.PostAsync($"/api/connections/{id}/disconnect", null)).JsonAsync();
        var page = await browser.Http.GetStringAsync($"/connections/{id}");
        var log = await (await site.Operator.GetAsync($"/api/connections/{id}/log")).JsonAsync();

        answer.GetProperty("revocation").Text("status").ShouldBe("revoked");
        answer.GetProperty("connection").Text("state").ShouldBe("disconnected");
        (await site.Provider.CountersAsync()).Statuses["/token/revocation 200"].ShouldBe(1);
        page.ShouldContain("deleted here and revoked at Records");
        var entry = log.GetProperty("entries")[0];
        (entry.Text("event"), entry.TryGetProperty("failure", out _), entry.Text("requestLine")).ShouldBe(("revoked", false, $"POST {site.Provider.RevocationEndpoint}"));
    }

    [NodeFact]
    public async Task A_provider_that_does_not_take_it_back_is_reported_wherever_somebody_looks()
    {
        var (id, browser) = await ConnectAsync();
        await site.Provider.FailAsync(new() { Status = 500, Path = "/token/revocation" });

        var left = await browser.SendFormAsync($"/connections/{id}/disconnect");
        var page = await browser.Http.GetStringAsync(left.Headers.Location);
        var log = await (await site.Operator.GetAsync($"/api/connections/{id}/log")).JsonAsync();

        page.ShouldContain("It could not be revoked at Records");
        page.ShouldContain("remove the access in the account");
        log.GetProperty("entries")[0].GetProperty("failure").GetProperty("status").GetInt32().ShouldBe(500);
        (await (await site.Operator.GetAsync($"/api/connections/{id}")).JsonAsync()).Text("state").ShouldBe("disconnected");
    }

    [NodeFact]
    public async Task Who_deletes_a_connection_is_told_that_its_grant_lives_on()
    {
        var (id, browser) = await ConnectAsync();
        await site.Provider.FailAsync(new() { Status = 500, Path = "/token/revocation" });

        var done = await browser.SendFormAsync($"/connections/{id}/delete");

        done.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await done.TextAsync()).ShouldContain("Deleted, but not revoked at Records");
        (await site.Operator.GetAsync($"/api/connections/{id}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [NodeFact]
    public async Task Deleting_a_definition_gives_back_the_grants_of_its_connections()
    {
        var (id, browser) = await ConnectAsync();
        var key = (await (await site.Operator.GetAsync($"/api/connections/{id}")).JsonAsync()).Text("definition");
        await site.Provider.ResetCountersAsync();

        var refused = await site.Operator.DeleteAsync($"/api/connection-definitions/{key}");
        var asked = await browser.OpenAsync($"/connections/definitions/{key}/delete");
        var done = await browser.SendFormAsync(asked);

        refused.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await refused.JsonAsync()).Text("detail").ShouldContain("1 connected account");
        asked.Body!.TextContent.ShouldContain("What it holds is given back to the app first");
        done.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        (await site.Provider.CountersAsync()).Statuses["/token/revocation 200"].ShouldBe(1);
        (await site.Operator.GetAsync($"/api/connection-definitions/{key}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await site.Operator.GetAsync($"/api/connections/{id}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    private async Task<(string Id, WebBrowser Browser)> ConnectAsync()
    {
        var key = await site.DefineAsync("revocable");
        var browser = await site.Browser().SignInAsync(site.OperatorToken);
        var left = await browser.SendFormAsync($"/connect/{key}");
        var done = await browser.Http.GetAsync(await site.ConsentAsync(left.Headers.Location!, key));
        return (done.Headers.Location!.ToString().Split('/')[2], browser);
    }
}
