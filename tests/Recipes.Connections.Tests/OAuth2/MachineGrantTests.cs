using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Recipes.Testing;

namespace Recipes.Connections.Tests;

/// <summary>Password, JWT bearer and token exchange against the real authorization server.</summary>
public sealed class MachineGrantTests(OidcFixture oidc) : IClassFixture<OidcFixture>, IAsyncLifetime
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
    public async Task A_password_is_exchanged_for_a_token_of_its_account()
    {
        await using var harness = await Machines.StartAsync(Provider, Machines.Password(Provider), _clock);
        var password = harness.NewSecret("password");
        await Provider.SetPasswordAsync("bob", password);
        var id = await Machines.ConnectAsync(harness, Provider, grants: ["password"], fields: new() { ["username"] = "bob", ["password"] = password });

        (await AccountAsync(harness, id)).ShouldBe("bob");
    }

    [NodeFact]
    public async Task A_wrong_password_is_dead_at_once_and_heals_when_it_is_put_right()
    {
        await using var harness = await Machines.StartAsync(Provider, Machines.Password(Provider), _clock);
        var password = harness.NewSecret("password");
        await Provider.SetPasswordAsync("carol", harness.NewSecret("other password"));
        var id = await Machines.ConnectAsync(harness, Provider, grants: ["password"], fields: new() { ["username"] = "carol", ["password"] = password });

        var refused = await harness.SendAsync(id, "api/read");
        var dead = await harness.StandingAsync(id);
        var kept = await harness.SendAsync(id, "api/read");
        var asked = (await Provider.CountersAsync()).Grants["password"];
        await Provider.SetPasswordAsync("carol", password);
        var probe = await harness.ProbeAsync(id);

        refused.Failure!.Kind.ShouldBe(FailureKind.ModifiedCredentials);
        refused.Failure.ProviderCode.ShouldBe("invalid_grant");
        dead.ShouldBe((ConnectionState.ReauthorizationRequired, Health.Red, FailureKind.ModifiedCredentials));
        kept.Failure!.Kind.ShouldBe(FailureKind.ModifiedCredentials);
        asked.ShouldBe(1);
        probe.ShouldBeOfType<ProbeResult.Passed>();
        (await AccountAsync(harness, id)).ShouldBe("carol");
    }

    [NodeFact]
    public async Task New_values_for_a_dead_password_heal_as_well()
    {
        await using var harness = await Machines.StartAsync(Provider, Machines.Password(Provider), _clock);
        var right = harness.NewSecret("password");
        await Provider.SetPasswordAsync("dave", right);
        var id = await Machines.ConnectAsync(harness, Provider, grants: ["password"], fields: new() { ["username"] = "dave", ["password"] = harness.NewSecret("wrong password") });
        await harness.SendAsync(id, "api/read");

        await harness.Setup.ReplaceCredentialAsync(ConnectionsHarness.Operator, id, new Dictionary<string, Secret> { ["password"] = new(right) }, CancellationToken.None);

        (await AccountAsync(harness, id)).ShouldBe("dave");
    }

    [NodeFact]
    public async Task The_password_grant_is_off_unless_an_operator_allows_it()
    {
        await using var harness = await Machines.StartAsync(Provider, Machines.Password(Provider), _clock, allowPassword: false);

        var result = await harness.Get<DefinitionSetup>().CreateAsync(
            ConnectionsHarness.Operator, new() { Key = "legacy", Connector = Machines.Connector, ClientId = "legacy", ClientSecret = new(harness.NewSecret("client secret")) }, CancellationToken.None);

        var fault = result.ShouldBeOfType<SetupResult<ConnectionDefinition>.Invalid>().Faults.ShouldHaveSingleItem();
        fault.Path.ShouldBe("scheme");
        fault.Message.ShouldContain("authorization code");
        fault.Message.ShouldContain("OAuth2:DangerousAllowPasswordGrant");
    }

    [NodeFact]
    public async Task A_definition_from_before_sends_no_password_once_the_grant_is_off()
    {
        using var folder = new TempFolder();
        var profiles = new Profiles(Machines.Profile(Provider, Machines.Password(Provider)));
        ConnectionId id;
        await using (var before = await ConnectionsHarness.StartAsync(profiles, [Provider.Issuer.Authority], _clock, folder, null, ("OAuth2:DangerousAllowPasswordGrant", "true")))
            id = await Machines.ConnectAsync(before, Provider, grants: ["password"], fields: new() { ["username"] = "erin", ["password"] = before.NewSecret("password") });

        await using var harness = await ConnectionsHarness.StartAsync(profiles, [Provider.Issuer.Authority], _clock, folder);
        var reply = await harness.SendAsync(id, "api/read");

        reply.Failure!.Kind.ShouldBe(FailureKind.Misconfigured);
        (await Provider.CountersAsync()).Grants.ShouldBeEmpty();
    }

    [NodeFact]
    public async Task A_signed_assertion_is_exchanged_for_a_token_of_its_subject()
    {
        await using var harness = await Machines.StartAsync(Provider, Machines.JwtBearer(Provider), _clock);
        var id = await AssertingAsync(harness, "frank");

        (await AccountAsync(harness, id)).ShouldBe("frank");
    }

    [NodeFact]
    public async Task Every_assertion_has_an_id_of_its_own()
    {
        await using var harness = await Machines.StartAsync(Provider, Machines.JwtBearer(Provider), _clock);
        var id = await AssertingAsync(harness, "grace");
        await AccountAsync(harness, id);

        await harness.SetTokensAsync(id, t => t with { ExpiresAt = _clock.GetUtcNow() });

        (await AccountAsync(harness, id)).ShouldBe("grace");
        (await Provider.CountersAsync()).Grants[OidcProvider.JwtBearerGrant].ShouldBe(2);
    }

    [NodeFact]
    public async Task A_replayed_assertion_is_a_dead_credential()
    {
        var rules = Machines.JwtBearer(Provider).Assertion! with { Claims = [new("jti", CredentialTemplate.Parse("fixed-{{fields.account}}"))] };
        await using var harness = await Machines.StartAsync(Provider, Machines.JwtBearer(Provider, rules), _clock);
        var id = await AssertingAsync(harness, $"heidi-{Guid.NewGuid():N}");
        (await harness.SendAsync(id, "api/read")).Failure.ShouldBeNull();

        await harness.SetTokensAsync(id, t => t with { ExpiresAt = _clock.GetUtcNow() });
        var reply = await harness.SendAsync(id, "api/read");

        reply.Failure!.Kind.ShouldBe(FailureKind.ModifiedCredentials);
        (await harness.ReadAsync(id)).State.ShouldBe(ConnectionState.ReauthorizationRequired);
    }

    [NodeFact]
    public async Task An_assertion_from_a_clock_that_is_behind_is_refused_and_heals_with_the_clock()
    {
        var clock = new TestClock(TimeProvider.System.GetUtcNow().AddHours(-1));
        await using var harness = await Machines.StartAsync(Provider, Machines.JwtBearer(Provider), clock);
        var id = await AssertingAsync(harness, "ivan");

        var reply = await harness.SendAsync(id, "api/read");
        var dead = await harness.StandingAsync(id);
        clock.Advance(TimeSpan.FromHours(1));
        var probe = await harness.ProbeAsync(id);

        reply.Failure!.Kind.ShouldBe(FailureKind.ModifiedCredentials);
        dead.State.ShouldBe(ConnectionState.ReauthorizationRequired);
        probe.ShouldBeOfType<ProbeResult.Passed>();
        (await harness.ReadAsync(id)).State.ShouldBe(ConnectionState.Connected);
    }

    [NodeFact]
    public async Task A_wrong_key_is_a_dead_credential()
    {
        await using var harness = await Machines.StartAsync(Provider, Machines.JwtBearer(Provider), _clock);
        var id = await AssertingAsync(harness, "judy", otherKey: true);

        var reply = await harness.SendAsync(id, "api/read");

        reply.Failure!.Kind.ShouldBe(FailureKind.ModifiedCredentials);
        (await harness.StandingAsync(id)).ShouldBe((ConnectionState.ReauthorizationRequired, Health.Red, FailureKind.ModifiedCredentials));
    }

    [NodeFact]
    public async Task What_is_no_key_is_told_when_connecting()
    {
        await using var harness = await Machines.StartAsync(Provider, Machines.JwtBearer(Provider), _clock);
        await harness.DefineAsync("signer", Machines.Connector, Machines.Connector);
        var noKey = harness.NewSecret("no key");

        var result = await harness.Setup.CreateAsync(ConnectionsHarness.Operator, new()
        {
            DefinitionKey = "signer",
            Owner = Owner.Organisation,
            Fields = new Dictionary<string, Secret> { ["clientId"] = new("any"), ["account"] = new("alice"), ["key"] = new(noKey) },
        }, CancellationToken.None);

        var fault = result.ShouldBeOfType<SetupResult<Connection>.Invalid>().Faults.ShouldHaveSingleItem();
        fault.Message.ShouldContain("ES256");
        harness.Shown(fault.Message);
    }

    [NodeFact]
    public async Task Another_token_is_exchanged_for_one_of_the_same_account()
    {
        await using var harness = await Machines.StartAsync(Provider, Machines.Exchange(Provider), _clock);
        var subject = await SubjectTokenAsync(harness, "kate");
        var id = await Machines.ConnectAsync(harness, Provider, grants: [OidcProvider.TokenExchangeGrant], fields: new() { ["subjectToken"] = subject, ["audience"] = "reports" });

        (await AccountAsync(harness, id)).ShouldBe("kate");
        (await harness.CredentialAsync(id)).Tokens!.AccessToken.Reveal().ShouldNotBe(subject);
    }

    [NodeFact]
    public async Task A_dead_token_is_exchanged_for_nothing()
    {
        await using var harness = await Machines.StartAsync(Provider, Machines.Exchange(Provider), _clock);
        var id = await Machines.ConnectAsync(harness, Provider, grants: [OidcProvider.TokenExchangeGrant], fields: new() { ["subjectToken"] = harness.NewSecret("subject token") });

        var reply = await harness.SendAsync(id, "api/read");

        reply.Failure!.Kind.ShouldBe(FailureKind.ModifiedCredentials);
        (await harness.ReadAsync(id)).State.ShouldBe(ConnectionState.ReauthorizationRequired);
    }

    [NodeFact]
    public async Task An_audience_that_the_provider_does_not_know_is_a_matter_of_the_set_up()
    {
        await using var harness = await Machines.StartAsync(Provider, Machines.Exchange(Provider), _clock);
        var subject = await SubjectTokenAsync(harness, "liam");
        var id = await Machines.ConnectAsync(harness, Provider, grants: [OidcProvider.TokenExchangeGrant], fields: new() { ["subjectToken"] = subject, ["audience"] = "elsewhere" });

        var reply = await harness.SendAsync(id, "api/read");

        reply.Failure!.Kind.ShouldBe(FailureKind.Misconfigured);
        reply.Failure.ProviderCode.ShouldBe("invalid_target");
        (await harness.ReadAsync(id)).State.ShouldBe(ConnectionState.Connected);
    }

    private async Task<ConnectionId> AssertingAsync(ConnectionsHarness harness, string account, bool otherKey = false)
    {
        var client = $"signer-{Guid.NewGuid():N}";
        var (pem, _) = Machines.NewKey(harness);
        var (_, trusted) = otherKey ? Machines.NewKey(harness, "other key") : (pem, PublicOf(pem));
        await Provider.AddMachineClientAsync(client, null, "none", [OidcProvider.JwtBearerGrant]);
        await Provider.TrustIssuerAsync(client, trusted);
        return await Machines.ConnectOwnAsync(harness, new() { ["clientId"] = client, ["account"] = account, ["key"] = pem });
    }

    private static JsonObject PublicOf(string pem)
    {
        using var key = SigningKey.Parse("ES256", new(pem));
        return new JsonObject(key.PublicJwk.Select(m => KeyValuePair.Create(m.Key, (JsonNode?)m.Value)).Append(new("alg", "ES256")));
    }

    // A token that another app was given for the account.
    private async Task<string> SubjectTokenAsync(ConnectionsHarness harness, string account)
    {
        var (client, secret, password) = ($"portal-{Guid.NewGuid():N}", harness.NewSecret("portal secret"), harness.NewSecret("password"));
        await Provider.AddMachineClientAsync(client, secret, "client_secret_basic", ["password"]);
        await Provider.SetPasswordAsync(account, password);
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, Provider.TokenEndpoint)
        {
            Headers = { Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{client}:{secret}"))) },
            Content = new FormUrlEncodedContent([new("grant_type", "password"), new("username", account), new("password", password), new("scope", "api:read")]),
        };
        using var answer = await http.SendAsync(request);
        return harness.Watch("subject token", (string)(await answer.Content.ReadFromJsonAsync<JsonObject>())!["access_token"]!);
    }

    private static async Task<string?> AccountAsync(ConnectionsHarness harness, ConnectionId id)
    {
        using var reply = await harness.SendAsync(id, "api/read");
        reply.Failure.ShouldBeNull();
        await harness.CredentialAsync(id);
        return (string?)(await reply.Response!.Content.ReadFromJsonAsync<JsonObject>())!["sub"];
    }
}
