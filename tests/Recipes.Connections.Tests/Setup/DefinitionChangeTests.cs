using Recipes.Testing;

namespace Recipes.Connections.Tests;

public sealed class DefinitionChangeTests(OidcFixture oidc) : IClassFixture<OidcFixture>
{
    private static readonly Caller s_member = new(TenantId.Default, UserId.Parse("rep"), Privileges.Member);
    private static readonly Uri s_app = new("https://app.example/");

    [NodeFact]
    public async Task Only_what_is_given_changes()
    {
        await using var harness = await StartAsync();
        var secret = harness.NewSecret("client secret");
        var before = await harness.DefineAsync("crm", "oidc", "basic", clientId: "one", clientSecret: secret, scopes: ["a", "b"]);

        var renamed = await ChangeAsync(harness, "crm", new() { DisplayName = " Sales ", RuntimeUser = RuntimeUserPolicy.Required });
        var scoped = await ChangeAsync(harness, "crm", new() { Scopes = [] });

        renamed.ShouldBeOfType<SetupResult<ConnectionDefinition>.Done>().Value.DisplayName.ShouldBe("Sales");
        var after = await ReadAsync(harness, "crm");
        after.Version.ShouldBe(scoped.ShouldBeOfType<SetupResult<ConnectionDefinition>.Done>().Value.Version);
        (after.DisplayName, after.RuntimeUser, after.Scopes.Count).ShouldBe(("Sales", RuntimeUserPolicy.Required, 0));
        (after.Id, after.Connector, after.Scheme, after.OAuthApp!.ClientId).ShouldBe((before.Id, "oidc", "basic", "one"));
        harness.Vault.OpenClientSecret(after.Tenant, after.Id, after.OAuthApp.SealedClientSecret!).Reveal().ShouldBe(secret);
    }

    [NodeFact]
    public async Task A_change_is_checked_as_at_creation()
    {
        await using var harness = await StartAsync();
        await harness.DefineAsync("docs", "docs", "basic");
        await harness.DefineAsync("crm", "oidc", "basic", clientId: "one");

        var docs = await ChangeAsync(harness, "docs", new()
        {
            DisplayName = new string('x', 201),
            ClientId = "id",
            ClientSecret = new("secret"),
            Scopes = ["a b"],
            Presets = new Dictionary<string, string> { ["password"] = "x", ["nothing"] = "x", ["baseUrl"] = "http://10.0.0.1/" },
            RuntimeUser = (RuntimeUserPolicy)9,
        });
        var crm = await ChangeAsync(harness, "crm", new() { ClientId = " " });

        PathsOf(docs).ShouldBe(["displayName", "clientId", "clientSecret", "scopes", "scopes.0", "presets.password", "presets.nothing", "presets.baseUrl", "runtimeUser"], ignoreOrder: true);
        PathsOf(crm).ShouldBe(["clientId"]);
        (await harness.Get<DefinitionSetup>().ChangeAsync(s_member, "docs", new() { DisplayName = "x" }, CancellationToken.None)).ShouldBeOfType<SetupResult<ConnectionDefinition>.Forbidden>();
        (await ChangeAsync(harness, "nothing", new())).ShouldBeOfType<SetupResult<ConnectionDefinition>.NotFound>();
    }

    [NodeFact]
    public async Task Addresses_stay_while_a_connection_holds_a_credential()
    {
        await using var harness = await StartAsync();
        await harness.DefineAsync("docs", "docs", "basic", presets: new() { ["baseUrl"] = s_app.AbsoluteUri });
        var id = await harness.ConnectAsync("docs", new() { ["username"] = "u", ["password"] = harness.NewSecret("password") });
        var elsewhere = new Dictionary<string, string> { ["baseUrl"] = "https://elsewhere.example/" };

        var other = await ChangeAsync(harness, "docs", new() { Presets = new Dictionary<string, string> { ["baseUrl"] = s_app.AbsoluteUri, ["probe"] = "me" } });
        var moved = await ChangeAsync(harness, "docs", new() { Presets = elsewhere });
        var freed = await ChangeAsync(harness, "docs", new() { Presets = new Dictionary<string, string>() });
        await harness.Setup.DisconnectAsync(ConnectionsHarness.Operator, id, CancellationToken.None);
        var later = await ChangeAsync(harness, "docs", new() { Presets = elsewhere });

        other.ShouldBeOfType<SetupResult<ConnectionDefinition>.Done>();
        moved.ShouldBeOfType<SetupResult<ConnectionDefinition>.Conflict>().Reason.ShouldStartWith("1 connection holds a credential");
        freed.ShouldBeOfType<SetupResult<ConnectionDefinition>.Conflict>();
        later.ShouldBeOfType<SetupResult<ConnectionDefinition>.Done>();
        (await ReadAsync(harness, "docs")).Presets.ShouldBe(elsewhere);
    }

    [NodeFact]
    public async Task A_client_secret_that_is_kept_does_not_move_to_another_token_endpoint()
    {
        var profile = Profiles.Oidc(oidc.Provider);
        profile = profile with
        {
            Fields = [new() { Name = "server", Label = "server" }],
            Schemes = [(OAuth2Scheme)profile.Schemes[0] with { TokenEndpoint = FieldTemplate.Parse("https://{{fields.server}}/token") }],
        };
        await using var harness = await ConnectionsHarness.StartAsync(new Profiles(profile), [oidc.Provider.Issuer.Authority]);
        await harness.DefineAsync("crm", "oidc", "basic", clientId: "one", clientSecret: harness.NewSecret("client secret"), presets: new() { ["server"] = "a.example" });
        var elsewhere = new DefinitionChange { Presets = new Dictionary<string, string> { ["server"] = "b.example" } };

        var kept = await ChangeAsync(harness, "crm", elsewhere);
        var open = await ChangeAsync(harness, "crm", new() { Presets = new Dictionary<string, string>() });
        var given = await ChangeAsync(harness, "crm", elsewhere with { ClientSecret = new(harness.NewSecret("client secret")) });

        PathsOf(kept).ShouldBe(["clientSecret"]);
        PathsOf(open).ShouldBe(["presets.server", "clientSecret"], ignoreOrder: true);
        given.ShouldBeOfType<SetupResult<ConnectionDefinition>.Done>();
    }

    [NodeFact]
    public async Task A_new_client_secret_clears_the_rejection_and_is_used_at_the_next_refresh()
    {
        await using var harness = await StartAsync();
        var id = await harness.ConsentAsync(oidc.Provider);
        (await harness.SendAsync(id, "api/read")).Failure.ShouldBeNull();
        var right = await harness.DefinitionOfAsync(id);
        var secret = harness.Vault.OpenClientSecret(right.Tenant, right.Id, right.OAuthApp!.SealedClientSecret!);

        await ChangeAsync(harness, right.Key.Value, new() { ClientSecret = new(harness.NewSecret("wrong client secret")) });
        await harness.SetTokensAsync(id, t => t with { ExpiresAt = DateTimeOffset.UnixEpoch });
        var refused = await harness.SendAsync(id, "api/read");
        var rejected = (await harness.DefinitionOfAsync(id)).ClientFailure;
        await ChangeAsync(harness, right.Key.Value, new() { DisplayName = "Still wrong", ClientId = right.OAuthApp.ClientId });
        var still = (await harness.DefinitionOfAsync(id)).ClientFailure;
        await ChangeAsync(harness, right.Key.Value, new() { ClientSecret = secret });
        var cleared = (await harness.DefinitionOfAsync(id)).ClientFailure;
        var accepted = await harness.SendAsync(id, "api/read");

        refused.Failure!.Kind.ShouldBe(FailureKind.ClientRejected);
        rejected!.Kind.ShouldBe(FailureKind.ClientRejected);
        still.ShouldNotBeNull();
        cleared.ShouldBeNull();
        accepted.Failure.ShouldBeNull();
    }

    [NodeFact]
    public async Task A_live_connection_sees_the_change_with_its_next_request()
    {
        await using var harness = await StartAsync();
        await harness.DefineAsync("docs", "docs", "basic", presets: new() { ["probe"] = "one" });
        var id = await harness.ConnectAsync("docs", new() { ["username"] = "u", ["password"] = harness.NewSecret("password") });
        var live = await harness.Get<LiveConnections>().GetLiveAsync(id, CancellationToken.None);
        var before = (await live.CurrentAsync(CancellationToken.None)).Fields["probe"];

        await ChangeAsync(harness, "docs", new() { Presets = new Dictionary<string, string> { ["probe"] = "two" } });

        before.ShouldBe("one");
        (await live.CurrentAsync(CancellationToken.None)).Fields["probe"].ShouldBe("two");
    }

    [NodeFact]
    public async Task Changes_at_the_same_time_are_all_kept()
    {
        await using var harness = await StartAsync();
        await harness.DefineAsync("crm", "oidc", "basic", clientId: "one");
        DefinitionChange[] changes = [new() { DisplayName = "Sales" }, new() { ClientId = "two" }, new() { Scopes = ["a"] }, new() { RuntimeUser = RuntimeUserPolicy.Optional }];

        await Task.WhenAll(changes.Select(c => ChangeAsync(harness, "crm", c)));

        var after = await ReadAsync(harness, "crm");
        (after.DisplayName, after.OAuthApp!.ClientId, after.Scopes.Count, after.RuntimeUser).ShouldBe(("Sales", "two", 1, RuntimeUserPolicy.Optional));
        after.Version.ShouldBe(5);
    }

    private Task<ConnectionsHarness> StartAsync() =>
        ConnectionsHarness.StartAsync(new Profiles(Profiles.Docs(s_app), Profiles.Oidc(oidc.Provider)), [oidc.Provider.Issuer.Authority]);

    private static Task<SetupResult<ConnectionDefinition>> ChangeAsync(ConnectionsHarness harness, string key, DefinitionChange change) =>
        harness.Get<DefinitionSetup>().ChangeAsync(ConnectionsHarness.Operator, key, change, CancellationToken.None);

    private static async Task<ConnectionDefinition> ReadAsync(ConnectionsHarness harness, string key) =>
        (await harness.Store.FindDefinitionAsync(TenantId.Default, StableKey.Parse(key), CancellationToken.None)).ShouldNotBeNull();

    private static IEnumerable<string> PathsOf(SetupResult<ConnectionDefinition> result) => result.ShouldBeOfType<SetupResult<ConnectionDefinition>.Invalid>().Faults.Select(f => f.Path);
}
