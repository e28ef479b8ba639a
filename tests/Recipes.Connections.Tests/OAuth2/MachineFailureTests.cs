using Recipes.Testing;

namespace Recipes.Connections.Tests;

/// <summary>What it means when the token endpoint refuses or fails, where no person is needed; introspection and revocation of such tokens.</summary>
public sealed class MachineFailureTests(OidcFixture oidc) : IClassFixture<OidcFixture>, IAsyncLifetime
{
    private readonly TestClock _clock = new(TimeProvider.System.GetUtcNow());

    private OidcProvider Provider => oidc.Provider;

    public async Task InitializeAsync()
    {
        await Provider.HealAsync();
        await Provider.ResetCountersAsync();
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [NodeTheory]
    [InlineData(429, "7", null, FailureKind.RateLimited)]
    [InlineData(503, "Wed, 21 Oct 2037 07:28:00 GMT", null, FailureKind.RateLimited)]
    [InlineData(503, null, null, FailureKind.Unavailable)]
    [InlineData(500, null, """{"error":"invalid_client"}""", FailureKind.Unavailable)]
    [InlineData(502, null, "<html>Bad gateway</html>", FailureKind.Unavailable)]
    [InlineData(404, null, "<html>Not here</html>", FailureKind.Misconfigured)]
    [InlineData(302, null, null, FailureKind.Misconfigured)]
    [InlineData(400, null, "<html>Bad request</html>", FailureKind.Unknown)]
    [InlineData(401, null, "<html>Who are you?</html>", FailureKind.Unknown)]
    [InlineData(400, null, """{"error":"temporarily_unavailable"}""", FailureKind.Unavailable)]
    [InlineData(400, null, "error=invalid_client&error_description=No+such+app", FailureKind.ClientRejected)]
    public async Task A_token_endpoint_in_trouble_leaves_the_connection_as_it_is(int status, string? retryAfter, string? body, FailureKind kind)
    {
        await using var harness = await Machines.StartAsync(Provider, Machines.Scheme(Provider), _clock);
        var id = await Machines.ConnectAsync(harness, Provider);
        await Provider.FailAsync(new() { Path = "/token", Status = status, RetryAfter = retryAfter, Body = body, Type = "text/html" });

        var reply = await harness.SendAsync(id, "api/read");
        var state = (await harness.ReadAsync(id)).State;
        await Provider.HealAsync();
        // It is left alone for as long as it asked, an hour at most.
        if (retryAfter is not null)
            _clock.Advance(TimeSpan.FromHours(1));
        var next = await harness.SendAsync(id, "api/read");

        reply.Failure!.Kind.ShouldBe(kind);
        (reply.Failure.RetryAt is not null).ShouldBe(retryAfter is not null);
        reply.Response.ShouldBeNull();
        state.ShouldBe(ConnectionState.Connected);
        next.Failure.ShouldBeNull();
        (await harness.StandingAsync(id)).ShouldBe((ConnectionState.Connected, Health.Green, null));
        (await harness.DefinitionOfAsync(id)).ClientFailure.ShouldBeNull();
    }

    [NodeFact]
    public async Task A_dropped_token_request_is_an_outage()
    {
        await using var harness = await Machines.StartAsync(Provider, Machines.Scheme(Provider), _clock);
        var id = await Machines.ConnectAsync(harness, Provider);
        await Provider.FailAsync(new() { Path = "/token", Drop = true });

        var reply = await harness.SendAsync(id, "api/read");

        reply.Failure!.Kind.ShouldBe(FailureKind.Unavailable);
        (await harness.ReadAsync(id)).State.ShouldBe(ConnectionState.Connected);
    }

    [NodeFact]
    public async Task A_slow_token_endpoint_is_an_outage()
    {
        await using var harness = await Machines.StartAsync(Provider, Machines.Scheme(Provider), timeout: TimeSpan.FromSeconds(1));
        var id = await Machines.ConnectAsync(harness, Provider);
        await Provider.SetLatencyAsync(TimeSpan.FromSeconds(5));

        var reply = await harness.SendAsync(id, "api/read");

        reply.Failure!.Kind.ShouldBe(FailureKind.Unavailable);
        reply.Failure.Message.ShouldContain("no answer in time");
    }

    [NodeFact]
    public async Task A_scope_that_the_client_may_not_have_is_a_matter_of_the_set_up()
    {
        await using var harness = await Machines.StartAsync(Provider, Machines.Password(Provider) with { ScopeChoices = [new("api:everything")] }, _clock);
        var password = harness.NewSecret("password");
        await Provider.SetPasswordAsync("oscar", password);
        var id = await Machines.ConnectAsync(harness, Provider, grants: ["password"], fields: new() { ["username"] = "oscar", ["password"] = password });

        var reply = await harness.SendAsync(id, "api/read");

        (reply.Failure!.Kind, reply.Failure.ProviderCode).ShouldBe((FailureKind.Misconfigured, "invalid_scope"));
        (await harness.StandingAsync(id)).ShouldBe((ConnectionState.Connected, Health.Red, FailureKind.Misconfigured));
    }

    // oidc-provider says invalid_request; RFC 6749 §5.2 has a code for it.
    [NodeTheory]
    [InlineData(null, FailureKind.Unknown, "invalid_request")]
    [InlineData("""{"error":"unauthorized_client"}""", FailureKind.ClientRejected, "unauthorized_client")]
    public async Task A_grant_that_the_client_may_not_use_changes_no_state(string? body, FailureKind kind, string code)
    {
        await using var harness = await Machines.StartAsync(Provider, Machines.Scheme(Provider), _clock);
        var id = await Machines.ConnectAsync(harness, Provider, grants: ["password"]);
        if (body is not null)
            await Provider.FailAsync(new() { Path = "/token", Status = 400, Type = "application/json", Body = body });

        var reply = await harness.SendAsync(id, "api/read");

        (reply.Failure!.Kind, reply.Failure.ProviderCode).ShouldBe((kind, code));
        (await harness.ReadAsync(id)).State.ShouldBe(ConnectionState.Connected);
        (await harness.DefinitionOfAsync(id)).ClientFailure?.Kind.ShouldBe(FailureKind.ClientRejected);
    }

    [NodeFact]
    public async Task A_grant_that_the_provider_does_not_know_is_a_matter_of_the_set_up()
    {
        var scheme = Machines.Scheme(Provider) with { TokenRequest = new() { Parameters = [new("grant_type", CredentialTemplate.Parse("urn:example:unheard-of"))] } };
        await using var harness = await Machines.StartAsync(Provider, scheme, _clock);
        var id = await Machines.ConnectAsync(harness, Provider);

        var reply = await harness.SendAsync(id, "api/read");

        (reply.Failure!.Kind, reply.Failure.ProviderCode).ShouldBe((FailureKind.Misconfigured, "unsupported_grant_type"));
    }

    [NodeFact]
    public async Task Introspection_tells_what_a_token_permits_and_what_is_missing()
    {
        var scheme = Machines.Scheme(Provider) with { IntrospectionEndpoint = FieldTemplate.Parse(Provider.IntrospectionEndpoint.AbsoluteUri) };
        await using var harness = await Machines.StartAsync(Provider, scheme, _clock);
        var id = await Machines.ConnectAsync(harness, Provider);
        var introspection = harness.Get<Introspection>();
        var before = await introspection.IntrospectAsync(id, CancellationToken.None);
        await harness.SendAsync(id, "api/read");

        var live = await introspection.IntrospectAsync(id, CancellationToken.None);
        await harness.SetTokensAsync(id, t => t with { AccessToken = new(harness.NewSecret("forgotten token")) });
        var gone = await introspection.IntrospectAsync(id, CancellationToken.None);

        before.ShouldBeNull();
        live.ShouldNotBeNull().Active.ShouldBeTrue();
        live.Scopes.ShouldBe(["api:read"]);
        live.MissingScopes.ShouldBeEmpty();
        live.ExpiresAt!.Value.ShouldBe(TimeProvider.System.GetUtcNow().AddSeconds(600), TimeSpan.FromSeconds(60));
        gone.ShouldNotBeNull().Active.ShouldBeFalse();
    }

    [NodeTheory]
    [InlineData("""{"active":true,"scope":"api:read","username":"Alice","exp":1e300}""", true)]
    [InlineData("""{"active":"yes"}""", false)]
    [InlineData("<html>", false)]
    [InlineData("[]", false)]
    public async Task Odd_introspection_does_no_harm(string body, bool isRead)
    {
        var scheme = Machines.Scheme(Provider) with { IntrospectionEndpoint = FieldTemplate.Parse(Provider.IntrospectionEndpoint.AbsoluteUri), ScopeChoices = [new("api:read"), new("api:write")] };
        await using var harness = await Machines.StartAsync(Provider, scheme, _clock);
        var id = await Machines.ConnectAsync(harness, Provider);
        await harness.SendAsync(id, "api/read");
        await Provider.FailAsync(new() { Path = "/token/introspection", Status = 200, Type = "application/json", Body = body });

        var standing = await harness.Get<Introspection>().IntrospectAsync(id, CancellationToken.None);

        (standing is not null).ShouldBe(isRead);
        if (isRead)
        {
            (standing!.Username, standing.ExpiresAt).ShouldBe(("Alice", null));
            standing.MissingScopes.ShouldBe(["api:write"]);
        }
    }

    [NodeFact]
    public async Task Introspection_that_fails_says_nothing()
    {
        var scheme = Machines.Scheme(Provider) with { IntrospectionEndpoint = FieldTemplate.Parse(Provider.IntrospectionEndpoint.AbsoluteUri) };
        await using var harness = await Machines.StartAsync(Provider, scheme, _clock);
        var id = await Machines.ConnectAsync(harness, Provider);
        await harness.SendAsync(id, "api/read");
        await Provider.FailAsync(new() { Path = "/token/introspection", Drop = true });

        (await harness.Get<Introspection>().IntrospectAsync(id, CancellationToken.None)).ShouldBeNull();
    }

    [NodeTheory]
    [InlineData("client_secret_basic", ClientAuthentication.Basic)]
    [InlineData("client_secret_jwt", ClientAuthentication.ClientSecretJwt)]
    public async Task A_token_is_given_back_when_its_connection_is_disconnected(string method, ClientAuthentication way)
    {
        var scheme = Machines.Scheme(Provider) with { ClientAuthentication = way, RevocationEndpoint = FieldTemplate.Parse("{{fields.revocation}}"), Fields = [Machines.Text("revocation") with { Default = Provider.RevocationEndpoint.AbsoluteUri }] };
        await using var harness = await Machines.StartAsync(Provider, scheme, _clock);
        var id = await Machines.ConnectAsync(harness, Provider, method);
        await harness.SendAsync(id, "api/read");
        var token = (await harness.CredentialAsync(id)).Tokens!.AccessToken.Reveal();

        await harness.Setup.DisconnectAsync(ConnectionsHarness.Operator, id, CancellationToken.None);

        (await Provider.CountersAsync()).Statuses["/token/revocation 200"].ShouldBe(1);
        using var http = new HttpClient { DefaultRequestHeaders = { Authorization = new("Bearer", token) } };
        ((int)(await http.GetAsync(Provider.ApiRead)).StatusCode).ShouldBe(401);
    }

    [NodeFact]
    public async Task Nothing_is_given_back_where_the_optional_address_is_empty()
    {
        var scheme = Machines.Scheme(Provider) with { RevocationEndpoint = FieldTemplate.Parse("{{fields.revocation}}"), Fields = [Machines.Text("revocation") with { Required = false }] };
        await using var harness = await Machines.StartAsync(Provider, scheme, _clock);
        var id = await Machines.ConnectAsync(harness, Provider);
        await harness.SendAsync(id, "api/read");

        (await harness.Setup.DisconnectAsync(ConnectionsHarness.Operator, id, CancellationToken.None))
            .ShouldBeOfType<SetupResult<Disconnection>.Done>().Value.Revocation.ShouldBeOfType<RevocationOutcome.NotPossible>();

        (await Provider.CountersAsync()).Requests("/token/revocation").ShouldBe(0);
    }

    [NodeFact]
    public async Task No_connection_can_say_where_the_client_secret_of_the_definition_goes()
    {
        var scheme = Machines.Scheme(Provider) with { RevocationEndpoint = FieldTemplate.Parse("{{fields.revocation}}"), Fields = [Machines.Text("revocation") with { Required = false, Kind = FieldKind.Url }] };
        await using var harness = await Machines.StartAsync(Provider, scheme, _clock);
        await harness.DefineAsync("machine", Machines.Connector, Machines.Connector, clientId: "any", clientSecret: harness.NewSecret("client secret"));

        var result = await harness.Setup.CreateAsync(ConnectionsHarness.Operator, new()
        {
            DefinitionKey = "machine",
            Owner = Owner.Organisation,
            Fields = new Dictionary<string, Secret> { ["revocation"] = new(Provider.RevocationEndpoint.AbsoluteUri) },
        }, CancellationToken.None);

        result.ShouldBeOfType<SetupResult<Connection>.Invalid>().Faults.ShouldHaveSingleItem().Message.ShouldContain("client secret");
    }
}
