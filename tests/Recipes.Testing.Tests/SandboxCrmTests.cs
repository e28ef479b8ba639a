using System.Net;

namespace Recipes.Testing.Tests;

public sealed class SandboxCrmTests
{
    [CrmFact]
    public async Task Its_state_survives_a_restart()
    {
        await using var crm = await SandboxCrm.StartAsync("http://127.0.0.1:9/callback");
        await crm.ChangePasswordAsync("rep-one", "another-pw");
        var (_, key) = await crm.CreateApiKeyAsync("rep-one");

        await crm.RestartAsync();
        using var client = new HttpClient { BaseAddress = crm.BaseAddress, DefaultRequestHeaders = { { "X-Api-Key", key } } };
        using var answer = await client.GetAsync("/api/accounts");
        var session = await crm.LoginAsync("rep-one");
        var activity = await crm.ActivityAsync();

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await session.GetAsync("/api/activity")).StatusCode.ShouldBe(HttpStatusCode.OK);
        activity.ShouldContain(entry => entry.Account == "rep-one" && entry.Path == "/api/accounts" && entry.Status == 200);
    }

    [CrmFact]
    public async Task It_can_be_down_for_a_while()
    {
        await using var crm = await SandboxCrm.StartAsync("http://127.0.0.1:9/callback");
        using var client = new HttpClient { BaseAddress = crm.BaseAddress };

        await crm.DownAsync();
        await Should.ThrowAsync<HttpRequestException>(() => client.GetAsync("/api/accounts"));
        await crm.UpAsync();

        (await client.GetAsync("/api/accounts")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [CrmFact]
    public async Task A_person_consents_on_its_pages()
    {
        const string Callback = "http://127.0.0.1:9/callback";
        await using var crm = await SandboxCrm.StartAsync(Callback);
        var address = crm.Address(
            $"/authorize?client_id={crm.ClientId}&response_type=code&scope=opportunities.read&state=s&redirect_uri={Uri.EscapeDataString(Callback)}"
            + "&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256");
        using var willing = new ConsentRobot();
        using var unwilling = new ConsentRobot();

        var allowed = await willing.AuthorizeAsync(address, "rep-one", crm.PasswordOf("rep-one"));
        var denied = await unwilling.AuthorizeAsync(address, "rep-two", crm.PasswordOf("rep-two"), allow: false);

        allowed.Query.ShouldContain("code=");
        denied.Query.ShouldContain("error=access_denied");
    }
}
