using System.Web;
using Recipes.Testing;

namespace Recipes.Connections.Tests;

public sealed class ConsentDeviationTests(OidcFixture oidc) : IClassFixture<OidcFixture>
{
    private static readonly ScopeChoice[] s_offer = [new("openid", Required: true), new("api:read", "Read everything"), new("api:write", "Change everything", Default: false)];

    private OidcProvider Provider => oidc.Provider;

    [NodeFact]
    public async Task The_authorization_request_says_what_the_provider_wants_to_read()
    {
        var profile = Profiles.Changed(Provider, s => s with
        {
            ClientIdParameter = "app_id",
            ScopeParameter = "user_scope",
            ScopeSeparator = ",",
            Pkce = false,
            AuthorizationFragment = "wechat_redirect",
            Resources = [FieldTemplate.Parse("https://api.example/one"), FieldTemplate.Parse("https://api.example/two")],
            AuthorizationParameters = [new("access_type", CredentialTemplate.Parse("offline")), new("state", CredentialTemplate.Parse("fixed")), new("response_type", CredentialTemplate.Parse("code token"))],
        });
        await using var harness = await ConnectionsHarness.StartAsync(Provider, profile);
        var id = await harness.PendingAsync(Provider, ["openid", "api:read"]);

        var address = (await harness.StartFlowAsync(id)).Started.AuthorizationAddress;

        var query = HttpUtility.ParseQueryString(address.Query);
        query.AllKeys.Order().ShouldBe(["access_type", "app_id", "redirect_uri", "resource", "response_type", "state", "user_scope"]);
        query["user_scope"].ShouldBe("openid,api:read");
        query.GetValues("resource").ShouldBe(["https://api.example/one", "https://api.example/two"]);
        query["response_type"].ShouldBe("code token");
        query["state"].ShouldNotBe("fixed");
        address.Fragment.ShouldBe("#wechat_redirect");
    }

    [NodeFact]
    public async Task A_resource_is_named_in_both_requests()
    {
        var profile = Profiles.Changed(Provider, s => s with { Resources = [FieldTemplate.Parse("https://api.example/")], ScopeChoices = [new("api:read")] });
        await using var harness = await ConnectionsHarness.StartAsync(Provider, profile);
        var id = await harness.PendingAsync(Provider);

        var outcome = await harness.AuthorizeAsync(id);

        // The provider narrows the token to the resource only when both requests name it; its own resources take it all the same.
        outcome.ShouldBeOfType<FlowOutcome.Connected>();
        (await harness.ReadAsync(id)).Record.GrantedScopes.ShouldBe(["api:read"]);
    }

    [NodeFact]
    public async Task The_code_may_have_another_name_in_the_callback()
    {
        var profile = Profiles.Changed(Provider, s => s with { CodeParameter = "auth_code" });
        await using var harness = await ConnectionsHarness.StartAsync(Provider, profile);
        var id = await harness.PendingAsync(Provider);
        var browser = await harness.StartFlowAsync(id);
        var callback = await browser.ConsentAsync();
        await Provider.ResetCountersAsync();

        var outcome = await harness.CompleteAsync(browser, callback with { Parameters = new Dictionary<string, string> { ["auth_code"] = callback.Code! } });

        // This provider knows the usual name only, so it misses the code in the token request.
        outcome.ShouldBeOfType<FlowOutcome.Failed>().Failure.ProviderWords!.ShouldContain("code");
        (await Provider.CountersAsync()).CodeExchanges.ShouldBe(1);
    }

    [NodeTheory]
    [InlineData(null, "openid api:read")]
    [InlineData("", "openid")]
    [InlineData("api:write", "openid api:write")]
    [InlineData("openid api:read api:write", "openid api:read api:write")]
    public async Task Whoever_connects_chooses_among_the_scopes(string? chosen, string asked)
    {
        await using var harness = await ConnectionsHarness.StartAsync(Provider, Profiles.Changed(Provider, s => s with { ScopeChoices = s_offer }));
        var id = await harness.PendingAsync(Provider);

        var browser = await harness.StartFlowAsync(id, scopes: chosen?.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        var outcome = await harness.CompleteAsync(browser, await browser.ConsentAsync());

        HttpUtility.ParseQueryString(browser.Started.AuthorizationAddress.Query)["scope"].ShouldBe(asked);
        outcome.ShouldBeOfType<FlowOutcome.Connected>();
        var record = (await harness.ReadAsync(id)).Record;
        record.RequestedScopes.ShouldBe(asked.Split(' '));
        record.GrantedScopes.ShouldBe(asked.Split(' '), ignoreOrder: true);
        ScopeSelection.Missing(record).ShouldBeEmpty();
    }

    [NodeTheory]
    [InlineData("api:write")]
    [InlineData("admin")]
    public async Task Nothing_can_be_asked_for_beyond_what_the_definition_allows(string chosen)
    {
        await using var harness = await ConnectionsHarness.StartAsync(Provider, Profiles.Changed(Provider, s => s with { ScopeChoices = s_offer }));
        var id = await harness.PendingAsync(Provider, ["api:read"]);

        var starting = await Should.ThrowAsync<FormatException>(() => harness.TryStartFlowAsync(id, scopes: [chosen]));

        starting.Message.ShouldContain("choose among api:read, openid");
    }

    [NodeFact]
    public async Task What_was_asked_for_and_not_granted_is_known()
    {
        await using var harness = await ConnectionsHarness.StartAsync(Provider, Profiles.Changed(Provider, s => s with { AuthorizationParameters = [] }));
        var id = await harness.PendingAsync(Provider, ["openid", "offline_access"]);

        await harness.AuthorizeAsync(id);

        // This provider gives offline_access only to a request with prompt=consent.
        ScopeSelection.Missing((await harness.ReadAsync(id)).Record).ShouldBe(["offline_access"]);
    }

    [NodeFact]
    public async Task An_account_may_bring_a_client_of_its_own_to_its_consent()
    {
        var profile = Profiles.Changed(Provider, s => s with { ClientIdField = "clientId", ClientSecretField = "clientSecret" });
        profile = profile with { Fields = [new Field { Name = "clientId", Label = "Client ID" }, new Field { Name = "clientSecret", Label = "Client secret", Kind = FieldKind.Secret }] };
        await using var harness = await ConnectionsHarness.StartAsync(Provider, profile);
        var (client, secret) = ($"client-{Guid.NewGuid():N}", harness.NewSecret("client secret"));
        await Provider.AddClientAsync(client, secret, "client_secret_basic", ConnectionsHarness.Callback("own").AbsoluteUri);
        await harness.DefineAsync("own", "oidc", "basic");

        var id = await harness.ConnectAsync("own", new() { ["clientId"] = client, ["clientSecret"] = secret });
        var outcome = await harness.AuthorizeAsync(id);

        outcome.ShouldBeOfType<FlowOutcome.Connected>();
        (await harness.CredentialAsync(id)).Secrets["clientSecret"].Reveal().ShouldBe(secret);
    }
}
