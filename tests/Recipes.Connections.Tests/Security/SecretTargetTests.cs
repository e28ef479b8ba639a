using Microsoft.AspNetCore.Http;

namespace Recipes.Connections.Tests;

/// <summary>Where secrets must not go, whoever connects.</summary>
public sealed class SecretTargetTests
{
    private const string ClientSecret = "the-client-secret-1";
    private static readonly Caller s_member = new(TenantId.Default, UserId.Parse("rep"), Privileges.Member);

    [Theory]
    [InlineData("https://{{fields.server}}/oauth/token", "attacker.example")]
    [InlineData("https://login.{{fields.server}}/oauth/token", "attacker.example")]
    [InlineData("https://{{fields.server}}:8443/oauth/token", "attacker.example")]
    public async Task A_pattern_of_a_whole_host_lets_nobody_choose_where_the_client_secret_goes(string token, string host)
    {
        var server = new Field { Name = "server", Label = "Server", Pattern = new ValuePattern("^[a-z0-9-]+(\\.[a-z0-9-]+)+$") };
        await using var harness = await ConnectionsHarness.StartAsync(new Profiles(App(token, server)), []);

        var defined = await DefineAsync(harness);
        await DefineAsync(harness, new() { ["server"] = "home.example" });
        var connected = await harness.Setup.CreateAsync(s_member, new() { DefinitionKey = "app", Owner = Owner.Of(s_member.User), Fields = Given("server", host) }, CancellationToken.None);

        defined.ShouldBeOfType<SetupResult<ConnectionDefinition>.Invalid>().Faults.ShouldHaveSingleItem().Path.ShouldBe("presets.server");
        connected.ShouldBeOfType<SetupResult<Connection>.Invalid>();
    }

    [Fact]
    public async Task A_part_of_a_host_that_the_connector_ends_is_free_to_choose()
    {
        var name = new Field { Name = "server", Label = "Subdomain", Pattern = new ValuePattern("^[a-z0-9-]+$") };
        await using var harness = await ConnectionsHarness.StartAsync(new Profiles(App("https://{{fields.server}}.app.example/token", name)), []);

        var defined = await DefineAsync(harness);

        defined.ShouldBeOfType<SetupResult<ConnectionDefinition>.Done>();
    }

    [Fact]
    public async Task A_client_secret_that_came_later_goes_to_no_address_from_before()
    {
        await using var other = await AppServer.StartAsync();
        var app = App("https://app.example/token", new Field { Name = "revocationEndpoint", Label = "Revocation", Kind = FieldKind.Url, Required = false }, s => s with { RevocationEndpoint = FieldTemplate.Parse("{{fields.revocationEndpoint}}") });
        await using var harness = await ConnectionsHarness.StartAsync(new Profiles(app), [other.Address.Authority]);
        await harness.DefineAsync("app", "app", "oauth2", clientId: "id");
        var made = await ConnectAsync(harness, "revocationEndpoint", other.Address.AbsoluteUri);

        (await harness.Get<DefinitionSetup>().ChangeAsync(ConnectionsHarness.Operator, "app", new() { ClientSecret = new(ClientSecret) }, CancellationToken.None)).ShouldBeOfType<SetupResult<ConnectionDefinition>.Done>();
        await harness.Setup.DisconnectAsync(s_member, made, CancellationToken.None);

        other.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Imported_tokens_take_no_kept_secret_to_another_address()
    {
        await using var other = await AppServer.StartAsync();
        var app = App("https://app.example/token", new Field { Name = "server", Label = "Server", Kind = FieldKind.Url }, s => s with
        {
            Fields = [new() { Name = "gatewayKey", Label = "Gateway key", Kind = FieldKind.Secret }],
            Apply = new ApplyRules { Headers = [new("X-Key", CredentialTemplate.Parse("{{secrets.gatewayKey}}"))] },
        }) with
        { BaseAddress = FieldTemplate.Parse("{{fields.server}}") };
        await using var harness = await ConnectionsHarness.StartAsync(new Profiles(app), [other.Address.Authority]);
        await harness.DefineAsync("app", "app", "oauth2", clientId: "id");
        var id = await harness.ConnectAsync("app", new() { ["server"] = "https://good.example", ["gatewayKey"] = harness.NewSecret("gateway key") });

        var imported = await harness.Setup.ImportTokensAsync(ConnectionsHarness.Operator, id, new() { AccessToken = new("a-token") }, Given("server", other.Address.AbsoluteUri), CancellationToken.None);

        imported.ShouldBeOfType<SetupResult<Connection>.Invalid>().Faults.ShouldHaveSingleItem().Path.ShouldBe("fields.gatewayKey");
        other.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_client_secret_in_a_header_goes_to_no_address_of_a_members_choice_and_is_not_shown_when_repeated()
    {
        await using var home = await AppServer.StartAsync(_ => Results.Text($$"""{"error":"{{ClientSecret}} is wrong"}""", "application/json", statusCode: 400));
        var app = App("https://app.example/token", new Field { Name = "server", Label = "Server", Kind = FieldKind.Url }, s => s with { Apply = new ApplyRules { Headers = [new("X-Key", CredentialTemplate.Parse("{{client.secret}}"))] } })
            with
        { BaseAddress = FieldTemplate.Parse("{{fields.server}}") };
        await using var harness = await ConnectionsHarness.StartAsync(new Profiles(app), [home.Address.Authority]);

        var open = await DefineAsync(harness);
        await DefineAsync(harness, new() { ["server"] = home.Address.AbsoluteUri });
        var id = (await harness.Setup.CreateAsync(s_member, new() { DefinitionKey = "app", Owner = Owner.Of(s_member.User), Tokens = new() { AccessToken = new("some-token") } }, CancellationToken.None)).ShouldBeOfType<SetupResult<Connection>.Done>().Value.Id;
        var reply = await harness.SendAsync(id, "things");

        open.ShouldBeOfType<SetupResult<ConnectionDefinition>.Invalid>();
        home.Requests.Single().Header("X-Key").ShouldBe(ClientSecret);
        reply.Failure!.ToString().ShouldNotContain(ClientSecret);
    }

    [Fact]
    public async Task A_path_with_two_slashes_in_an_issuer_leads_to_no_other_host()
    {
        await using var home = await AppServer.StartAsync(_ => Results.NotFound());
        await using var other = await AppServer.StartAsync();
        await using var harness = await ConnectionsHarness.StartAsync(new Profiles(), [home.Address.Authority, other.Address.Authority]);

        var found = await harness.Get<IssuerDirectory>().FindAsync($"{home.Address}/{other.Address.Authority}", CancellationToken.None);

        found.Failure!.Kind.ShouldBe(FailureKind.Misconfigured);
        other.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_address_of_the_accounts_own_choice_blames_no_consumer_that_others_use()
    {
        await using var own = await AppServer.StartAsync(_ => Results.Text("oauth_problem=consumer_key_unknown", "text/plain", statusCode: 401));
        var app = new ConnectorProfile
        {
            Name = "app",
            DisplayName = "App",
            BaseAddress = FieldTemplate.Parse("{{fields.server}}"),
            Fields = [new() { Name = "server", Label = "Server", Kind = FieldKind.Url }],
            Schemes = [new OAuth1Scheme { Name = "oauth1", DisplayName = "OAuth", Flow = OAuth1Flow.Token, Fields = [new() { Name = "token", Label = "Token", Kind = FieldKind.Secret }, new() { Name = "tokenSecret", Label = "Secret", Kind = FieldKind.Secret }] }],
        };
        await using var harness = await ConnectionsHarness.StartAsync(new Profiles(app), [own.Address.Authority]);
        await harness.DefineAsync("app", "app", "oauth1", clientId: "id", clientSecret: ClientSecret);
        var id = await harness.ConnectAsync("app", new() { ["server"] = own.Address.AbsoluteUri, ["token"] = "some-token", ["tokenSecret"] = harness.NewSecret("token secret") }, Owner.Of(s_member.User));

        (await harness.SendAsync(id, "things")).Failure.ShouldNotBeNull();

        (await harness.DefinitionOfAsync(id)).ClientFailure.ShouldBeNull();
    }

    [Fact]
    public async Task An_imported_value_is_given_as_the_app_gives_it_and_kept_as_the_flow_would_keep_it()
    {
        var app = App("https://app.example/token", new Field { Name = "server", Label = "Store", Automatic = true }, s => s with { Captures = [new("server", null, CaptureSource.TokenReply, "context", new ValuePattern("^stores/(?<value>[a-z0-9]+)$"))] })
            with
        { BaseAddress = FieldTemplate.Parse("https://app.example/{{fields.server}}") };
        await using var harness = await ConnectionsHarness.StartAsync(new Profiles(app), []);
        await harness.DefineAsync("app", "app", "oauth2", clientId: "id");

        var id = await ConnectAsync(harness, "server", "stores/abc123");

        (await harness.ReadAsync(id)).Record.Fields["server"].ShouldBe("abc123");
    }

    private static ConnectorProfile App(string token, Field field, Func<OAuth2Scheme, OAuth2Scheme>? change = null) => new()
    {
        Name = "app",
        DisplayName = "App",
        BaseAddress = FieldTemplate.Parse("https://app.example/"),
        Fields = [field],
        Schemes =
        [
            (change ?? (s => s))(new OAuth2Scheme
            {
                Name = "oauth2",
                DisplayName = "OAuth",
                AuthorizationEndpoint = FieldTemplate.Parse("https://app.example/authorize"),
                TokenEndpoint = FieldTemplate.Parse(token),
            }),
        ],
    };

    private static Task<SetupResult<ConnectionDefinition>> DefineAsync(ConnectionsHarness harness, Dictionary<string, string>? presets = null) =>
        harness.Get<DefinitionSetup>().CreateAsync(
            ConnectionsHarness.Operator, new() { Key = "app", Connector = "app", Scheme = "oauth2", ClientId = "id", ClientSecret = new(ClientSecret), Presets = presets ?? [] }, CancellationToken.None);

    private static async Task<ConnectionId> ConnectAsync(ConnectionsHarness harness, string field, string value) =>
        (await harness.Setup.CreateAsync(s_member, new() { DefinitionKey = "app", Owner = Owner.Of(s_member.User), Tokens = new() { AccessToken = new("some-token") }, Fields = Given(field, value) }, CancellationToken.None))
            .ShouldBeOfType<SetupResult<Connection>.Done>().Value.Id;

    private static Dictionary<string, Secret> Given(string field, string value) => new() { [field] = new(value) };
}
