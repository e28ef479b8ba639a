using Recipes.Testing;

namespace Recipes.Connections.Tests;

public sealed class FollowUpTests(OidcFixture oidc) : IClassFixture<OidcFixture>, IAsyncLifetime
{
    private OidcProvider Provider => oidc.Provider;

    public Task InitializeAsync() => Provider.HealAsync();

    public Task DisposeAsync() => Provider.HealAsync();

    [NodeFact]
    public async Task The_calls_after_connecting_find_out_where_requests_go_and_who_it_is()
    {
        await using var harness = await ConnectionsHarness.StartAsync(Provider, Followed());
        var id = await harness.PendingAsync(Provider, ["openid", "email", "api:read"]);

        var outcome = await harness.AuthorizeAsync(id, "alice");
        var reply = await harness.SendAsync(id, "api/read");

        outcome.ShouldBeOfType<FlowOutcome.Connected>();
        var record = (await harness.ReadAsync(id)).Record;
        record.Fields["apiHost"].ShouldBe(Provider.Issuer.Authority);
        record.Fields["subject"].ShouldBe("alice");
        record.AccountLabel.ShouldBe("alice@example.test");
        reply.Failure.ShouldBeNull();
    }

    [NodeFact]
    public async Task When_such_a_call_fails_the_tokens_stay_and_a_later_test_completes_it()
    {
        await using var harness = await ConnectionsHarness.StartAsync(Provider, Followed());
        var id = await harness.PendingAsync(Provider, ["openid", "email", "api:read"]);
        var browser = await harness.StartFlowAsync(id);
        var callback = await browser.ConsentAsync("alice");
        await Provider.FailAsync(new() { Status = 503, Path = "/.well-known/openid-configuration" });

        var outcome = await harness.CompleteAsync(browser, callback);
        var standing = await harness.StandingAsync(id);
        var refused = await harness.SendAsync(id, "api/read");
        var stillFailing = await harness.ProbeAsync(id);
        await Provider.HealAsync();
        var probe = await harness.ProbeAsync(id);
        var reply = await harness.SendAsync(id, "api/read");

        outcome.ShouldBeOfType<FlowOutcome.Connected>();
        standing.ShouldBe((ConnectionState.Connected, Health.Yellow, FailureKind.Unavailable));
        refused.Failure!.Message.ShouldContain("Test the connection");
        stillFailing.ShouldBeOfType<ProbeResult.Failed>();
        probe.ShouldBeOfType<ProbeResult.Passed>();
        reply.Failure.ShouldBeNull();
        (await harness.StandingAsync(id)).ShouldBe((ConnectionState.Connected, Health.Green, null));
    }

    [NodeFact]
    public async Task An_answer_that_does_not_match_its_pattern_fills_in_nothing()
    {
        var profile = Profiles.Changed(Provider, s => s with { AfterConnect = [Call("me", "subject", "sub", "^[0-9]+$")] }, "subject");
        await using var harness = await ConnectionsHarness.StartAsync(Provider, profile);
        var id = await harness.PendingAsync(Provider);

        await harness.AuthorizeAsync(id, "alice");

        var record = (await harness.ReadAsync(id)).Record;
        record.State.ShouldBe(ConnectionState.Connected);
        record.Failure!.Kind.ShouldBe(FailureKind.Misconfigured);
        record.Failure.Message.ShouldContain("'sub'");
        record.Fields.ContainsKey("subject").ShouldBeFalse();
    }

    [NodeTheory]
    [InlineData("http://{{fields.where}}/me")]
    [InlineData("{{fields.where}}")]
    [InlineData("//{{fields.where}}/me")]
    public async Task No_value_that_somebody_filled_in_leads_such_a_call_elsewhere(string address)
    {
        await using var elsewhere = await RedirectingServer.StartAsync(0);
        var profile = Profiles.Changed(Provider, s => s with { AfterConnect = [Call(address, "subject", "sub", "^[a-z]+$")] }, "subject");
        profile = profile with { Fields = [new Field { Name = "where", Label = "Where" }] };
        await using var harness = await ConnectionsHarness.StartAsync(new Profiles(profile), [Provider.Issuer.Authority, elsewhere.Address.Authority]);
        var (client, key, secret) = ($"client-{Guid.NewGuid():N}", $"crm-{Guid.NewGuid():N}", harness.NewSecret("client secret"));
        await Provider.AddClientAsync(client, secret, "client_secret_basic", ConnectionsHarness.Callback(key).AbsoluteUri);
        await harness.DefineAsync(key, "oidc", "basic", clientId: client, clientSecret: secret);
        var id = await harness.ConnectAsync(key, new() { ["where"] = address == "{{fields.where}}" ? $"{elsewhere.Address}0" : elsewhere.Address.Authority });

        await harness.AuthorizeAsync(id);

        elsewhere.Requests.ShouldBe(0);
        (await harness.ReadAsync(id)).Record.Failure.ShouldNotBeNull();
    }

    [NodeFact]
    public async Task They_are_made_for_a_key_as_well()
    {
        await using var app = await RedirectingServer.StartAsync(0);
        var keys = Profiles.Keys(app.Address);
        var header = (ApiKeyScheme)keys.Schemes[0] with { AfterConnect = [Call("account", "accountId", "id", "^[0-9]+$", "name")] };
        var profile = keys with { Schemes = [header with { Fields = [.. header.Fields, new Field { Name = "accountId", Label = "Account", Automatic = true }] }] };
        await using var harness = await ConnectionsHarness.StartAsync(new Profiles(profile), [app.Address.Authority]);
        await harness.DefineAsync("keys", "keys", "header");

        var id = await harness.ConnectAsync("keys", new() { ["apiKey"] = harness.NewSecret("key") });
        var created = (await harness.ReadAsync(id)).Record;
        var again = await harness.Setup.ReplaceCredentialAsync(ConnectionsHarness.Operator, id, new Dictionary<string, Secret> { ["apiKey"] = new(harness.NewSecret("other key")) }, CancellationToken.None);

        created.Fields["accountId"].ShouldBe("42");
        created.AccountLabel.ShouldBe("Acme");
        again.ShouldBeOfType<SetupResult<Connection>.Done>().Value.Record.Fields["accountId"].ShouldBe("42");
    }

    private ConnectorProfile Followed() => Profiles.Changed(Provider, s => s with
    {
        AfterConnect =
        [
            Call(Provider.IssuerText + "/.well-known/openid-configuration", "apiHost", "issuer", "^http://(?<value>.+)$"),
            Call(Provider.IssuerText + "/me", "subject", "sub", "^[a-z]+$", "email"),
        ],
    }, "apiHost", "subject") with
    {
        BaseAddress = FieldTemplate.Parse("http://{{fields.apiHost}}/"),
    };

    private static FollowUp Call(string address, string field, string path, string pattern, string? label = null) =>
        new(HttpMethod.Get, FieldTemplate.Parse(address), [new(field, null, CaptureSource.Answer, path, Profiles.Pattern(pattern))], label);
}
