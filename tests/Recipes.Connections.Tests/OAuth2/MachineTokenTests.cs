using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Recipes.Testing;

namespace Recipes.Connections.Tests;

/// <summary>The life of a token that no person consents to, from the first use on.</summary>
public sealed class MachineTokenTests(OidcFixture oidc) : IClassFixture<OidcFixture>, IAsyncLifetime
{
    private readonly TestClock _clock = new(TimeProvider.System.GetUtcNow());

    private OidcProvider Provider => oidc.Provider;

    public async Task InitializeAsync()
    {
        await Provider.HealAsync();
        await Provider.ResetCountersAsync();
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [NodeFact]
    public async Task The_first_token_is_acquired_at_first_use()
    {
        await using var harness = await Machines.StartAsync(Provider, Machines.Scheme(Provider), _clock);
        var id = await Machines.ConnectAsync(harness, Provider);
        var before = await harness.StandingAsync(id);

        using var reply = await harness.SendAsync(id, "api/read");
        using var again = await harness.SendAsync(id, "api/read");

        before.ShouldBe((ConnectionState.Connected, Health.Yellow, null));
        reply.Failure.ShouldBeNull();
        again.Failure.ShouldBeNull();
        (await Provider.CountersAsync()).Grants.ShouldBe(new Dictionary<string, int> { ["client_credentials"] = 1 });
        var tokens = (await harness.CredentialAsync(id)).Tokens.ShouldNotBeNull();
        tokens.Scopes.ShouldBe(["api:read"]);
        tokens.TokenType.ShouldBe("Bearer");
        tokens.ExpiresAt.ShouldBe(_clock.GetUtcNow().AddSeconds(600));
        tokens.RequestHash.ShouldNotBeNull();
        (await harness.StandingAsync(id)).ShouldBe((ConnectionState.Connected, Health.Green, null));
    }

    [NodeFact]
    public async Task A_probe_acquires_one_too()
    {
        await using var harness = await Machines.StartAsync(Provider, Machines.Scheme(Provider), _clock);
        var id = await Machines.ConnectAsync(harness, Provider);

        var result = await harness.ProbeAsync(id);

        result.ShouldBeOfType<ProbeResult.Passed>().AccountLabel.ShouldStartWith("machine-");
    }

    [NodeFact]
    public async Task Two_hundred_first_uses_share_one_token()
    {
        await using var harness = await Machines.StartAsync(Provider, Machines.Scheme(Provider), _clock);
        var id = await Machines.ConnectAsync(harness, Provider);

        var replies = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => harness.SendAsync(id, "api/read")));

        replies.ShouldAllBe(r => r.Failure == null);
        var counters = await Provider.CountersAsync();
        counters.Grants["client_credentials"].ShouldBe(1);
        counters.Statuses["/api/read 200"].ShouldBe(200);
    }

    [NodeFact]
    public async Task An_expired_token_is_acquired_again()
    {
        await using var harness = await Machines.StartAsync(Provider, Machines.Scheme(Provider), _clock);
        var id = await Machines.ConnectAsync(harness, Provider);
        (await harness.SendAsync(id, "api/read")).Failure.ShouldBeNull();
        var first = (await harness.CredentialAsync(id)).Tokens!.AccessToken;

        _clock.Advance(TimeSpan.FromSeconds(601));
        var reply = await harness.SendAsync(id, "api/read");

        reply.Failure.ShouldBeNull();
        (await harness.CredentialAsync(id)).Tokens!.AccessToken.ShouldNotBe(first);
        (await Provider.CountersAsync()).Grants["client_credentials"].ShouldBe(2);
    }

    [NodeFact]
    public async Task A_refused_token_is_acquired_again_and_the_request_retried_once()
    {
        await using var harness = await Machines.StartAsync(Provider, Machines.Scheme(Provider), _clock);
        var id = await Machines.ConnectAsync(harness, Provider);
        (await harness.SendAsync(id, "api/read")).Failure.ShouldBeNull();
        await harness.SetTokensAsync(id, t => t with { AccessToken = new(harness.NewSecret("forgotten token")) });

        var reply = await harness.SendAsync(id, "api/read");

        reply.Failure.ShouldBeNull();
        var counters = await Provider.CountersAsync();
        counters.Grants["client_credentials"].ShouldBe(2);
        counters.Statuses["/api/read 401"].ShouldBe(1);
        counters.Statuses["/api/read 200"].ShouldBe(2);
    }

    [NodeFact]
    public async Task An_app_that_refuses_every_token_makes_a_suspect_which_a_probe_heals_once_it_takes_them()
    {
        await using var harness = await Machines.StartAsync(Provider, Machines.Scheme(Provider), _clock);
        var id = await Machines.ConnectAsync(harness, Provider);
        await Provider.FailAsync(new() { Path = "/api/read", Status = 401 });

        var reply = await harness.SendAsync(id, "api/read");
        var grants = (await Provider.CountersAsync()).Grants["client_credentials"];
        var suspect = await harness.StandingAsync(id);
        _clock.Advance(TimeSpan.FromMinutes(1));
        await harness.SweepAsync();
        var dead = await harness.StandingAsync(id);
        await Provider.HealAsync();
        var healed = await harness.ProbeAsync(id);

        reply.Failure!.Kind.ShouldBe(FailureKind.ModifiedCredentials);
        grants.ShouldBe(2);
        suspect.State.ShouldBe(ConnectionState.Suspect);
        dead.State.ShouldBe(ConnectionState.ReauthorizationRequired);
        healed.ShouldBeOfType<ProbeResult.Passed>();
        (await harness.StandingAsync(id)).State.ShouldBe(ConnectionState.Connected);
    }

    [NodeFact]
    public async Task A_refresh_token_is_used_first_and_a_dead_one_costs_nothing()
    {
        await using var harness = await Machines.StartAsync(Provider, Machines.Password(Provider), _clock);
        var password = harness.NewSecret("password");
        await Provider.SetPasswordAsync("alice", password);
        var id = await Machines.ConnectAsync(harness, Provider, grants: ["password", "refresh_token"], fields: new() { ["username"] = "alice", ["password"] = password });
        (await harness.SendAsync(id, "api/read")).Failure.ShouldBeNull();

        await harness.SetTokensAsync(id, t => t with { ExpiresAt = _clock.GetUtcNow() });
        var refreshed = await harness.SendAsync(id, "api/read");
        var afterRefresh = await Provider.CountersAsync();
        await Provider.RevokeGrantAsync((await harness.CredentialAsync(id)).Tokens!.RefreshToken!.Reveal());
        var acquired = await harness.SendAsync(id, "api/read");
        var afterDeath = await Provider.CountersAsync();

        refreshed.Failure.ShouldBeNull();
        acquired.Failure.ShouldBeNull();
        (afterRefresh.Grants["password"], afterRefresh.Refreshes).ShouldBe((1, 1));
        (afterDeath.Grants["password"], afterDeath.Refreshes).ShouldBe((2, 2));
        (await harness.StandingAsync(id)).ShouldBe((ConnectionState.Connected, Health.Green, null));
    }

    [NodeFact]
    public async Task Other_scopes_of_the_definition_mean_another_token()
    {
        await using var harness = await Machines.StartAsync(Provider, Machines.Scheme(Provider), _clock);
        var id = await Machines.ConnectAsync(harness, Provider);
        var without = await harness.SendAsync(id, "api/write");
        var definition = await harness.DefinitionOfAsync(id);

        await harness.Get<DefinitionSetup>().ChangeAsync(ConnectionsHarness.Operator, definition.Key.Value, new() { Scopes = ["api:read", "api:write"] }, CancellationToken.None);
        var with = await harness.SendAsync(id, "api/write");
        await harness.SendAsync(id, "api/write");

        without.Failure!.Kind.ShouldBe(FailureKind.InsufficientPermissions);
        with.Failure.ShouldBeNull();
        (await Provider.CountersAsync()).Grants["client_credentials"].ShouldBe(2);
    }

    [NodeFact]
    public async Task A_new_name_of_the_definition_means_the_same_token()
    {
        await using var harness = await Machines.StartAsync(Provider, Machines.Scheme(Provider), _clock);
        var id = await Machines.ConnectAsync(harness, Provider);
        await harness.SendAsync(id, "api/read");
        var definition = await harness.DefinitionOfAsync(id);

        await harness.Get<DefinitionSetup>().ChangeAsync(ConnectionsHarness.Operator, definition.Key.Value, new() { DisplayName = "Another name" }, CancellationToken.None);
        (await harness.SendAsync(id, "api/read")).Failure.ShouldBeNull();

        (await Provider.CountersAsync()).Grants["client_credentials"].ShouldBe(1);
    }

    [NodeFact]
    public async Task Another_client_secret_means_another_token()
    {
        await using var harness = await Machines.StartAsync(Provider, Machines.Scheme(Provider), _clock);
        var id = await Machines.ConnectAsync(harness, Provider);
        await harness.SendAsync(id, "api/read");
        var definition = await harness.DefinitionOfAsync(id);
        var secret = harness.NewSecret("new client secret");
        await Provider.SetClientSecretAsync(definition.OAuthApp!.ClientId, secret);

        await harness.Get<DefinitionSetup>().ChangeAsync(ConnectionsHarness.Operator, definition.Key.Value, new() { ClientSecret = new(secret) }, CancellationToken.None);
        (await harness.SendAsync(id, "api/read")).Failure.ShouldBeNull();

        (await Provider.CountersAsync()).Grants["client_credentials"].ShouldBe(2);
    }

    [NodeFact]
    public async Task Other_values_of_a_connection_are_used_at_once()
    {
        await using var harness = await Machines.StartAsync(Provider, Machines.OwnClient(Provider), _clock);
        var (one, two) = (await OwnClientAsync(harness), await OwnClientAsync(harness));
        var id = await Machines.ConnectOwnAsync(harness, one);
        var first = await ClientOfAsync(harness, id);

        var secrets = two.ToDictionary(f => f.Key, f => new Secret(f.Value));
        (await harness.Setup.ReplaceCredentialAsync(ConnectionsHarness.Operator, id, secrets, CancellationToken.None)).ShouldBeOfType<SetupResult<Connection>.Done>();
        var second = await ClientOfAsync(harness, id);

        (first, second).ShouldBe((one["clientId"], two["clientId"]));
    }

    [NodeFact]
    public async Task Where_requests_go_may_come_with_the_first_token()
    {
        var capture = new Capture("host", null, CaptureSource.TokenReply, "api.url", Machines.Pattern("http://127\\.0\\.0\\.1:[0-9]+"));
        var front = await Provider.AddFrontAsync("located", new { reply = new { access_token = "$access_token", api = new { url = Provider.IssuerText } } });
        var scheme = Machines.Scheme(Provider) with { TokenEndpoint = FieldTemplate.Parse(front.AbsoluteUri), Fields = [Machines.Text("host") with { Automatic = true, Required = false }], Captures = [capture] };
        await using var harness = await Machines.StartAsync(Provider, scheme, _clock, baseAddress: "{{fields.host}}/api");
        var id = await Machines.ConnectAsync(harness, Provider);

        var reply = await harness.SendAsync(id, "read");

        reply.Failure.ShouldBeNull();
        (await harness.ReadAsync(id)).Record.Fields["host"].ShouldBe(Provider.IssuerText);
    }

    [NodeFact]
    public async Task A_reply_without_what_the_connector_needs_of_it_is_told_as_such()
    {
        var capture = new Capture("host", null, CaptureSource.TokenReply, "api.url", Machines.Pattern("https://[a-z]+\\.example"));
        var front = await Provider.AddFrontAsync("mislocated", new { reply = new { access_token = "$access_token", api = new { url = "https://attacker.test" } } });
        var scheme = Machines.Scheme(Provider) with { TokenEndpoint = FieldTemplate.Parse(front.AbsoluteUri), Fields = [Machines.Text("host") with { Automatic = true, Required = false }], Captures = [capture] };
        await using var harness = await Machines.StartAsync(Provider, scheme, _clock, baseAddress: "{{fields.host}}/api");
        var id = await Machines.ConnectAsync(harness, Provider);

        var reply = await harness.SendAsync(id, "read");

        reply.Failure!.Kind.ShouldBe(FailureKind.Misconfigured);
        reply.Failure.Message.ShouldContain("api.url");
        (await harness.ReadAsync(id)).Record.Fields.Keys.ShouldNotContain("host");
    }

    private async Task<Dictionary<string, string>> OwnClientAsync(ConnectionsHarness harness)
    {
        var (client, secret) = ($"own-{Guid.NewGuid():N}", harness.NewSecret("own client secret"));
        await Provider.AddMachineClientAsync(client, secret, "client_secret_basic", ["client_credentials"]);
        return new() { ["clientId"] = client, ["clientSecret"] = secret };
    }

    private static async Task<string?> ClientOfAsync(ConnectionsHarness harness, ConnectionId id)
    {
        using var reply = await harness.SendAsync(id, "api/read");
        reply.Response.ShouldNotBeNull().StatusCode.ShouldBe(HttpStatusCode.OK);
        return (string?)(await reply.Response.Content.ReadFromJsonAsync<JsonObject>())!["client"];
    }
}
