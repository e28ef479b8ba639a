using System.Text;
using System.Web;
using Recipes.Testing;

namespace Recipes.Connections.Tests;

public sealed class AuthorizationFlowTests(OidcFixture oidc) : IClassFixture<OidcFixture>, IAsyncLifetime
{
    private readonly TestClock _clock = new(TimeProvider.System.GetUtcNow());

    private OidcProvider Provider => oidc.Provider;

    public async Task InitializeAsync()
    {
        await Provider.HealAsync();
        await Provider.SetIssAsync(IssParameter.Right);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [NodeTheory]
    [InlineData("basic", " %+: /&=~ ", "basic")]
    [InlineData("basic-raw", "-1", "basic")]
    [InlineData("body", " %+: /&= ", "body")]
    [InlineData("basic", null, "none")]
    public async Task A_consent_connects_the_account(string scheme, string? within, string authentication)
    {
        // The name of a test shows its data, so the secret is made here, around what is hard to encode.
        var secret = within is null ? null : $"{Canaries.NewSecret("half")}{within}{Canaries.NewSecret("other half")}";
        await using var harness = await ConnectionsHarness.StartAsync(Provider);
        await Provider.ResetCountersAsync();

        var id = await harness.ConsentAsync(Provider, scheme, "rep-one", secret, isPublic: secret is null);
        var probe = await harness.ProbeAsync(id);
        var standing = await harness.StandingAsync(id);
        var reply = await harness.SendAsync(id, "api/read");

        probe.ShouldBeOfType<ProbeResult.Passed>().AccountLabel.ShouldBe("rep-one");
        standing.ShouldBe((ConnectionState.Connected, Health.Yellow, null));
        (await reply.Response!.Content.ReadAsStringAsync()).ShouldContain("\"sub\":\"rep-one\"");
        (await harness.StandingAsync(id)).Health.ShouldBe(Health.Green);
        (await Provider.CountersAsync()).ClientAuthentication.GetValueOrDefault(authentication).ShouldBe(1);
    }

    [NodeFact]
    public async Task Raw_basic_does_not_encode()
    {
        await using var harness = await ConnectionsHarness.StartAsync(Provider);

        var browser = await harness.StartFlowAsync(await PendingAsync(harness, "basic-raw", "a%2Bb secret of many"));
        var outcome = await harness.CompleteAsync(browser, await browser.ConsentAsync());

        // This provider decodes, so it sees another secret.
        outcome.ShouldBeOfType<FlowOutcome.Failed>().Failure.Kind.ShouldBe(FailureKind.ClientRejected);
    }

    [NodeFact]
    public async Task The_provider_checks_our_proof_of_possession()
    {
        await using var harness = await ConnectionsHarness.StartAsync(Provider);
        var id = await harness.ConsentAsync(Provider);
        var (one, other) = (await harness.StartFlowAsync(id), await harness.StartFlowAsync(id));
        var callback = await one.ConsentAsync();

        // The code of the one flow under the verifier of the other.
        var outcome = await harness.CompleteAsync(other, callback with { State = StateOf(other) });

        HttpUtility.ParseQueryString(one.Started.AuthorizationAddress.Query)["code_challenge_method"].ShouldBe("S256");
        outcome.ShouldBeOfType<FlowOutcome.Failed>().Failure.ProviderCode.ShouldBe("invalid_grant");
    }

    [NodeFact]
    public async Task State_cookie_and_verifier_are_not_in_the_database()
    {
        await using var harness = await ConnectionsHarness.StartAsync(Provider);
        var id = await harness.ConsentAsync(Provider);

        var browser = await harness.StartFlowAsync(id);

        var (state, cookie) = (Encoding.UTF8.GetBytes(StateOf(browser)), Encoding.UTF8.GetBytes(browser.Started.CookieValue.Reveal()));
        var files = Directory.GetFiles(harness.Folder.Path, "recipes.db*", SearchOption.AllDirectories);
        files.ShouldNotBeEmpty();
        foreach (var file in files)
        {
            using var copy = new MemoryStream();
            await using (var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite))
                await stream.CopyToAsync(copy);
            copy.ToArray().AsSpan().IndexOf(state).ShouldBe(-1);
            copy.ToArray().AsSpan().IndexOf(cookie).ShouldBe(-1);
        }
    }

    [NodeFact]
    public async Task A_callback_in_another_browser_is_refused_and_the_right_one_can_still_finish()
    {
        await using var harness = await ConnectionsHarness.StartAsync(Provider);
        var id = await PendingAsync(harness);
        var browser = await harness.StartFlowAsync(id);
        var callback = await browser.ConsentAsync();

        var without = await harness.CompleteAsync(browser, callback, cookie: _ => null);
        var wrong = await harness.CompleteAsync(browser, callback, cookie: _ => "another-value");
        var pending = (await harness.ReadAsync(id)).State;
        var right = await harness.CompleteAsync(browser, callback);

        without.ShouldBeOfType<FlowOutcome.Rejected>();
        wrong.ShouldBeOfType<FlowOutcome.Rejected>();
        pending.ShouldBe(ConnectionState.Pending);
        right.ShouldBeOfType<FlowOutcome.Connected>();
    }

    [NodeFact]
    public async Task A_callback_that_matches_no_flow_is_refused()
    {
        await using var harness = await ConnectionsHarness.StartAsync(Provider);
        var id = await PendingAsync(harness);
        var browser = await harness.StartFlowAsync(id);
        var callback = await browser.ConsentAsync();

        var noState = await harness.CompleteAsync(browser, callback with { State = null });
        var emptyState = await harness.CompleteAsync(browser, callback with { State = "" });
        var unknownState = await harness.CompleteAsync(browser, callback with { State = "unknown" }, cookie: _ => browser.Started.CookieValue.Reveal());

        noState.ShouldBeOfType<FlowOutcome.Rejected>().Reason.ShouldContain("without a state");
        emptyState.ShouldBeOfType<FlowOutcome.Rejected>();
        unknownState.ShouldBeOfType<FlowOutcome.Rejected>();
        (await harness.ReadAsync(id)).State.ShouldBe(ConnectionState.Pending);
    }

    [NodeFact]
    public async Task A_callback_works_once_whoever_is_first()
    {
        await using var harness = await ConnectionsHarness.StartAsync(Provider);
        var id = await PendingAsync(harness);
        var browser = await harness.StartFlowAsync(id);
        var callback = await browser.ConsentAsync();
        await Provider.ResetCountersAsync();

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => harness.CompleteAsync(browser, callback)));
        var again = await harness.CompleteAsync(browser, callback);

        outcomes.OfType<FlowOutcome.Connected>().Count().ShouldBe(1);
        outcomes.OfType<FlowOutcome.Rejected>().Count().ShouldBe(19);
        again.ShouldBeOfType<FlowOutcome.Rejected>();
        (await Provider.CountersAsync()).CodeExchanges.ShouldBe(1);
    }

    [NodeTheory]
    [InlineData("other definition")]
    [InlineData("other user")]
    [InlineData("other tenant")]
    [InlineData("nobody")]
    [InlineData("late")]
    [InlineData("wrong iss")]
    [InlineData("missing iss")]
    [InlineData("no code")]
    public async Task A_callback_that_does_not_fit_its_flow_connects_nothing(string fault)
    {
        await using var harness = await ConnectionsHarness.StartAsync(Provider, _clock);
        var id = await PendingAsync(harness);
        var browser = await harness.StartFlowAsync(id);
        await Provider.SetIssAsync(fault switch { "wrong iss" => IssParameter.Wrong, "missing iss" => IssParameter.None, _ => IssParameter.Right });
        var callback = await browser.ConsentAsync();
        await Provider.ResetCountersAsync();
        if (fault == "late")
            _clock.Advance(TimeSpan.FromMinutes(10));
        var other = new Caller(TenantId.Default, UserId.Parse("someone"), Privileges.Operator);
        var elsewhere = ConnectionsHarness.Operator with { Tenant = TenantId.Parse("other") };

        var outcome = await (fault switch
        {
            "other definition" => harness.CompleteAsync(browser, callback, slug: "another"),
            "other user" => harness.CompleteAsync(browser, callback, caller: other),
            "other tenant" => harness.CompleteAsync(browser, callback, caller: elsewhere),
            "nobody" => harness.Flows.CompleteAsync(browser.Slug, callback, browser.Cookie, null, CancellationToken.None),
            "no code" => harness.CompleteAsync(browser, callback with { Code = "" }),
            _ => harness.CompleteAsync(browser, callback),
        });
        var again = await harness.CompleteAsync(browser, callback);

        var rejected = outcome.ShouldBeOfType<FlowOutcome.Rejected>();
        again.ShouldBeOfType<FlowOutcome.Rejected>().Connection.ShouldBeNull();
        (await harness.ReadAsync(id)).State.ShouldBe(ConnectionState.Pending);
        (await Provider.CountersAsync()).CodeExchanges.ShouldBe(0);
        // It is told whatever it was, and put down to who started it only where it was they who came back.
        var isTheirs = fault is not ("other user" or "other tenant" or "nobody");
        var told = (await harness.Get<IConnectionLog>().ListAsync(id, null, 10, CancellationToken.None)).Where(e => e.Event == ConnectionEvent.Authorized).ShouldHaveSingleItem();
        told.By.ShouldBe(isTheirs ? Actor.Of(ConnectionsHarness.Operator.User) : Actor.System);
        told.Failure!.Message.ShouldContain(isTheirs ? rejected.Reason : "was not signed in");
        rejected.Connection.ShouldBe(isTheirs ? id : null);
    }

    [NodeFact]
    public async Task A_flow_that_is_nine_minutes_old_still_completes()
    {
        await using var harness = await ConnectionsHarness.StartAsync(Provider, _clock);
        var browser = await harness.StartFlowAsync(await PendingAsync(harness));
        var callback = await browser.ConsentAsync();
        _clock.Advance(TimeSpan.FromSeconds(599));

        var outcome = await harness.CompleteAsync(browser, callback);

        outcome.ShouldBeOfType<FlowOutcome.Connected>();
    }

    [NodeFact]
    public async Task A_refused_consent_connects_nothing()
    {
        await using var harness = await ConnectionsHarness.StartAsync(Provider);
        var id = await PendingAsync(harness);
        var browser = await harness.StartFlowAsync(id);

        var outcome = await harness.CompleteAsync(browser, await browser.ConsentAsync(allow: false));

        var failed = outcome.ShouldBeOfType<FlowOutcome.Failed>();
        failed.Failure.Kind.ShouldBe(FailureKind.InsufficientPermissions);
        failed.Failure.ProviderCode.ShouldBe("access_denied");
        (await harness.ReadAsync(id)).State.ShouldBe(ConnectionState.Pending);
    }

    [NodeFact]
    public async Task A_client_rejected_at_the_exchange_blames_the_definition()
    {
        await using var harness = await ConnectionsHarness.StartAsync(Provider);
        var id = await PendingAsync(harness);
        var browser = await harness.StartFlowAsync(id);
        var callback = await browser.ConsentAsync();
        await Provider.SetClientSecretAsync((await harness.DefinitionOfAsync(id)).OAuthApp!.ClientId, harness.NewSecret("other"));

        var outcome = await harness.CompleteAsync(browser, callback);

        outcome.ShouldBeOfType<FlowOutcome.Failed>().Failure.Kind.ShouldBe(FailureKind.ClientRejected);
        (await harness.DefinitionOfAsync(id)).ClientFailure!.Kind.ShouldBe(FailureKind.ClientRejected);
        (await harness.ReadAsync(id)).State.ShouldBe(ConnectionState.Pending);
    }

    [NodeFact]
    public async Task Authorising_again_keeps_the_connection_and_clears_its_failures()
    {
        await using var harness = await ConnectionsHarness.StartAsync(Provider);
        var id = await harness.ConsentAsync(Provider);
        await Provider.RevokeGrantAsync((await harness.CredentialAsync(id)).Tokens!.RefreshToken!.Reveal());
        await harness.SendAsync(id, "api/read");
        var dead = (await harness.ReadAsync(id)).State;

        var outcome = await harness.AuthorizeAsync(id);
        var reply = await harness.SendAsync(id, "api/read");

        dead.ShouldBe(ConnectionState.ReauthorizationRequired);
        outcome.ShouldBeOfType<FlowOutcome.Connected>().Connection.ShouldBe(id);
        reply.Failure.ShouldBeNull();
        (await harness.StandingAsync(id)).ShouldBe((ConnectionState.Connected, Health.Green, null));
    }

    [NodeFact]
    public async Task Flows_in_one_browser_do_not_disturb_each_other()
    {
        await using var harness = await ConnectionsHarness.StartAsync(Provider);
        var (first, second) = (await PendingAsync(harness), await PendingAsync(harness));
        var (one, two) = (await harness.StartFlowAsync(first), await harness.StartFlowAsync(second));
        string? Jar(string name) => one.Cookie(name) ?? two.Cookie(name);

        var later = await harness.CompleteAsync(two, await two.ConsentAsync("bob"), cookie: Jar);
        var earlier = await harness.CompleteAsync(one, await one.ConsentAsync("alice"), cookie: Jar);

        later.ShouldBe(new FlowOutcome.Connected(second));
        earlier.ShouldBe(new FlowOutcome.Connected(first));
        one.Started.CookieName.ShouldNotBe(two.Started.CookieName);
    }

    [NodeFact]
    public async Task Nobody_starts_a_flow_for_a_connection_that_is_not_theirs()
    {
        await using var harness = await ConnectionsHarness.StartAsync(Provider);
        var id = await PendingAsync(harness);

        await Should.ThrowAsync<UnauthorizedAccessException>(() => harness.StartFlowAsync(id, new(TenantId.Default, UserId.Parse("rep"), Privileges.Member)));
    }

    private async Task<ConnectionId> PendingAsync(ConnectionsHarness harness, string scheme = "basic", string? secret = null)
    {
        var (client, key) = ($"client-{Guid.NewGuid():N}", $"crm-{Guid.NewGuid():N}");
        secret = harness.Watch("client secret", secret ?? Canaries.NewSecret("client secret"));
        await Provider.AddClientAsync(client, secret, "client_secret_basic", ConnectionsHarness.Callback(key).AbsoluteUri);
        await harness.DefineAsync(key, "oidc", scheme, clientId: client, clientSecret: secret);
        return await harness.ConnectAsync(key, []);
    }

    private static string StateOf(FlowBrowser browser) => HttpUtility.ParseQueryString(browser.Started.AuthorizationAddress.Query)["state"]!;
}
