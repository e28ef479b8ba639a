using Recipes.Testing;

namespace Recipes.Connections.Tests;

public sealed class FieldChangeTests(OidcFixture oidc) : IClassFixture<OidcFixture>
{
    private static readonly Caller s_stranger = new(TenantId.Default, UserId.Parse("stranger"), Privileges.Member);
    private static readonly Uri s_app = new("https://app.example/");

    [NodeFact]
    public async Task A_secret_beside_the_tokens_survives_consent_and_refresh()
    {
        await using var harness = await ConsentApp.StartAsync(oidc.Provider);
        var key = harness.NewSecret("gateway key");

        var id = await ConsentApp.ConsentAsync(harness, oidc.Provider, new() { ["gatewayKey"] = key });
        var before = await harness.CredentialAsync(id);
        await harness.SetTokensAsync(id, t => t with { ExpiresAt = DateTimeOffset.UnixEpoch });
        (await harness.SendAsync(id, "api/read")).Failure.ShouldBeNull();
        var refreshed = await harness.CredentialAsync(id);
        (await harness.AuthorizeAsync(id)).ShouldBeOfType<FlowOutcome.Connected>();

        before.Secrets["gatewayKey"].Reveal().ShouldBe(key);
        refreshed.Tokens!.AccessToken.ShouldNotBe(before.Tokens!.AccessToken);
        refreshed.Secrets["gatewayKey"].Reveal().ShouldBe(key);
        (await harness.CredentialAsync(id)).Secrets["gatewayKey"].Reveal().ShouldBe(key);
    }

    [NodeFact]
    public async Task What_leads_nowhere_else_changes_at_once_and_can_be_cleared()
    {
        await using var harness = await ConsentApp.StartAsync(oidc.Provider);
        var id = await ConsentApp.ConsentAsync(harness, oidc.Provider, new() { ["note"] = "one" });
        var tokens = (await harness.CredentialAsync(id)).Tokens!;

        var changed = await harness.Setup.ChangeFieldsAsync(ConnectionsHarness.Operator, id, ConsentApp.Changes(("note", " two "), ("gatewayKey", harness.NewSecret("gateway key"))), CancellationToken.None);
        var seen = (await (await harness.Get<LiveConnections>().GetLiveAsync(id, CancellationToken.None)).CurrentAsync(CancellationToken.None)).Fields["note"];
        var cleared = await harness.Setup.ChangeFieldsAsync(ConnectionsHarness.Operator, id, ConsentApp.Changes(("note", null)), CancellationToken.None);

        changed.ShouldBeOfType<SetupResult<Connection>.Done>().Value.State.ShouldBe(ConnectionState.Connected);
        seen.ShouldBe("two");
        cleared.ShouldBeOfType<SetupResult<Connection>.Done>().Value.Record.Fields.Keys.ShouldNotContain("note");
        var after = await harness.CredentialAsync(id);
        after.Tokens!.AccessToken.ShouldBe(tokens.AccessToken);
        after.Secrets.Keys.ShouldContain("gatewayKey");
        (await harness.SendAsync(id, "api/read")).Failure.ShouldBeNull();
    }

    [NodeFact]
    public async Task Another_address_ends_the_authorization_and_takes_no_secret_along()
    {
        await using var harness = await ConsentApp.StartAsync(oidc.Provider);
        var id = await ConsentApp.ConsentAsync(harness, oidc.Provider, new() { ["gatewayKey"] = harness.NewSecret("gateway key") });
        await oidc.Provider.ResetCountersAsync();

        var kept = await harness.Setup.ChangeFieldsAsync(ConnectionsHarness.Operator, id, ConsentApp.Changes(("server", s_app.AbsoluteUri)), CancellationToken.None);
        var moved = await harness.Setup.ChangeFieldsAsync(ConnectionsHarness.Operator, id, ConsentApp.Changes(("server", s_app.AbsoluteUri), ("gatewayKey", harness.NewSecret("gateway key"))), CancellationToken.None);
        var reply = await harness.SendAsync(id, "api/read");

        kept.ShouldBeOfType<SetupResult<Connection>.Invalid>().Faults.ShouldHaveSingleItem().Path.ShouldBe("fields.gatewayKey");
        moved.ShouldBeOfType<SetupResult<Connection>.Done>().Value.Id.ShouldBe(id);
        (await harness.StandingAsync(id)).ShouldBe((ConnectionState.ReauthorizationRequired, Health.Red, FailureKind.ModifiedCredentials));
        (await harness.CredentialAsync(id)).Tokens.ShouldBeNull();
        reply.Response.ShouldBeNull();
        (await oidc.Provider.CountersAsync()).Requests("/token/revocation").ShouldBe(1);
    }

    [NodeFact]
    public async Task A_password_stays_unless_it_would_go_elsewhere()
    {
        await using var harness = await ConnectionsHarness.StartAsync(new Profiles(Profiles.Docs(s_app)), []);
        await harness.DefineAsync("docs", "docs", "basic");
        var password = harness.NewSecret("password");
        var id = await harness.ConnectAsync("docs", new() { ["username"] = "u", ["password"] = password, ["probe"] = "one" });

        var renamed = await harness.Setup.ChangeFieldsAsync(ConnectionsHarness.Operator, id, ConsentApp.Changes(("username", "v")), CancellationToken.None);
        var moved = await harness.Setup.ChangeFieldsAsync(ConnectionsHarness.Operator, id, ConsentApp.Changes(("baseUrl", "https://elsewhere.example/")), CancellationToken.None);
        var given = await harness.Setup.ChangeFieldsAsync(ConnectionsHarness.Operator, id, ConsentApp.Changes(("baseUrl", "https://elsewhere.example/"), ("password", password), ("probe", null)), CancellationToken.None);
        var byStranger = await harness.Setup.ChangeFieldsAsync(s_stranger, id, ConsentApp.Changes(("username", "w")), CancellationToken.None);

        renamed.ShouldBeOfType<SetupResult<Connection>.Done>();
        moved.ShouldBeOfType<SetupResult<Connection>.Invalid>().Faults.ShouldHaveSingleItem().Path.ShouldBe("fields.password");
        given.ShouldBeOfType<SetupResult<Connection>.Done>().Value.Record.Fields.Keys.ShouldBe(["username", "baseUrl"], ignoreOrder: true);
        byStranger.ShouldBeOfType<SetupResult<Connection>.NotFound>();
        (await harness.CredentialAsync(id)).Secrets["password"].Reveal().ShouldBe(password);
    }

    [NodeFact]
    public async Task A_client_secret_is_taken_away_when_that_is_asked_for_and_only_then()
    {
        await using var harness = await ConsentApp.StartAsync(oidc.Provider);
        await harness.DefineAsync("crm", "oidc", "basic", clientId: "one", clientSecret: harness.NewSecret("client secret"));
        var setup = harness.Get<DefinitionSetup>();

        var renamed = await setup.ChangeAsync(ConnectionsHarness.Operator, "crm", new() { DisplayName = "x" }, CancellationToken.None);
        var removed = await setup.ChangeAsync(ConnectionsHarness.Operator, "crm", new() { RemovesClientSecret = true }, CancellationToken.None);

        renamed.ShouldBeOfType<SetupResult<ConnectionDefinition>.Done>().Value.OAuthApp!.SealedClientSecret.ShouldNotBeNull();
        removed.ShouldBeOfType<SetupResult<ConnectionDefinition>.Done>().Value.OAuthApp!.SealedClientSecret.ShouldBeNull();
    }
}
