using Microsoft.AspNetCore.Http;
using Recipes.Testing;

namespace Recipes.Connections.Tests;

/// <summary>Authorising again: with the account that a connection belongs to, and with another.</summary>
public sealed class AccountTests(OidcFixture oidc) : IClassFixture<OidcFixture>, IAsyncLifetime
{
    private OidcProvider Provider => oidc.Provider;

    public Task InitializeAsync() => Provider.HealAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [NodeFact]
    public async Task The_same_account_authorises_again_in_place()
    {
        await using var harness = await ConnectionsHarness.StartAsync(Provider);
        var id = await harness.ConsentAsync(Provider);
        var before = (await harness.ReadAsync(id)).Record;

        var outcome = await harness.AuthorizeAsync(id);

        outcome.ShouldBeOfType<FlowOutcome.Connected>().Connection.ShouldBe(id);
        var after = (await harness.ReadAsync(id)).Record;
        after.AccountId.ShouldNotBeNull().ShouldEndWith(":alice");
        (after.AccountId, after.CreatedAt, after.IsDefault, after.State).ShouldBe((before.AccountId, before.CreatedAt, before.IsDefault, ConnectionState.Connected));
        after.CredentialVersion.ShouldBe(before.CredentialVersion + 1);
        (await harness.LogAsync(id)).Where(e => e.Event is ConnectionEvent.Created or ConnectionEvent.Authorized or ConnectionEvent.Changed or ConnectionEvent.Revoked)
            .Select(e => (e.Event, e.By, e.Failure)).ShouldBe([(ConnectionEvent.Authorized, Actor.Of(ConnectionsHarness.Manager), null), (ConnectionEvent.Authorized, Actor.Of(ConnectionsHarness.Manager), null), (ConnectionEvent.Created, Actor.Of(ConnectionsHarness.Manager), null)]);
    }

    [NodeFact]
    public async Task Another_account_is_refused_and_the_former_goes_on_working()
    {
        await using var harness = await ConnectionsHarness.StartAsync(Provider);
        var id = await harness.ConsentAsync(Provider);
        await harness.ProbeAsync(id);
        var before = (await harness.ReadAsync(id)).Record;
        await Provider.ResetCountersAsync();

        var outcome = await harness.AuthorizeAsync(id, "bob");

        outcome.ShouldBeOfType<FlowOutcome.OtherAccount>().Failure.Message.ShouldContain("(alice)");
        (await harness.ReadAsync(id)).Record.ShouldBeEquivalentTo(before);
        (await harness.SendAsync(id, "api/read")).Failure.ShouldBeNull();
        // Bob's grant is given back: nobody here wants it.
        (await Provider.CountersAsync()).Statuses["/token/revocation 200"].ShouldBe(1);
        var told = (await harness.LogAsync(id)).Where(e => e.Event is ConnectionEvent.Authorized or ConnectionEvent.Revoked).Take(2).ToArray();
        told.Select(e => (e.Event, e.Failure?.Kind)).ShouldBe([(ConnectionEvent.Authorized, FailureKind.Misconfigured), (ConnectionEvent.Revoked, null)]);
        told[1].Detail.ShouldBe("The grant of the account that was not taken.");
    }

    [NodeFact]
    public async Task The_grant_of_an_account_that_is_connected_here_as_well_is_left_alone()
    {
        await using var harness = await ConnectionsHarness.StartAsync(Provider);
        var alices = await harness.ConsentAsync(Provider);
        var definition = await harness.DefinitionOfAsync(alices);
        var bobs = await harness.ConnectAsync(definition.Key.Value, []);
        (await harness.AuthorizeAsync(bobs, "bob")).ShouldBeOfType<FlowOutcome.Connected>();
        await Provider.ResetCountersAsync();

        var outcome = await harness.AuthorizeAsync(alices, "bob");

        outcome.ShouldBeOfType<FlowOutcome.OtherAccount>();
        (await Provider.CountersAsync()).Requests("/token/revocation").ShouldBe(0);
        (await harness.SendAsync(bobs, "api/read")).Failure.ShouldBeNull();
        (await harness.SendAsync(alices, "api/read")).Failure.ShouldBeNull();
    }

    [NodeFact]
    public async Task Another_account_is_taken_when_that_is_said_and_the_former_grant_is_given_back()
    {
        await using var harness = await ConnectionsHarness.StartAsync(Provider);
        var id = await harness.ConsentAsync(Provider);
        await harness.ProbeAsync(id);
        var former = (await harness.CredentialAsync(id)).Tokens!.AccessToken.Reveal();

        var outcome = await harness.AuthorizeAsync(id, "bob", acceptsOther: true);
        var unknown = (await harness.ReadAsync(id)).Record.AccountLabel;
        await harness.ProbeAsync(id);

        outcome.ShouldBeOfType<FlowOutcome.Connected>();
        unknown.ShouldBeNull();
        var record = (await harness.ReadAsync(id)).Record;
        (record.AccountLabel, record.AccountId!.Split(':')[1]).ShouldBe(("bob", "bob"));
        var log = await harness.LogAsync(id);
        log.ShouldContain(e => e.Event == ConnectionEvent.Changed && e.Detail == "It is another account's from now on.");
        log.ShouldContain(e => e.Event == ConnectionEvent.Revoked && e.Failure == null && e.Detail == "The grant of the former account.");
        using var http = new HttpClient { DefaultRequestHeaders = { Authorization = new("Bearer", former) } };
        ((int)(await http.GetAsync(Provider.ApiRead)).StatusCode).ShouldBe(401);
    }

    [NodeTheory]
    [InlineData("probe")]
    [InlineData("userinfo")]
    public async Task An_account_is_known_without_an_id_token_as_well(string source)
    {
        var front = await Provider.AddFrontAsync($"bare{source}", new { reply = new { access_token = "$access_token", refresh_token = "$refresh_token", expires_in = "$expires_in", token_type = "Bearer", scope = "$scope" } });
        var profile = Profiles.Changed(Provider, s => s with
        {
            TokenEndpoint = FieldTemplate.Parse(front.AbsoluteUri),
            Discovery = source == "userinfo" ? FieldTemplate.Parse(Provider.IssuerText) : null,
        });
        if (source == "probe")
            profile = profile with { Probe = profile.Probe! with { AccountId = "sub" } };
        await using var harness = await ConnectionsHarness.StartAsync(Provider, profile);
        var id = await harness.ConsentAsync(Provider);

        var other = await harness.AuthorizeAsync(id, "bob");
        var same = await harness.AuthorizeAsync(id);

        (await harness.ReadAsync(id)).Record.AccountId!.ShouldMatch(source == "probe" ? "^probe:alice$" : "^sub-[0-9a-f]{8}:alice$");
        other.ShouldBeOfType<FlowOutcome.OtherAccount>();
        same.ShouldBeOfType<FlowOutcome.Connected>();
    }

    [NodeFact]
    public async Task Where_ids_come_from_different_places_nothing_is_refused()
    {
        var profile = Profiles.Changed(Provider, s => s);
        await using var harness = await ConnectionsHarness.StartAsync(Provider, profile with { Probe = profile.Probe! with { AccountId = "sub" } });
        var id = await harness.PendingAsync(Provider);
        (await harness.CompleteFlowAsync(id, "alice", ["api:read"])).ShouldBeOfType<FlowOutcome.Connected>();
        var before = (await harness.ReadAsync(id)).Record.AccountId;

        var outcome = await harness.CompleteFlowAsync(id, "alice", ["openid", "api:read"]);

        before.ShouldBe("probe:alice");
        outcome.ShouldBeOfType<FlowOutcome.Connected>();
        (await harness.ReadAsync(id)).Record.AccountId!.ShouldStartWith("sub-");
    }

    [NodeFact]
    public async Task Nothing_is_refused_where_it_cannot_be_known_whose_account_it_is()
    {
        var front = await Provider.AddFrontAsync("bare", new { reply = new { access_token = "$access_token", expires_in = "$expires_in", token_type = "Bearer" } });
        await using var harness = await ConnectionsHarness.StartAsync(Provider, Profiles.Changed(Provider, s => s with { TokenEndpoint = FieldTemplate.Parse(front.AbsoluteUri) }));
        var id = await harness.ConsentAsync(Provider);

        (await harness.AuthorizeAsync(id, "bob")).ShouldBeOfType<FlowOutcome.Connected>();
        await harness.ProbeAsync(id);

        var record = (await harness.ReadAsync(id)).Record;
        (record.AccountId, record.AccountLabel).ShouldBe((null, "bob"));
    }

    [NodeFact]
    public async Task A_consent_that_came_to_nothing_is_told_on_the_log_with_the_words_of_the_provider()
    {
        await using var harness = await ConnectionsHarness.StartAsync(Provider);
        var id = await harness.ConsentAsync(Provider);
        var before = (await harness.ReadAsync(id)).Record;
        var browser = await harness.StartFlowAsync(id);

        var outcome = await harness.CompleteAsync(browser, await browser.ConsentAsync(allow: false));

        outcome.ShouldBeOfType<FlowOutcome.Failed>();
        var entry = (await harness.LogAsync(id))[0];
        (entry.Event, entry.By, entry.Health, entry.Failure!.ProviderCode).ShouldBe((ConnectionEvent.Authorized, Actor.Of(ConnectionsHarness.Manager), Health.Yellow, "access_denied"));
        entry.Failure.ProviderWords.ShouldBe("End-User aborted interaction");
        (await harness.ReadAsync(id)).Record.ShouldBeEquivalentTo(before);
    }

    [NodeFact]
    public async Task Connecting_again_after_a_disconnection_keeps_identity_and_still_knows_the_account()
    {
        await using var harness = await ConnectionsHarness.StartAsync(Provider);
        var id = await harness.ConsentAsync(Provider);
        await harness.Setup.DisconnectAsync(ConnectionsHarness.Operator, id, CancellationToken.None);

        var other = await harness.AuthorizeAsync(id, "bob");
        var stays = (await harness.ReadAsync(id)).State;
        var same = await harness.AuthorizeAsync(id);

        other.ShouldBeOfType<FlowOutcome.OtherAccount>();
        stays.ShouldBe(ConnectionState.Disconnected);
        same.ShouldBeOfType<FlowOutcome.Connected>().Connection.ShouldBe(id);
        (await harness.LogAsync(id)).Count(e => e.Event == ConnectionEvent.Created).ShouldBe(1);
        (await harness.SendAsync(id, "api/read")).Failure.ShouldBeNull();
    }

    [Fact]
    public async Task A_password_of_another_account_is_noticed_where_the_probe_tells_whose_it_is()
    {
        await using var app = await AppServer.StartAsync(seen => seen.Target != "/probe" ? null : seen.Header("X-Key") switch
        {
            "key-of-alice" or "second-key-of-alice" => Results.Json(new { id = 1 }),
            "key-of-bob" => Results.Json(new { id = 2 }),
            _ => Results.Unauthorized(),
        });
        await using var harness = await ConnectionsHarness.StartAsync(ConnectorText.Load(app.Address, """
            - type: apiKey
              in: header
              parameterName: X-Key
              probe: { path: /probe, accountId: id }
            """), [app.Address.Authority]);
        await harness.DefineAsync("k", "app", "api-key");
        var id = await harness.ConnectAsync("k", new() { ["apiKey"] = "key-of-alice" });
        await harness.ProbeAsync(id);
        Task<SetupResult<Connection>> Give(string key, bool accepts = false) =>
            harness.Setup.ReplaceCredentialAsync(ConnectionsHarness.Operator, id, new Dictionary<string, Secret> { ["apiKey"] = new(key) }, CancellationToken.None, accepts);
        async Task<string> KeyAsync() => (await harness.CredentialAsync(id)).Secrets["apiKey"].Reveal();

        var refused = await Give("key-of-bob");
        var kept = await KeyAsync();
        var wrong = await Give("a-key-that-nobody-has");
        var own = await Give("second-key-of-alice");
        var taken = await Give("key-of-bob", accepts: true);

        refused.ShouldBeOfType<SetupResult<Connection>.OtherAccount>().Reason.ShouldContain("another account of App");
        kept.ShouldBe("key-of-alice");
        wrong.ShouldBeOfType<SetupResult<Connection>.Done>();
        own.ShouldBeOfType<SetupResult<Connection>.Done>();
        taken.ShouldBeOfType<SetupResult<Connection>.Done>().Value.Record.AccountId.ShouldBe("probe:2");
        (await KeyAsync()).ShouldBe("key-of-bob");
    }
}
