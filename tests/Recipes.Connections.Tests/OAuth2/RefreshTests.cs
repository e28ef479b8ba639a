using System.Net;
using Recipes.Testing;

namespace Recipes.Connections.Tests;

public sealed class RefreshTests(OidcFixture oidc) : IClassFixture<OidcFixture>, IAsyncLifetime
{
    private readonly TestClock _clock = new(TimeProvider.System.GetUtcNow());

    private OidcProvider Provider => oidc.Provider;

    public async Task InitializeAsync()
    {
        await Provider.HealAsync();
        await Provider.SetRotationAsync(true);
        await Provider.SetLifetimesAsync(TimeSpan.FromHours(1), TimeSpan.FromDays(1));
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [NodeFact]
    public async Task Any_number_of_calls_on_an_expired_token_make_one_refresh()
    {
        await using var harness = await ConnectionsHarness.StartAsync(Provider, _clock);
        var id = await harness.ConsentAsync(Provider);
        await Provider.ResetCountersAsync();
        _clock.Advance(TimeSpan.FromHours(2));

        var replies = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => harness.SendAsync(id, "api/read")));

        replies.ShouldAllBe(r => r.Failure == null && r.Response!.StatusCode == HttpStatusCode.OK);
        (await Provider.CountersAsync()).Refreshes.ShouldBe(1);
        (await harness.StandingAsync(id)).ShouldBe((ConnectionState.Connected, Health.Green, null));
    }

    [NodeFact]
    public async Task Any_number_of_calls_on_a_token_that_the_app_refuses_make_one_refresh()
    {
        await using var harness = await ConnectionsHarness.StartAsync(Provider, _clock);
        var id = await harness.ConsentAsync(Provider);
        await harness.SetTokensAsync(id, t => t with { AccessToken = new(harness.NewSecret("garbage token")) });
        await Provider.ResetCountersAsync();

        var replies = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => harness.SendAsync(id, "api/read")));

        replies.ShouldAllBe(r => r.Failure == null);
        var counters = await Provider.CountersAsync();
        counters.Refreshes.ShouldBe(1);
        counters.Statuses["/api/read 200"].ShouldBe(200);
    }

    [NodeFact]
    public async Task A_caller_with_an_older_snapshot_takes_the_stored_token()
    {
        await using var harness = await ConnectionsHarness.StartAsync(Provider, _clock);
        var id = await harness.ConsentAsync(Provider);
        var old = await harness.Get<SnapshotLoader>().LoadAsync(id, CancellationToken.None);
        var refresher = harness.Get<Refresher>();
        var first = await refresher.RefreshAsync(old!, CancellationToken.None);
        await Provider.ResetCountersAsync();

        var second = await refresher.RefreshAsync(old!, CancellationToken.None);

        second.Fresh!.Credential!.Tokens!.AccessToken.ShouldBe(first.Fresh!.Credential!.Tokens!.AccessToken);
        (await Provider.CountersAsync()).Refreshes.ShouldBe(0);
    }

    [NodeFact]
    public async Task One_callers_cancellation_does_not_stop_the_refresh_of_others()
    {
        await using var harness = await ConnectionsHarness.StartAsync(Provider, _clock);
        var id = await harness.ConsentAsync(Provider);
        await Provider.ResetCountersAsync();
        await Provider.SetLatencyAsync(TimeSpan.FromMilliseconds(300));
        _clock.Advance(TimeSpan.FromHours(2));
        using var impatient = new CancellationTokenSource();

        var cancelled = harness.SendAsync(id, "api/read", cancellationToken: impatient.Token);
        var patient = harness.SendAsync(id, "api/read");
        await impatient.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => cancelled);
        (await patient).Failure.ShouldBeNull();
        (await Provider.CountersAsync()).Refreshes.ShouldBe(1);
    }

    [NodeFact]
    public async Task Each_of_twenty_refreshes_uses_the_newest_refresh_token()
    {
        await using var harness = await ConnectionsHarness.StartAsync(Provider, _clock);
        var id = await harness.ConsentAsync(Provider);
        var seen = new HashSet<string> { (await harness.CredentialAsync(id)).Tokens!.RefreshToken!.Reveal() };

        for (var i = 0; i < 20; i++)
        {
            _clock.Advance(TimeSpan.FromHours(2));
            (await harness.SendAsync(id, "api/read")).Failure.ShouldBeNull();
            seen.Add((await harness.CredentialAsync(id)).Tokens!.RefreshToken!.Reveal());
        }

        seen.Count.ShouldBe(21);
    }

    [NodeFact]
    public async Task A_reply_without_a_refresh_token_keeps_the_old_one()
    {
        await using var harness = await ConnectionsHarness.StartAsync(Provider, _clock);
        await Provider.SetRotationAsync(false);
        var id = await harness.ConsentAsync(Provider);
        var before = (await harness.CredentialAsync(id)).Tokens!;
        _clock.Advance(TimeSpan.FromHours(2));

        (await harness.SendAsync(id, "api/read")).Failure.ShouldBeNull();

        var after = (await harness.CredentialAsync(id)).Tokens!;
        after.RefreshToken.ShouldBe(before.RefreshToken);
        after.AccessToken.ShouldNotBe(before.AccessToken);
    }

    [NodeFact]
    public async Task A_revoked_grant_is_not_tried_again()
    {
        await using var harness = await ConnectionsHarness.StartAsync(Provider, _clock);
        var id = await harness.ConsentAsync(Provider);
        await Provider.RevokeGrantAsync((await harness.CredentialAsync(id)).Tokens!.RefreshToken!.Reveal());
        await Provider.ResetCountersAsync();

        var first = await harness.SendAsync(id, "api/read");
        var second = await harness.SendAsync(id, "api/read");
        var probe = await harness.ProbeAsync(id);

        first.Failure!.Kind.ShouldBe(FailureKind.ModifiedCredentials);
        first.Failure.ProviderCode.ShouldBe("invalid_grant");
        second.Failure!.Kind.ShouldBe(FailureKind.ModifiedCredentials);
        probe.ShouldBeOfType<ProbeResult.NotPossible>();
        (await harness.StandingAsync(id)).ShouldBe((ConnectionState.ReauthorizationRequired, Health.Red, FailureKind.ModifiedCredentials));
        var counters = await Provider.CountersAsync();
        counters.Refreshes.ShouldBe(1);
        counters.Requests("/api/read").ShouldBe(1);
    }

    [NodeFact]
    public async Task A_grant_found_dead_ahead_of_expiry_is_not_used_with_the_old_token()
    {
        await using var harness = await ConnectionsHarness.StartAsync(Provider, _clock);
        var id = await harness.ConsentAsync(Provider);
        await Provider.FailAsync(new() { Path = "/token", Status = 400, Type = "application/json; charset=utf8", Body = """{"error":"invalid_grant"}""" });
        await Provider.ResetCountersAsync();
        _clock.Advance(TimeSpan.FromMinutes(57));

        var reply = await harness.SendAsync(id, "api/read");

        reply.Failure!.Kind.ShouldBe(FailureKind.ModifiedCredentials);
        (await Provider.CountersAsync()).Requests("/api/read").ShouldBe(0);
        (await harness.ReadAsync(id)).State.ShouldBe(ConnectionState.ReauthorizationRequired);
    }

    [NodeFact]
    public async Task A_token_that_another_process_rotated_is_used_instead_of_a_verdict()
    {
        using var folder = new TempFolder();
        await using var one = await ConnectionsHarness.StartAsync(Provider, _clock, folder);
        var id = await one.ConsentAsync(Provider);
        (await one.SendAsync(id, "api/read")).Failure.ShouldBeNull();
        await using var other = await ConnectionsHarness.StartAsync(Provider, _clock, folder);
        var stale = await other.Get<SnapshotLoader>().LoadAsync(id, CancellationToken.None);
        (await one.Get<Refresher>().RefreshAsync((await one.Get<SnapshotLoader>().LoadAsync(id, CancellationToken.None))!, CancellationToken.None)).Fresh.ShouldNotBeNull();

        var reply = await other.SendAsync(id, "api/read");
        var result = await other.Get<Refresher>().RefreshAsync(stale!, CancellationToken.None);

        reply.Failure.ShouldBeNull();
        result.Fresh!.Record.CredentialVersion.ShouldBe(stale!.Record.CredentialVersion + 1);
        (await other.ReadAsync(id)).State.ShouldBe(ConnectionState.Connected);
    }

    [NodeFact]
    public async Task An_invalid_grant_is_no_verdict_when_another_process_stored_a_token_meanwhile()
    {
        await using var harness = await ConnectionsHarness.StartAsync(Provider, _clock);
        var id = await harness.ConsentAsync(Provider);
        var good = (await harness.CredentialAsync(id)).Tokens!;
        await harness.SetTokensAsync(id, t => t with { RefreshToken = new(harness.NewSecret("rotated away")) });
        await Provider.SetLatencyAsync(TimeSpan.FromMilliseconds(500));
        await Provider.ResetCountersAsync();
        var seen = await harness.Get<SnapshotLoader>().LoadAsync(id, CancellationToken.None);

        var refreshing = harness.Get<Refresher>().RefreshAsync(seen!, CancellationToken.None);
        while ((await Provider.CountersAsync()).Refreshes == 0)
            await Task.Yield();
        await harness.SetTokensAsync(id, _ => good);
        var result = await refreshing;

        result.Fresh!.Credential!.Tokens!.RefreshToken.ShouldBe(good.RefreshToken);
        (await harness.ReadAsync(id)).State.ShouldBe(ConnectionState.Connected);
    }

    [NodeTheory]
    [InlineData(3600, 54, 56)]
    [InlineData(600, 6, 7)]
    public async Task A_token_is_renewed_ahead_of_its_end(int life, int notYet, int due)
    {
        await using var harness = await ConnectionsHarness.StartAsync(Provider, _clock);
        await Provider.SetLifetimesAsync(TimeSpan.FromSeconds(life));
        var id = await harness.ConsentAsync(Provider);
        await Provider.ResetCountersAsync();

        _clock.Advance(TimeSpan.FromMinutes(notYet));
        await harness.SendAsync(id, "api/read");
        var early = (await Provider.CountersAsync()).Refreshes;
        _clock.Advance(TimeSpan.FromMinutes(due - notYet));
        await harness.SendAsync(id, "api/read");

        early.ShouldBe(0);
        (await Provider.CountersAsync()).Refreshes.ShouldBe(1);
    }

    [NodeFact]
    public async Task A_token_that_is_due_but_alive_is_used_while_it_cannot_be_refreshed()
    {
        await using var harness = await ConnectionsHarness.StartAsync(Provider, _clock);
        var id = await harness.ConsentAsync(Provider);
        await Provider.FailAsync(new() { Path = "/token", Status = 503 });
        await Provider.ResetCountersAsync();
        _clock.Advance(TimeSpan.FromMinutes(56));

        var first = await harness.SendAsync(id, "api/read");
        var second = await harness.SendAsync(id, "api/read");
        _clock.Advance(TimeSpan.FromSeconds(11));
        await Provider.HealAsync();
        var third = await harness.SendAsync(id, "api/read");

        first.Failure.ShouldBeNull();
        second.Failure.ShouldBeNull();
        third.Failure.ShouldBeNull();
        // One that failed, none during the pause, one that worked.
        (await Provider.CountersAsync()).Refreshes.ShouldBe(2);
        (await harness.ReadAsync(id)).Record.CredentialVersion.ShouldBe(2);
    }

    [NodeFact]
    public async Task A_new_token_that_cannot_be_written_is_kept_and_stored_by_the_next_request()
    {
        await using var harness = await ConnectionsHarness.StartAsync(Provider, _clock);
        var id = await harness.ConsentAsync(Provider);
        await Provider.ResetCountersAsync();
        _clock.Advance(TimeSpan.FromHours(2));
        harness.Store.WritesToFail = 5;

        var failing = harness.SendAsync(id, "api/read");
        foreach (var pause in (int[])[50, 250, 1000, 3000])
        {
            await harness.Store.WhenFailedAsync();
            await _clock.WhenWaitingAsync();
            _clock.Advance(TimeSpan.FromMilliseconds(pause));
        }

        await failing;
        var next = await harness.SendAsync(id, "api/read");

        (await failing).Failure!.Kind.ShouldBe(FailureKind.Unavailable);
        next.Failure.ShouldBeNull();
        (await Provider.CountersAsync()).Refreshes.ShouldBe(1);
        (await harness.ReadAsync(id)).Record.CredentialVersion.ShouldBe(2);
    }

    [NodeFact]
    public async Task Tokens_that_arrive_after_the_connection_was_deleted_are_given_back()
    {
        await using var harness = await ConnectionsHarness.StartAsync(Provider, _clock);
        await Provider.SetRotationAsync(false);
        var id = await harness.ConsentAsync(Provider);
        _clock.Advance(TimeSpan.FromHours(2));
        await Provider.SetLatencyAsync(TimeSpan.FromMilliseconds(400));
        await Provider.ResetCountersAsync();

        var sending = harness.SendAsync(id, "api/read");
        while ((await Provider.CountersAsync()).Refreshes == 0)
            await Task.Yield();
        (await harness.Store.TryRemoveAsync(await harness.ReadAsync(id), CancellationToken.None)).ShouldBeTrue();

        await Should.ThrowAsync<KeyNotFoundException>(() => sending);
        (await Provider.CountersAsync()).Requests("/token/revocation").ShouldBe(1);
    }

    [NodeFact]
    public async Task A_token_endpoint_that_says_when_to_come_back_is_not_asked_before()
    {
        await using var harness = await ConnectionsHarness.StartAsync(Provider, _clock);
        var id = await harness.ConsentAsync(Provider);
        _clock.Advance(TimeSpan.FromHours(2));
        await Provider.ResetCountersAsync();
        await Provider.FailAsync(new() { Path = "/token", Status = 429, RetryAfter = "60", Times = 1 });

        var first = await harness.SendAsync(id, "api/read");
        var second = await harness.SendAsync(id, "api/read");
        var before = (await Provider.CountersAsync()).Refreshes;
        _clock.Advance(TimeSpan.FromSeconds(61));
        var third = await harness.SendAsync(id, "api/read");

        (before, second.Failure).ShouldBe((1, first.Failure));
        first.Failure!.Kind.ShouldBe(FailureKind.RateLimited);
        third.Failure.ShouldBeNull();
    }

    [NodeFact]
    public async Task Tokens_that_arrive_after_a_disconnection_are_given_back()
    {
        await using var harness = await ConnectionsHarness.StartAsync(Provider, _clock);
        await Provider.SetRotationAsync(false);
        var id = await harness.ConsentAsync(Provider);
        var tokens = (await harness.CredentialAsync(id)).Tokens!;
        _clock.Advance(TimeSpan.FromHours(2));
        await Provider.SetLatencyAsync(TimeSpan.FromMilliseconds(400));
        await Provider.ResetCountersAsync();

        var sending = harness.SendAsync(id, "api/read");
        while ((await Provider.CountersAsync()).Refreshes == 0)
            await Task.Yield();
        await harness.Setup.DisconnectAsync(ConnectionsHarness.Operator, id, CancellationToken.None);
        var reply = await sending;

        reply.Response.ShouldBeNull();
        reply.Failure.ShouldNotBeNull();
        (await harness.ReadAsync(id)).Record.SealedCredential.ShouldBeNull();
        (await Provider.CountersAsync()).Requests("/token/revocation").ShouldBe(2);
        tokens.RefreshToken.ShouldNotBeNull();
    }
}
