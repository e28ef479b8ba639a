using Recipes.Testing;

namespace Recipes.Connections.Tests;

public sealed class DevelopmentAppTests(OidcFixture oidc) : IClassFixture<OidcFixture>
{
    private static readonly Caller s_author = new(TenantId.Default, UserId.Parse("author"), Privileges.ManageDefinitions | Privileges.CreateConnections | Privileges.ManageConnections);

    [NodeFact]
    public async Task An_author_builds_on_the_operators_app_and_moves_to_a_client_of_their_own()
    {
        await using var harness = await ConsentApp.StartAsync(oidc.Provider);
        await NewAppAsync(harness);
        var definition = (await DefineAsync(harness)).ShouldBeOfType<SetupResult<ConnectionDefinition>.Done>().Value;
        var id = await harness.ConnectAsync("crm", new() { ["gatewayKey"] = harness.NewSecret("gateway key") });
        var (client, secret) = ($"own-{Guid.NewGuid():N}", harness.NewSecret("own client secret"));
        await oidc.Provider.AddClientAsync(client, secret, "client_secret_basic", ConnectionsHarness.Callback("crm").AbsoluteUri);

        (await harness.AuthorizeAsync(id)).ShouldBeOfType<FlowOutcome.Connected>();
        await harness.SetTokensAsync(id, t => t with { ExpiresAt = DateTimeOffset.UnixEpoch });
        var built = await harness.SendAsync(id, "api/read");
        var moved = await ChangeAsync(harness, new() { ClientId = client, ClientSecret = new(secret) });
        var standing = await harness.StandingAsync(id);
        var refused = await harness.SendAsync(id, "api/read");
        var left = await harness.CredentialAsync(id);
        (await harness.AuthorizeAsync(id)).ShouldBeOfType<FlowOutcome.Connected>();
        var own = await harness.SendAsync(id, "api/read");

        definition.CallbackSlug.ShouldBe("development.oidc.basic");
        definition.OAuthApp!.Development.ShouldNotBeNull();
        built.Failure.ShouldBeNull();
        moved.ShouldBeOfType<SetupResult<ConnectionDefinition>.Done>().Value.CallbackSlug.ShouldBe("crm");
        standing.ShouldBe((ConnectionState.ReauthorizationRequired, Health.Red, FailureKind.ModifiedCredentials));
        refused.Response.ShouldBeNull();
        (left.Tokens, left.Secrets.Count).ShouldBe((null, 1));
        own.Failure.ShouldBeNull();
    }

    [NodeFact]
    public async Task In_a_production_tenant_nothing_works_on_it()
    {
        using var folder = new TempFolder();
        ConnectionId id;
        await using (var development = await ConnectionsHarness.StartAsync(new Profiles(ConsentApp.Profile(oidc.Provider)), [oidc.Provider.Issuer.Authority], folder: folder))
        {
            await NewAppAsync(development);
            (await DefineAsync(development)).ShouldBeOfType<SetupResult<ConnectionDefinition>.Done>();
            id = await development.ConnectAsync("crm", []);
            (await development.AuthorizeAsync(id)).ShouldBeOfType<FlowOutcome.Connected>();
        }

        await using var production = await ConnectionsHarness.StartAsync(new Profiles(ConsentApp.Profile(oidc.Provider)), [oidc.Provider.Issuer.Authority], folder: folder, more: ("Tenant:Kind", "production"));
        var reply = await production.SendAsync(id, "api/read");
        var another = await DefineAsync(production, "other");
        var app = await production.Get<DevelopmentApps>().CreateAsync(ConnectionsHarness.Operator, new() { Connector = "oidc", ClientId = "x" }, CancellationToken.None);

        reply.Response.ShouldBeNull();
        reply.Failure!.Message.ShouldContain("build-only");
        another.ShouldBeOfType<SetupResult<ConnectionDefinition>.Invalid>().Faults.ShouldHaveSingleItem().Message.ShouldContain("Set up an OAuth client of your own");
        app.ShouldBeOfType<SetupResult<DevelopmentApp>.Conflict>();
        await Should.ThrowAsync<InvalidOperationException>(() => production.StartFlowAsync(id));
    }

    [NodeFact]
    public async Task Its_secret_goes_where_the_operator_said_and_nowhere_else()
    {
        await using var harness = await ConsentApp.StartAsync(oidc.Provider, tokenEndpoint: "{{fields.server}}/token");
        var apps = harness.Get<DevelopmentApps>();
        var asked = new NewDevelopmentApp { Connector = "oidc", ClientId = "one", ClientSecret = new(harness.NewSecret("client secret")) };
        var here = new Dictionary<string, string> { ["server"] = "https://app.example" };

        var open = await apps.CreateAsync(ConnectionsHarness.Operator, asked, CancellationToken.None);
        var wrong = await apps.CreateAsync(ConnectionsHarness.Operator, asked with { Presets = new Dictionary<string, string> { ["server"] = "http://10.0.0.1", ["note"] = "x" } }, CancellationToken.None);
        (await apps.CreateAsync(ConnectionsHarness.Operator, asked with { Presets = here }, CancellationToken.None)).ShouldBeOfType<SetupResult<DevelopmentApp>.Done>();
        var elsewhere = await DefineAsync(harness, "crm", new() { ["server"] = "https://evil.example" });
        var fixedHere = await DefineAsync(harness);
        var movedLater = await ChangeAsync(harness, new() { Presets = new Dictionary<string, string> { ["server"] = "https://evil.example" } });
        var leftOut = await ChangeAsync(harness, new() { Presets = new Dictionary<string, string>() });

        open.ShouldBeOfType<SetupResult<DevelopmentApp>.Invalid>().Faults.Select(f => f.Path).ShouldBe(["presets.server"]);
        wrong.ShouldBeOfType<SetupResult<DevelopmentApp>.Invalid>().Faults.Select(f => f.Path).ShouldBe(["presets.server", "presets.note"]);
        elsewhere.ShouldBeOfType<SetupResult<ConnectionDefinition>.Invalid>().Faults.Select(f => f.Path).ShouldBe(["presets.server"]);
        fixedHere.ShouldBeOfType<SetupResult<ConnectionDefinition>.Done>().Value.Presets.ShouldBe(here);
        movedLater.ShouldBeOfType<SetupResult<ConnectionDefinition>.Invalid>().Faults.Select(f => f.Path).ShouldBe(["presets.server"]);
        leftOut.ShouldBeOfType<SetupResult<ConnectionDefinition>.Done>().Value.Presets.ShouldBe(here);
    }

    [NodeFact]
    public async Task It_takes_its_privilege_and_is_removed_when_nothing_works_on_it()
    {
        await using var harness = await ConsentApp.StartAsync(oidc.Provider);
        var apps = harness.Get<DevelopmentApps>();
        var asked = new NewDevelopmentApp { Connector = "oidc", ClientId = "one" };

        (await DefineAsync(harness)).ShouldBeOfType<SetupResult<ConnectionDefinition>.Invalid>().Faults.ShouldHaveSingleItem().Path.ShouldBe("useDevelopmentApp");
        (await apps.CreateAsync(s_author, asked, CancellationToken.None)).ShouldBeOfType<SetupResult<DevelopmentApp>.Forbidden>();
        (await apps.ListAsync(s_author, CancellationToken.None)).ShouldBeOfType<SetupResult<IReadOnlyList<DevelopmentApp>>.Forbidden>();
        (await apps.CreateAsync(ConnectionsHarness.Operator, asked with { ClientId = " " }, CancellationToken.None)).ShouldBeOfType<SetupResult<DevelopmentApp>.Invalid>().Faults.ShouldHaveSingleItem().Path.ShouldBe("clientId");
        (await apps.CreateAsync(ConnectionsHarness.Operator, asked with { Scheme = "nothing" }, CancellationToken.None)).ShouldBeOfType<SetupResult<DevelopmentApp>.Invalid>().Faults.ShouldHaveSingleItem().Path.ShouldBe("scheme");
        var app = (await apps.CreateAsync(ConnectionsHarness.Operator, asked, CancellationToken.None)).ShouldBeOfType<SetupResult<DevelopmentApp>.Done>().Value;
        (await apps.CreateAsync(ConnectionsHarness.Operator, asked, CancellationToken.None)).ShouldBeOfType<SetupResult<DevelopmentApp>.Conflict>();
        (await DefineAsync(harness)).ShouldBeOfType<SetupResult<ConnectionDefinition>.Done>();
        (await harness.Setup.CreateAsync(ConnectionsHarness.Operator, new() { DefinitionKey = "crm", Owner = new(OwnerKind.Customer, "acme") }, CancellationToken.None))
            .ShouldBeOfType<SetupResult<Connection>.Invalid>().Faults.ShouldHaveSingleItem().Message.ShouldContain("no customer");
        (await apps.RemoveAsync(s_author, app.Id, CancellationToken.None)).ShouldBeOfType<SetupResult<DevelopmentApp>.Forbidden>();
        (await apps.RemoveAsync(ConnectionsHarness.Operator, app.Id, CancellationToken.None)).ShouldBeOfType<SetupResult<DevelopmentApp>.Conflict>().Reason.ShouldContain("'crm'");
        (await ChangeAsync(harness, new() { ClientId = "mine" })).ShouldBeOfType<SetupResult<ConnectionDefinition>.Done>();
        (await apps.RemoveAsync(ConnectionsHarness.Operator, app.Id, CancellationToken.None)).ShouldBeOfType<SetupResult<DevelopmentApp>.Done>();
        (await apps.RemoveAsync(ConnectionsHarness.Operator, app.Id, CancellationToken.None)).ShouldBeOfType<SetupResult<DevelopmentApp>.NotFound>();
    }

    [NodeFact]
    public async Task A_secret_that_is_replaced_is_used_at_once()
    {
        await using var harness = await ConsentApp.StartAsync(oidc.Provider);
        var (app, right) = await NewAppAsync(harness);
        (await DefineAsync(harness)).ShouldBeOfType<SetupResult<ConnectionDefinition>.Done>();
        var id = await harness.ConnectAsync("crm", []);
        (await harness.AuthorizeAsync(id)).ShouldBeOfType<FlowOutcome.Connected>();
        var apps = harness.Get<DevelopmentApps>();

        await apps.ChangeAsync(ConnectionsHarness.Operator, app.Id, new() { ClientSecret = new(harness.NewSecret("wrong client secret")) }, CancellationToken.None);
        await harness.SetTokensAsync(id, t => t with { ExpiresAt = DateTimeOffset.UnixEpoch });
        var refused = await harness.SendAsync(id, "api/read");
        await apps.ChangeAsync(ConnectionsHarness.Operator, app.Id, new() { ClientSecret = right }, CancellationToken.None);
        var accepted = await harness.SendAsync(id, "api/read");

        refused.Failure!.Kind.ShouldBe(FailureKind.ClientRejected);
        accepted.Failure.ShouldBeNull();
        (await harness.DefinitionOfAsync(id)).ClientFailure.ShouldBeNull();
    }

    private async Task<(DevelopmentApp App, Secret Secret)> NewAppAsync(ConnectionsHarness harness)
    {
        var (client, secret) = ($"development-{Guid.NewGuid():N}", harness.NewSecret("development client secret"));
        await oidc.Provider.AddClientAsync(client, secret, "client_secret_basic", ConnectionsHarness.Callback("development.oidc.basic").AbsoluteUri);
        var made = await harness.Get<DevelopmentApps>().CreateAsync(ConnectionsHarness.Operator, new() { Connector = "oidc", Scheme = "basic", ClientId = client, ClientSecret = new(secret) }, CancellationToken.None);
        return (made.ShouldBeOfType<SetupResult<DevelopmentApp>.Done>().Value, new(secret));
    }

    private static Task<SetupResult<ConnectionDefinition>> DefineAsync(ConnectionsHarness harness, string key = "crm", Dictionary<string, string>? presets = null) =>
        harness.Get<DefinitionSetup>().CreateAsync(s_author, new() { Key = key, Connector = "oidc", Scheme = "basic", UsesDevelopmentApp = true, Presets = presets ?? [] }, CancellationToken.None);

    private static Task<SetupResult<ConnectionDefinition>> ChangeAsync(ConnectionsHarness harness, DefinitionChange change) =>
        harness.Get<DefinitionSetup>().ChangeAsync(s_author, "crm", change, CancellationToken.None);
}
