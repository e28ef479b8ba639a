using Recipes.Testing;

namespace Recipes.Connections.Tests;

public sealed class SetupTests(OidcFixture oidc) : IClassFixture<OidcFixture>
{
    private static readonly Caller s_member = new(TenantId.Default, UserId.Parse("rep"), Privileges.Member);
    private static readonly Uri s_app = new("https://app.example/");

    [NodeTheory]
    [InlineData("key", "Bad Key", "docs", "basic")]
    [InlineData("key", "", "docs", "basic")]
    [InlineData("connector", "fine", "nothing", "basic")]
    [InlineData("scheme", "fine", "docs", "nothing")]
    [InlineData("scheme", "fine", "keys", null)]
    [InlineData("clientId", "fine", "oidc", "basic")]
    [InlineData("presets.nothing", "fine", "docs", "basic", "nothing", "x")]
    [InlineData("presets.password", "fine", "docs", "basic", "password", "x")]
    [InlineData("presets.baseUrl", "fine", "docs", "basic", "baseUrl", "http://10.0.0.1/")]
    [InlineData("presets.baseUrl", "fine", "docs", "basic", "baseUrl", "not an address")]
    public async Task A_definition_with_a_fault_names_the_place(string path, string key, string connector, string? scheme, string? preset = null, string? value = null)
    {
        await using var harness = await StartAsync();
        var asked = new NewConnectionDefinition { Key = key, Connector = connector, Scheme = scheme, Presets = preset is null ? [] : new Dictionary<string, string> { [preset] = value! } };

        var result = await harness.Get<DefinitionSetup>().CreateAsync(ConnectionsHarness.Operator, asked, CancellationToken.None);

        result.ShouldBeOfType<SetupResult<ConnectionDefinition>.Invalid>().Faults.Select(f => f.Path).ShouldBe([path]);
    }

    [NodeTheory]
    [InlineData(true, "presets.server")]
    [InlineData(false)]
    public async Task A_client_secret_is_only_taken_where_the_definition_says_where_it_goes(bool hasSecret, params string[] places)
    {
        var profile = Profiles.Oidc(oidc.Provider);
        profile = profile with
        {
            Fields = [new() { Name = "server", Label = "server" }],
            Schemes = [(OAuth2Scheme)profile.Schemes[0] with { TokenEndpoint = FieldTemplate.Parse("https://{{fields.server}}/token") }],
        };
        await using var harness = await ConnectionsHarness.StartAsync(new Profiles(profile), [oidc.Provider.Issuer.Authority]);
        var asked = new NewConnectionDefinition { Key = "open", Connector = "oidc", ClientId = "id", ClientSecret = hasSecret ? new(harness.NewSecret("client secret")) : null };

        var result = await harness.Get<DefinitionSetup>().CreateAsync(ConnectionsHarness.Operator, asked, CancellationToken.None);

        ((result as SetupResult<ConnectionDefinition>.Invalid)?.Faults.Select(f => f.Path) ?? []).ShouldBe(places);
    }

    [NodeFact]
    public async Task A_connection_that_was_given_up_is_no_default_any_more()
    {
        await using var harness = await StartAsync();
        await harness.DefineAsync("docs", "docs", "basic", presets: new() { ["baseUrl"] = s_app.AbsoluteUri });
        Dictionary<string, string> fields = new() { ["username"] = "u", ["password"] = harness.NewSecret("password") };
        var first = await harness.ConnectAsync("docs", fields);
        await harness.Setup.DisconnectAsync(ConnectionsHarness.Operator, first, CancellationToken.None);

        var second = await harness.ConnectAsync("docs", fields);

        (await harness.Store.FindAsync(second, CancellationToken.None))!.Record.IsDefault.ShouldBeTrue();
        (await harness.Store.FindAsync(first, CancellationToken.None))!.Record.IsDefault.ShouldBeFalse();
    }

    [NodeFact]
    public async Task The_default_can_be_moved_by_whoever_may_manage_the_connection()
    {
        await using var harness = await StartAsync();
        await harness.DefineAsync("docs", "docs", "basic", presets: new() { ["baseUrl"] = s_app.AbsoluteUri });
        Dictionary<string, string> fields = new() { ["username"] = "u", ["password"] = harness.NewSecret("password") };
        var (first, second, third) = (await harness.ConnectAsync("docs", fields), await harness.ConnectAsync("docs", fields), await harness.ConnectAsync("docs", fields));
        await harness.Setup.DisconnectAsync(ConnectionsHarness.Operator, third, CancellationToken.None);

        var byStranger = await harness.Setup.MakeDefaultAsync(s_member, second, CancellationToken.None);
        var disconnected = await harness.Setup.MakeDefaultAsync(ConnectionsHarness.Operator, third, CancellationToken.None);
        var moved = await harness.Setup.MakeDefaultAsync(ConnectionsHarness.Operator, second, CancellationToken.None);

        byStranger.ShouldBeOfType<SetupResult<Connection>.NotFound>();
        disconnected.ShouldBeOfType<SetupResult<Connection>.Conflict>();
        moved.ShouldBeOfType<SetupResult<Connection>.Done>().Value.Record.IsDefault.ShouldBeTrue();
        (await harness.ReadAsync(first)).Record.IsDefault.ShouldBeFalse();
        (await harness.ReadAsync(second)).Record.IsDefault.ShouldBeTrue();
    }

    [NodeFact]
    public async Task All_faults_of_a_definition_are_told_at_once()
    {
        await using var harness = await StartAsync();
        var asked = new NewConnectionDefinition
        {
            Key = "Bad",
            Connector = "docs",
            Scheme = "basic",
            DisplayName = new string('x', 201),
            ClientId = "id",
            ClientSecret = new("secret"),
            Scopes = ["a b"],
            RuntimeUser = (RuntimeUserPolicy)9,
        };

        var result = await harness.Get<DefinitionSetup>().CreateAsync(ConnectionsHarness.Operator, asked, CancellationToken.None);

        result.ShouldBeOfType<SetupResult<ConnectionDefinition>.Invalid>().Faults.Select(f => f.Path)
            .ShouldBe(["key", "displayName", "runtimeUser", "clientId", "clientSecret", "scopes", "scopes.0"], ignoreOrder: true);
    }

    [NodeFact]
    public async Task A_definition_takes_its_privilege_and_a_key_of_its_own()
    {
        await using var harness = await StartAsync();
        var asked = new NewConnectionDefinition { Key = "docs", Connector = "docs" };
        var setup = harness.Get<DefinitionSetup>();

        (await setup.CreateAsync(s_member, asked, CancellationToken.None)).ShouldBeOfType<SetupResult<ConnectionDefinition>.Forbidden>();
        (await setup.CreateAsync(ConnectionsHarness.Operator, asked, CancellationToken.None)).ShouldBeOfType<SetupResult<ConnectionDefinition>.Done>();
        (await setup.CreateAsync(ConnectionsHarness.Operator, asked, CancellationToken.None)).ShouldBeOfType<SetupResult<ConnectionDefinition>.Conflict>();
    }

    [NodeTheory]
    [InlineData("fields.password", "username=u")]
    [InlineData("fields.username", "password=p")]
    [InlineData("fields", "username=a:b;password=p")]
    [InlineData("fields.nothing", "username=u;password=p;nothing=x")]
    [InlineData("fields.baseUrl", "username=u;password=p;baseUrl=http://169.254.169.254/")]
    [InlineData("fields.baseUrl", "username=u;password=p;baseUrl=ftp://app.example/")]
    [InlineData("fields.probe", "username=u;password=p;probe=fixed")]
    public async Task A_connection_with_a_fault_names_the_place(string path, string fields)
    {
        await using var harness = await StartAsync();
        await harness.DefineAsync("docs", "docs", "basic", presets: new() { ["probe"] = "me" });

        var result = await CreateAsync(harness, ConnectionsHarness.Operator, Owner.Organisation, fields);

        result.ShouldBeOfType<SetupResult<Connection>.Invalid>().Faults.Select(f => f.Path).ShouldBe([path]);
    }

    [NodeFact]
    public async Task A_connection_of_somebody_else_takes_a_privilege()
    {
        await using var harness = await StartAsync();
        await harness.DefineAsync("docs", "docs", "basic");
        const string Fields = "username=u;password=p";

        var own = await CreateAsync(harness, s_member, Owner.Of(s_member.User), Fields);

        (await CreateAsync(harness, s_member, Owner.Organisation, Fields)).ShouldBeOfType<SetupResult<Connection>.Forbidden>();
        (await CreateAsync(harness, s_member, Owner.Of(ConnectionsHarness.Manager), Fields)).ShouldBeOfType<SetupResult<Connection>.Forbidden>();
        (await CreateAsync(harness, s_member with { Privileges = Privileges.None }, Owner.Of(s_member.User), Fields)).ShouldBeOfType<SetupResult<Connection>.Forbidden>();
        (await CreateAsync(harness, ConnectionsHarness.Operator, new Owner(OwnerKind.User, null), Fields)).ShouldBeOfType<SetupResult<Connection>.Invalid>().Faults.ShouldHaveSingleItem().Path.ShouldBe("owner");
        (await harness.Setup.CreateAsync(s_member, new() { DefinitionKey = "nothing", Owner = Owner.Of(s_member.User) }, CancellationToken.None)).ShouldBeOfType<SetupResult<Connection>.NotFound>();

        var id = own.ShouldBeOfType<SetupResult<Connection>.Done>().Value.Id;
        var stranger = s_member with { User = UserId.Parse("stranger") };
        (await harness.Setup.FindAsync(stranger, id, CancellationToken.None)).ShouldBeNull();
        (await harness.Setup.FindAsync(ConnectionsHarness.Operator with { Tenant = TenantId.Parse("other") }, id, CancellationToken.None)).ShouldBeNull();
        (await harness.Setup.DisconnectAsync(stranger, id, CancellationToken.None)).ShouldBeOfType<SetupResult<Disconnection>.NotFound>();
        (await harness.Setup.ReplaceCredentialAsync(stranger, id, new Dictionary<string, Secret>(), CancellationToken.None)).ShouldBeOfType<SetupResult<Connection>.NotFound>();
        (await harness.Setup.ListAsync(stranger, new(), CancellationToken.None)).ShouldBeEmpty();
        (await harness.Setup.ListAsync(s_member, new(), CancellationToken.None)).ShouldHaveSingleItem();
    }

    [NodeFact]
    public async Task Disconnecting_deletes_the_credential_and_gives_the_grant_back()
    {
        await using var harness = await StartAsync();
        var id = await harness.ConsentAsync(oidc.Provider);
        var record = (await harness.ReadAsync(id)).Record;
        await oidc.Provider.ResetCountersAsync();

        var result = await harness.Setup.DisconnectAsync(ConnectionsHarness.Operator, id, CancellationToken.None);
        var reply = await harness.SendAsync(id, "api/read");
        var probe = await harness.ProbeAsync(id);
        var after = (await oidc.Provider.CountersAsync()).Refreshes;

        // The old tokens, put back by force, are dead at the provider.
        var connection = await harness.ReadAsync(id);
        connection.Authorized(record.SealedCredential!, null, null, record.UpdatedAt);
        (await harness.Store.TryUpdateAsync(connection, CancellationToken.None)).ShouldBeTrue();
        harness.Get<LiveConnections>().Changed(id);
        var revived = await harness.SendAsync(id, "api/read");

        var (disconnected, revocation) = result.ShouldBeOfType<SetupResult<Disconnection>.Done>().Value;
        disconnected.Id.ShouldBe(id);
        disconnected.Health.ShouldBe(Health.Grey);
        revocation.ShouldBeOfType<RevocationOutcome.Revoked>().RequestLine.ShouldBe($"POST {oidc.Provider.RevocationEndpoint}");
        reply.Response.ShouldBeNull();
        probe.ShouldBeOfType<ProbeResult.NotPossible>();
        after.ShouldBe(0);
        (await oidc.Provider.CountersAsync()).Requests("/token/revocation").ShouldBe(1);
        revived.Failure!.ProviderCode.ShouldBe("invalid_grant");
    }

    [NodeFact]
    public async Task A_provider_that_is_down_does_not_keep_a_connection_from_being_disconnected()
    {
        await using var harness = await StartAsync();
        var id = await harness.ConsentAsync(oidc.Provider);
        await oidc.Provider.DownAsync();

        var result = await harness.Setup.DisconnectAsync(ConnectionsHarness.Operator, id, CancellationToken.None);
        await oidc.Provider.UpAsync();

        var failed = result.ShouldBeOfType<SetupResult<Disconnection>.Done>().Value.Revocation.ShouldBeOfType<RevocationOutcome.Failed>();
        failed.Failure.Kind.ShouldBe(FailureKind.Unavailable);
        var entry = (await harness.LogAsync(id))[0];
        (entry.Event, entry.By, entry.Failure?.Kind).ShouldBe((ConnectionEvent.Revoked, Actor.Of(ConnectionsHarness.Manager), FailureKind.Unavailable));
        (await harness.ReadAsync(id)).Record.SealedCredential.ShouldBeNull();
    }

    private Task<ConnectionsHarness> StartAsync() =>
        ConnectionsHarness.StartAsync(new Profiles(Profiles.Docs(s_app), Profiles.Keys(s_app), Profiles.Oidc(oidc.Provider)), [oidc.Provider.Issuer.Authority]);

    private static Task<SetupResult<Connection>> CreateAsync(ConnectionsHarness harness, Caller caller, Owner owner, string fields) => harness.Setup.CreateAsync(caller, new()
    {
        DefinitionKey = "docs",
        Owner = owner,
        Fields = fields.Split(';').Select(f => f.Split('=', 2)).ToDictionary(f => f[0], f => new Secret(f[1])),
    }, CancellationToken.None);
}
