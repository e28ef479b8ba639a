using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Recipes.Testing;

namespace Recipes.Connections.Tests;

public sealed class OAuth1FlowTests(OAuth1Fixture oauth1) : IClassFixture<OAuth1Fixture>, IAsyncLifetime
{
    private readonly TestClock _clock = new(TimeProvider.System.GetUtcNow());

    private OAuth1Provider Provider => oauth1.Provider;

    public Task InitializeAsync() => Provider.HealAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    public static TheoryData<OAuth1SignatureMethod, OAuth1ParameterLocation> Ways()
    {
        var ways = new TheoryData<OAuth1SignatureMethod, OAuth1ParameterLocation>();
        foreach (var method in Enum.GetValues<OAuth1SignatureMethod>())
        {
            foreach (var location in Enum.GetValues<OAuth1ParameterLocation>())
                ways.Add(method, location);
        }

        return ways;
    }

    [OAuth1Theory]
    [MemberData(nameof(Ways))]
    public async Task A_consent_connects_the_account_and_its_requests_are_signed(OAuth1SignatureMethod method, OAuth1ParameterLocation location)
    {
        await using var world = await OAuth1World.StartAsync(Provider, change: s => s with { SignatureMethod = method, ParametersIn = location });

        var id = await world.ConsentAsync();
        var probe = await world.Harness.ProbeAsync(id);
        using var get = await world.Harness.SendAsync(id, "api/read?q=caf%C3%A9%20%26x&b=2+2&b=1&c");
        using var form = await world.Harness.SendAsync(id, "api/read?b=1", method: HttpMethod.Post, content: new FormUrlEncodedContent([new("text", "Ladies + Gentlemen ☃"), new("b", "2")]));
        using var json = await world.Harness.SendAsync(id, "api/read", method: HttpMethod.Post, content: new StringContent("{\"a\":1}", Encoding.UTF8, "application/json"));
        using var empty = await world.Harness.SendAsync(id, "api/read", method: HttpMethod.Post);

        probe.ShouldBeOfType<ProbeResult.Passed>().AccountLabel.ShouldBe("alice");
        foreach (var reply in new[] { get, form, json, empty })
            reply.Failure.ShouldBeNull();
        var answer = JsonDocument.Parse(await form.Response!.Content.ReadAsStringAsync()).RootElement;
        answer.GetProperty("signatureMethod").GetString().ShouldBe(OAuth1SignatureMethods.NameOf(method));
        answer.GetProperty("in").GetString().ShouldBe(location.ToString().ToLowerInvariant());
        (await world.Harness.StandingAsync(id)).ShouldBe((ConnectionState.Connected, Health.Green, null));
    }

    [OAuth1Fact]
    public async Task Another_account_is_noticed_by_the_probe_and_taken_only_when_that_is_said()
    {
        var probe = new Probe(HttpMethod.Get, FieldTemplate.Parse("api/read"), "user") { AccountId = "user" };
        await using var world = await OAuth1World.StartAsync(Provider, change: s => s with { Probe = probe });
        var id = await world.ConsentAsync();
        var before = await world.TokenAsync(id);

        var refused = await world.Harness.AuthorizeAsync(id, "bob");
        var kept = await world.TokenAsync(id);
        var works = await world.Harness.SendAsync(id, "api/read");
        var taken = await world.Harness.AuthorizeAsync(id, "bob", acceptsOther: true);

        refused.ShouldBeOfType<FlowOutcome.OtherAccount>();
        kept.ShouldBe(before);
        works.Failure.ShouldBeNull();
        taken.ShouldBeOfType<FlowOutcome.Connected>();
        (await world.Harness.ReadAsync(id)).Record.AccountId.ShouldBe("probe:bob");
    }

    [OAuth1Theory]
    [InlineData("form")]
    [InlineData("html")]
    [InlineData("json")]
    public async Task A_token_reply_is_read_by_what_it_is_and_not_by_what_it_claims(string reply)
    {
        await using var world = await OAuth1World.StartAsync(Provider);
        await Provider.SetReplyAsync(reply);

        var id = await world.UsedAsync();

        (await world.Harness.StandingAsync(id)).State.ShouldBe(ConnectionState.Connected);
    }

    [OAuth1Fact]
    public async Task What_callback_and_token_reply_tell_is_captured()
    {
        await using var world = await OAuth1World.StartAsync(Provider, change: s => s.Flow != OAuth1Flow.ThreeLegged ? s : s with
        {
            Captures =
            [
                new("region", null, CaptureSource.Callback, "region", Pattern("[a-z]{2}")),
                new("userId", null, CaptureSource.TokenReply, "user_id", Pattern("id-of-(?<value>[a-z]+)")),
                new(null, "realms", CaptureSource.TokenReply, "oauth_authorized_realms", Pattern("[a-z ]+")),
            ],
        });

        var id = await world.PendingAsync();
        var browser = await world.Harness.StartFlowAsync(id);
        var callback = await browser.ConsentAsync();
        await world.Harness.Flows.CompleteAsync(browser.Slug, callback, browser.Cookie, ConnectionsHarness.Operator, CancellationToken.None);

        var record = (await world.Harness.ReadAsync(id)).Record;
        record.Fields.ShouldBe(new Dictionary<string, string> { ["region"] = "eu", ["userId"] = "alice" }, ignoreOrder: true);
        world.Harness.Vault.Open(record.Tenant, id, record.SealedCredential!).Tokens!.Values["realms"].Reveal().ShouldBe("read");
    }

    [OAuth1Fact]
    public async Task A_capture_that_does_not_match_connects_nothing()
    {
        await using var world = await OAuth1World.StartAsync(Provider, change: s => s with { Captures = [new("region", null, CaptureSource.Callback, "region", Pattern("[0-9]+"))] });
        var id = await world.PendingAsync();

        var outcome = await world.Harness.AuthorizeAsync(id);

        outcome.ShouldBeOfType<FlowOutcome.Failed>().Failure.Kind.ShouldBe(FailureKind.Misconfigured);
        (await world.Harness.ReadAsync(id)).State.ShouldBe(ConnectionState.Pending);
    }

    [OAuth1Fact]
    public async Task A_person_who_refuses_connects_nothing()
    {
        await using var world = await OAuth1World.StartAsync(Provider);
        var browser = await world.Harness.StartFlowAsync(await world.PendingAsync());

        var outcome = await world.Harness.CompleteAsync(browser, await browser.ConsentAsync(allow: false));

        var failed = outcome.ShouldBeOfType<FlowOutcome.Failed>();
        failed.Failure.Kind.ShouldBe(FailureKind.InsufficientPermissions);
        (await world.Harness.ReadAsync(failed.Connection)).State.ShouldBe(ConnectionState.Pending);
    }

    [OAuth1Fact]
    public async Task A_callback_works_once()
    {
        await using var world = await OAuth1World.StartAsync(Provider);
        var browser = await world.Harness.StartFlowAsync(await world.PendingAsync());
        var callback = await browser.ConsentAsync();

        var first = await world.Harness.CompleteAsync(browser, callback);
        var second = await world.Harness.CompleteAsync(browser, callback);

        first.ShouldBeOfType<FlowOutcome.Connected>();
        second.ShouldBeOfType<FlowOutcome.Rejected>();
    }

    [OAuth1Fact]
    public async Task A_verifier_that_was_used_already_is_the_account_s_affair_and_kills_nothing()
    {
        await using var world = await OAuth1World.StartAsync(Provider);
        var id = await world.UsedAsync();
        var browser = await world.Harness.StartFlowAsync(id);
        var callback = await browser.ConsentAsync();
        // Exchanged past the flow: the provider knows the request token no more.
        await world.ExchangeAsync(id, callback);

        var outcome = await world.Harness.CompleteAsync(browser, callback);

        var failure = outcome.ShouldBeOfType<FlowOutcome.Failed>().Failure;
        failure.Kind.ShouldBe(FailureKind.ModifiedCredentials);
        failure.Message.ShouldContain("start again");
        (await world.Harness.StandingAsync(id)).ShouldBe((ConnectionState.Connected, Health.Green, null));
        (await world.ClientFailureAsync(id)).ShouldBeNull();
    }

    [OAuth1Fact]
    public async Task A_callback_in_another_browser_is_refused_and_the_right_one_can_still_finish()
    {
        await using var world = await OAuth1World.StartAsync(Provider);
        var browser = await world.Harness.StartFlowAsync(await world.PendingAsync());
        var callback = await browser.ConsentAsync();

        var without = await world.Harness.CompleteAsync(browser, callback, cookie: _ => null);
        var wrong = await world.Harness.CompleteAsync(browser, callback, cookie: _ => "another-value");
        var right = await world.Harness.CompleteAsync(browser, callback);

        without.ShouldBeOfType<FlowOutcome.Rejected>();
        wrong.ShouldBeOfType<FlowOutcome.Rejected>();
        right.ShouldBeOfType<FlowOutcome.Connected>();
    }

    [OAuth1Fact]
    public async Task A_callback_of_another_user_or_definition_or_too_late_is_refused()
    {
        await using var world = await OAuth1World.StartAsync(Provider, clock: _clock);
        var id = await world.PendingAsync();
        var (one, two, three) = (await world.Harness.StartFlowAsync(id), await world.Harness.StartFlowAsync(id), await world.Harness.StartFlowAsync(id));

        var user = await world.Harness.CompleteAsync(one, await one.ConsentAsync(), caller: ConnectionsHarness.Operator with { User = UserId.Parse("rep-two") });
        var definition = await world.Harness.CompleteAsync(two, await two.ConsentAsync(), slug: "another");
        var callback = await three.ConsentAsync();
        _clock.Advance(AuthorizationFlows.LifeSpan);
        var late = await world.Harness.CompleteAsync(three, callback);

        foreach (var outcome in new[] { user, definition, late })
            outcome.ShouldBeOfType<FlowOutcome.Rejected>();
        (await world.Harness.ReadAsync(id)).State.ShouldBe(ConnectionState.Pending);
    }

    [OAuth1Fact]
    public async Task A_callback_without_a_verifier_connects_nothing()
    {
        await using var world = await OAuth1World.StartAsync(Provider);
        var id = await world.PendingAsync();
        var browser = await world.Harness.StartFlowAsync(id);
        var callback = await browser.ConsentAsync();

        var outcome = await world.Harness.CompleteAsync(browser, callback with { Parameters = callback.Parameters.Where(p => p.Key != "oauth_verifier").ToDictionary() });

        var rejected = outcome.ShouldBeOfType<FlowOutcome.Rejected>();
        rejected.Connection.ShouldBe(id);
        (await world.Harness.Get<IConnectionLog>().ListAsync(id, null, 1, CancellationToken.None))[0].Failure!.Message.ShouldBe(rejected.Reason);
    }

    [OAuth1Fact]
    public async Task Request_token_and_its_secret_are_not_in_the_database()
    {
        await using var world = await OAuth1World.StartAsync(Provider);

        // What the harness watches is looked for in every file in the end.
        var browser = await world.Harness.StartFlowAsync(await world.PendingAsync());

        browser.Started.AuthorizationAddress.Query.ShouldStartWith("?oauth_token=");
    }

    [OAuth1Fact]
    public async Task A_refused_consumer_is_shown_on_the_definition_and_cleared_by_the_next_success()
    {
        await using var world = await OAuth1World.StartAsync(Provider);
        var id = await world.PendingAsync();
        await Provider.DropClientAsync(world.Consumer);

        var refused = await world.StartAsync(id);
        var marked = await world.ClientFailureAsync(id);
        await Provider.SetClientAsync(world.Consumer, await world.SecretAsync(id));
        (await world.Harness.AuthorizeAsync(id)).ShouldBeOfType<FlowOutcome.Connected>();

        var failure = refused.ShouldBeOfType<FlowStart.Failed>().Failure;
        failure.Kind.ShouldBe(FailureKind.ClientRejected);
        failure.Message.ShouldContain("Check the consumer key and secret");
        marked.ShouldBe(FailureKind.ClientRejected);
        (await world.ClientFailureAsync(id)).ShouldBeNull();
    }

    [OAuth1Theory]
    [InlineData(400, "error=invalid_request&error_description=Missing+callback+URI.", FailureKind.Misconfigured, "Missing+callback")]
    [InlineData(200, "oauth_token=a-token-of-old&oauth_token_secret=x", FailureKind.Misconfigured, "without the correction")]
    [InlineData(200, "<html>Welcome</html>", FailureKind.Unknown, "without a token")]
    [InlineData(200, "oauth_problem=timestamp_refused", FailureKind.Misconfigured, "timestamp_refused")]
    [InlineData(404, "", FailureKind.Misconfigured, "404")]
    [InlineData(403, "Callback URL not approved", FailureKind.Misconfigured, "callback address registered")]
    [InlineData(500, "", FailureKind.Unavailable, "500")]
    public async Task A_provider_without_the_correction_or_with_another_answer_is_told_in_words(int status, string body, FailureKind kind, string words)
    {
        await using var world = await OAuth1World.StartAsync(Provider);
        var id = await world.PendingAsync();
        await Provider.FailAsync(status, "/oauth/request_token", body: body);

        var refused = await world.StartAsync(id);

        var failure = refused.ShouldBeOfType<FlowStart.Failed>().Failure;
        failure.Kind.ShouldBe(kind);
        failure.Message.ShouldContain(words);
        (await world.ClientFailureAsync(id)).ShouldBeNull();
    }

    [OAuth1Fact]
    public async Task A_callback_address_that_the_provider_does_not_take_is_told_as_such()
    {
        await using var world = await OAuth1World.StartAsync(Provider);
        var id = await world.PendingAsync();

        var refused = await world.StartAsync(id, "https://elsewhere.example/oauth/callback/photos");

        var failure = refused.ShouldBeOfType<FlowStart.Failed>().Failure;
        // The provider's 401 is empty: it might as well be the consumer.
        (failure.Kind, failure.Status).ShouldBe((FailureKind.ClientRejected, 401));
        failure.Message.ShouldContain("the callback address registered at the provider");
    }

    [OAuth1Theory]
    [InlineData(429, "30", FailureKind.RateLimited)]
    [InlineData(503, null, FailureKind.Unavailable)]
    [InlineData(401, null, FailureKind.ModifiedCredentials)]
    public async Task An_access_token_endpoint_in_trouble_connects_nothing(int status, string? retryAfter, FailureKind kind)
    {
        await using var world = await OAuth1World.StartAsync(Provider, clock: _clock);
        var browser = await world.Harness.StartFlowAsync(await world.PendingAsync());
        var callback = await browser.ConsentAsync();
        await Provider.FailAsync(status, "/oauth/access_token", retryAfter);

        var outcome = await world.Harness.CompleteAsync(browser, callback);

        var failed = outcome.ShouldBeOfType<FlowOutcome.Failed>();
        failed.Failure.Kind.ShouldBe(kind);
        failed.Failure.RetryAt.ShouldBe(retryAfter is null ? null : _clock.GetUtcNow().AddSeconds(30));
        (await world.Harness.ReadAsync(failed.Connection)).State.ShouldBe(ConnectionState.Pending);
    }

    [OAuth1Fact]
    public async Task An_access_token_endpoint_that_does_not_answer_is_given_up()
    {
        await using var world = await OAuth1World.StartAsync(Provider, clock: _clock);
        var browser = await world.Harness.StartFlowAsync(await world.PendingAsync());
        var callback = await browser.ConsentAsync();
        await Provider.HoldAsync("/oauth/access_token");

        var completing = world.Harness.CompleteAsync(browser, callback);
        await _clock.WhenWaitingAsync();
        _clock.Advance(TimeSpan.FromSeconds(20));
        var outcome = await completing;

        outcome.ShouldBeOfType<FlowOutcome.Failed>().Failure.Kind.ShouldBe(FailureKind.Unavailable);
    }

    [OAuth1Fact]
    public async Task A_dropped_exchange_connects_nothing()
    {
        await using var world = await OAuth1World.StartAsync(Provider);
        var browser = await world.Harness.StartFlowAsync(await world.PendingAsync());
        var callback = await browser.ConsentAsync();
        await Provider.DropAsync("/oauth/access_token");

        var outcome = await world.Harness.CompleteAsync(browser, callback);

        outcome.ShouldBeOfType<FlowOutcome.Failed>().Failure.Kind.ShouldBe(FailureKind.Unavailable);
    }

    private static Regex Pattern(string pattern) => new(pattern, RegexOptions.NonBacktracking, TimeSpan.FromSeconds(1));
}
