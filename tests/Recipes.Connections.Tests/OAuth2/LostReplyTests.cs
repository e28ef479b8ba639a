using Recipes.Testing;

namespace Recipes.Connections.Tests;

/// <summary>What comes of a refresh whose reply does not arrive.</summary>
public sealed class LostReplyTests(OidcFixture oidc) : IClassFixture<OidcFixture>, IAsyncLifetime
{
    private static readonly TimeSpan s_grace = TimeSpan.FromMinutes(30);

    private readonly TestClock _clock = new(TimeProvider.System.GetUtcNow());

    private OidcProvider Provider => oidc.Provider;

    public async Task InitializeAsync()
    {
        await Provider.HealAsync();
        await Provider.SetGraceAsync(TimeSpan.Zero);
        await Provider.SetRotationAsync(true);
        await Provider.SetLifetimesAsync(TimeSpan.FromHours(1), TimeSpan.FromDays(1));
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [NodeFact]
    public async Task A_strict_provider_whose_reply_was_lost_costs_the_grant_in_that_round_and_the_reason_says_so()
    {
        await using var harness = await ConnectionsHarness.StartAsync(Provider, _clock);
        var id = await ExpiredAsync(harness);
        await Provider.FailAsync(new() { Path = "/token", Drop = true, After = true, Times = 1 });

        var reply = await harness.SendAsync(id, "api/read");
        var again = await harness.SendAsync(id, "api/read");

        reply.Failure!.Kind.ShouldBe(FailureKind.ModifiedCredentials);
        reply.Failure.ProviderCode.ShouldBe("invalid_grant");
        reply.Failure.Message.ShouldBe($"The reply of OIDC to the refresh at {_clock.GetUtcNow():u} was lost, and with it the token that replaced the one kept here. The provider allows no second try with that one. The connection has to be authorised again.");
        again.Failure!.Kind.ShouldBe(FailureKind.ModifiedCredentials);
        (await harness.ReadAsync(id)).ShouldSatisfyAllConditions(c => c.State.ShouldBe(ConnectionState.ReauthorizationRequired), c => c.Record.Failure!.Message.ShouldContain("was lost"));
        (await Provider.CountersAsync()).Refreshes.ShouldBe(2);
    }

    [NodeFact]
    public async Task A_lenient_provider_whose_reply_was_lost_is_asked_again_at_once()
    {
        await using var harness = await ConnectionsHarness.StartAsync(Provider, Lenient(), _clock);
        var id = await ExpiredAsync(harness);
        var before = (await harness.CredentialAsync(id)).Tokens!.RefreshToken!;
        await Provider.SetGraceAsync(s_grace, (await harness.DefinitionOfAsync(id)).OAuthApp!.ClientId);
        await Provider.FailAsync(new() { Path = "/token", Drop = true, After = true, Times = 1 });

        var reply = await harness.SendAsync(id, "api/read");

        reply.Failure.ShouldBeNull();
        (await Provider.CountersAsync()).Refreshes.ShouldBe(2);
        (await harness.CredentialAsync(id)).Tokens!.Replaced.ShouldBe(new ReplacedToken(before, _clock.GetUtcNow()));
    }

    [NodeFact]
    public async Task A_request_that_broke_before_the_provider_acted_costs_nothing()
    {
        await using var harness = await ConnectionsHarness.StartAsync(Provider, _clock);
        var id = await ExpiredAsync(harness);
        await Provider.FailAsync(new() { Path = "/token", Drop = true, Times = 1 });

        var reply = await harness.SendAsync(id, "api/read");

        reply.Failure.ShouldBeNull();
        (await harness.CredentialAsync(id)).Tokens!.Replaced.ShouldBeNull();
    }

    [NodeTheory]
    [InlineData(504)]
    [InlineData(200)]
    public async Task An_answer_that_says_nothing_of_what_the_provider_did_is_no_reason_to_ask_again_at_once(int status)
    {
        await using var harness = await ConnectionsHarness.StartAsync(Provider, _clock);
        var id = await ExpiredAsync(harness);
        var at = _clock.GetUtcNow();
        await Provider.FailAsync(new() { Path = "/token", Status = status, After = true, Times = 1 });

        var first = await harness.SendAsync(id, "api/read");
        var (refreshes, state) = ((await Provider.CountersAsync()).Refreshes, (await harness.ReadAsync(id)).State);
        _clock.Advance(TimeSpan.FromMinutes(1));
        var second = await harness.SendAsync(id, "api/read");

        first.Failure!.Kind.ShouldNotBe(FailureKind.ModifiedCredentials);
        (refreshes, state).ShouldBe((1, ConnectionState.Connected));
        second.Failure!.Message.ShouldContain($"the refresh at {at:u} was lost");
        (await harness.ReadAsync(id)).State.ShouldBe(ConnectionState.ReauthorizationRequired);
    }

    [NodeFact]
    public async Task A_time_out_is_no_reason_to_ask_again_at_once()
    {
        await using var harness = await ConnectionsHarness.StartAsync(Provider, timeout: TimeSpan.FromSeconds(1));
        var id = await harness.ConsentAsync(Provider);
        await harness.SetTokensAsync(id, t => t with { ExpiresAt = TimeProvider.System.GetUtcNow().AddMinutes(-1) });
        await Provider.ResetRotationsAsync();
        await Provider.ResetCountersAsync();
        await Provider.SetLatencyAsync(TimeSpan.FromSeconds(1.5));

        var first = await harness.SendAsync(id, "api/read");
        var refreshes = (await Provider.CountersAsync()).Refreshes;
        await Provider.HealAsync();
        using (var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20)))
        {
            while ((await Provider.RotationsAsync()).Rotations.Count == 0)
                limit.Token.ThrowIfCancellationRequested();
        }

        var second = await harness.SendAsync(id, "api/read");

        first.Failure!.Kind.ShouldBe(FailureKind.Unavailable);
        refreshes.ShouldBe(1);
        second.Failure!.Message.ShouldContain("was lost");
    }

    [NodeFact]
    public async Task A_grant_that_was_revoked_during_an_outage_is_not_called_lost()
    {
        await using var harness = await ConnectionsHarness.StartAsync(Provider, _clock);
        var id = await ExpiredAsync(harness);
        await Provider.DownAsync();
        var outage = await harness.SendAsync(id, "api/read");
        await Provider.UpAsync();
        await Provider.FailAsync(new() { Path = "/token", Status = 503, Times = 1 });
        await harness.SendAsync(id, "api/read");
        await Provider.RevokeGrantAsync((await harness.CredentialAsync(id)).Tokens!.RefreshToken!.Reveal());

        var reply = await harness.SendAsync(id, "api/read");

        outage.Failure!.Kind.ShouldBe(FailureKind.Unavailable);
        reply.Failure!.ProviderCode.ShouldBe("invalid_grant");
        reply.Failure.Message.ShouldNotContain("was lost");
    }

    [NodeTheory]
    [InlineData(10, true)]
    [InlineData(40, false)]
    public async Task Within_the_grace_window_the_token_before_is_tried_once(int minutes, bool works)
    {
        await using var harness = await ConnectionsHarness.StartAsync(Provider, Lenient(), _clock);
        var id = await ExpiredAsync(harness);
        var good = (await harness.CredentialAsync(id)).Tokens!.RefreshToken!;
        await harness.SetTokensAsync(id, t => t with { RefreshToken = new(harness.NewSecret("never issued")), Replaced = new(good, _clock.GetUtcNow()) });
        _clock.Advance(TimeSpan.FromMinutes(minutes));
        await Provider.FailAsync(new() { Path = "/token", Drop = true, Times = 1 });

        var reply = await harness.SendAsync(id, "api/read");

        (reply.Failure is null).ShouldBe(works);
        (await Provider.CountersAsync()).Refreshes.ShouldBe(works ? 3 : 2);
        if (works)
            (await harness.CredentialAsync(id)).Tokens!.RefreshToken.ShouldNotBe(good);
        else
            reply.Failure!.Message.ShouldContain("The one kept here is no longer accepted.");
    }

    [NodeFact]
    public async Task Tokens_that_one_node_could_not_store_are_stored_by_another()
    {
        using var folder = new TempFolder();
        await using var one = await ConnectionsHarness.StartAsync(Provider, _clock, folder);
        var id = await ExpiredAsync(one);
        await FailToStoreAsync(one, id);
        await using var other = await ConnectionsHarness.StartAsync(Provider, _clock, folder);

        var reply = await other.SendAsync(id, "api/read").WaitAsync(TimeSpan.FromSeconds(20));

        reply.Failure.ShouldBeNull();
        (await Provider.CountersAsync()).Refreshes.ShouldBe(1);
        (await other.ReadAsync(id)).Record.CredentialVersion.ShouldBe(2);
    }

    [NodeFact]
    public async Task Tokens_that_could_not_be_stored_are_stored_without_anybody_asking_and_leave_nothing_in_the_lease()
    {
        await using var harness = await ConnectionsHarness.StartAsync(Provider, _clock);
        var id = await ExpiredAsync(harness);
        await FailToStoreAsync(harness, id);

        await _clock.WhenWaitingAsync();
        _clock.Advance(TimeSpan.FromSeconds(1));
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while ((await harness.ReadAsync(id)).Record.CredentialVersion == 1)
            limit.Token.ThrowIfCancellationRequested();
        RefreshLease? left;
        do
        {
            var owner = Guid.NewGuid();
            left = await harness.Leases.TryTakeAsync(id, owner, TimeSpan.FromMinutes(1), limit.Token);
            await harness.Leases.ReleaseAsync(id, owner, forget: false, limit.Token);
        }
        while (left is not { SealedCredential: null, SentVersion: null });

        (await Provider.CountersAsync()).Refreshes.ShouldBe(1);
        (await harness.SendAsync(id, "api/read")).Failure.ShouldBeNull();
    }

    [NodeFact]
    public async Task A_node_that_takes_over_waits_for_one_that_is_cut_off_with_the_reply_in_hand()
    {
        using var folder = new TempFolder();
        await using var one = await ConnectionsHarness.StartAsync(Provider, _clock, folder);
        var id = await ExpiredAsync(one);
        one.Leases.Fails = true;
        await FailToStoreAsync(one, id);
        one.Store.WritesToFail = int.MaxValue;
        await _clock.WhenWaitingAsync();
        _clock.Advance(TimeSpan.FromMinutes(2));
        await using var other = await ConnectionsHarness.StartAsync(Provider, _clock, folder);

        var sending = other.SendAsync(id, "api/read");
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (await other.Leases.FindStandingAsync(id, limit.Token) != LeaseStanding.Held)
            await Task.Yield();
        await _clock.WhenWaitingAsync(2, limit.Token);
        one.Store.WritesToFail = 0;
        // Less than what the other one gives it.
        _clock.Advance(TimeSpan.FromSeconds(4));
        while ((await other.ReadAsync(id)).Record.CredentialVersion == 1)
            limit.Token.ThrowIfCancellationRequested();
        _clock.Advance(TimeSpan.FromSeconds(2));
        var reply = await sending.WaitAsync(limit.Token);

        reply.Failure.ShouldBeNull();
        (await Provider.CountersAsync()).Refreshes.ShouldBe(1);
        (await other.ReadAsync(id)).Record.CredentialVersion.ShouldBe(2);
    }

    [NodeFact]
    public async Task New_tokens_get_into_a_credential_whose_other_secrets_changed_meanwhile()
    {
        await using var harness = await ConnectionsHarness.StartAsync(Provider, _clock);
        var id = await ExpiredAsync(harness);
        await Provider.SetLatencyAsync(TimeSpan.FromMilliseconds(400));
        var sending = harness.SendAsync(id, "api/read");
        while ((await Provider.CountersAsync()).Refreshes == 0)
            await Task.Yield();
        var connection = await harness.ReadAsync(id);
        var credential = await harness.CredentialAsync(id);
        connection.SecretsChanged(harness.Vault.Seal(connection.Tenant, id, credential with { Secrets = new Dictionary<string, Secret> { ["pin"] = new(harness.NewSecret("pin")) } }), _clock.GetUtcNow());
        (await harness.Store.TryUpdateAsync(connection, CancellationToken.None)).ShouldBeTrue();

        var reply = await sending;

        reply.Failure.ShouldBeNull();
        var after = await harness.CredentialAsync(id);
        after.Tokens!.RefreshToken.ShouldNotBe(credential.Tokens!.RefreshToken);
        after.Secrets.Keys.ShouldBe(["pin"]);
    }

    [NodeFact]
    public async Task The_log_tells_of_refreshes_with_their_request_also_of_those_that_failed()
    {
        await using var harness = await ConnectionsHarness.StartAsync(Provider, _clock);
        var id = await ExpiredAsync(harness);
        await Provider.FailAsync(new() { Path = "/token", Status = 503, Times = 1 });

        await harness.SendAsync(id, "api/read");
        await harness.SendAsync(id, "api/read");

        var entries = (await harness.Get<IConnectionLog>().ListAsync(id, null, 20, CancellationToken.None)).Where(e => e.Event == ConnectionEvent.Refreshed).ToArray();
        entries.Select(e => e.Failure?.Kind).ShouldBe([null, FailureKind.Unavailable]);
        entries.ShouldAllBe(e => e.RequestLine == $"POST {Provider.TokenEndpoint.AbsoluteUri}" && e.By == Actor.System);
    }

    private ConnectorProfile Lenient()
    {
        var profile = Profiles.Oidc(Provider);
        return profile with { Schemes = [.. profile.Schemes.Cast<OAuth2Scheme>().Select(s => s with { RefreshGrace = s_grace })] };
    }

    [NodeFact]
    public async Task New_tokens_that_only_the_lease_has_are_given_back_when_the_connection_is_disconnected_and_none_stay()
    {
        using var folder = new TempFolder();
        await using var one = await ConnectionsHarness.StartAsync(Provider, _clock, folder);
        var id = await ExpiredAsync(one);
        await FailToStoreAsync(one, id);
        one.Store.WritesToFail = int.MaxValue;
        await using var other = await ConnectionsHarness.StartAsync(Provider, _clock, folder);

        var done = await other.Setup.DisconnectAsync(ConnectionsHarness.Operator, id, CancellationToken.None);

        done.ShouldBeOfType<SetupResult<Disconnection>.Done>().Value.Revocation.ShouldBeOfType<RevocationOutcome.Revoked>();
        var left = await other.Leases.TryTakeAsync(id, Guid.NewGuid(), TimeSpan.FromMinutes(1), CancellationToken.None);
        (left!.SealedCredential, left.SentVersion).ShouldBe((null, null));
    }

    [NodeFact]
    public async Task An_account_that_is_not_taken_costs_the_one_that_stays_none_of_its_new_tokens()
    {
        await using var harness = await ConnectionsHarness.StartAsync(Provider, _clock);
        var id = await ExpiredAsync(harness);
        await FailToStoreAsync(harness, id);
        await Provider.ResetCountersAsync();

        (await harness.AuthorizeAsync(id, "bob")).ShouldBeOfType<FlowOutcome.OtherAccount>();
        var reply = await harness.SendAsync(id, "api/read");

        (await Provider.CountersAsync()).Requests("/token/revocation").ShouldBe(1);
        reply.Failure.ShouldBeNull();
        (await Provider.CountersAsync()).Refreshes.ShouldBe(0);
    }

    [NodeFact]
    public async Task Whoever_gave_a_lease_back_forgets_nothing_that_another_holder_left_in_it()
    {
        await using var harness = await ConnectionsHarness.StartAsync(Provider, _clock);
        var id = await harness.ConsentAsync(Provider);
        var (one, other) = (await HoldAsync(harness, id), default(HeldLease));
        (await one.TryKeepAsync(1, [1], CancellationToken.None)).ShouldBeTrue();
        await one.ReleaseAsync(forget: false, CancellationToken.None);
        other = await HoldAsync(harness, id);
        (await other.TryMarkSentAsync(2)).ShouldBeTrue();
        (await other.TryKeepAsync(2, [2], CancellationToken.None)).ShouldBeTrue();
        await other.ReleaseAsync(forget: false, CancellationToken.None);

        await one.ReleaseAsync(forget: true, CancellationToken.None);
        var left = (await HoldAsync(harness, id)).Found;

        (left.SentVersion, left.KeptVersion, left.WasAbandoned).ShouldBe((2, 2, false));
        left.SealedCredential.ShouldBe([2]);
    }

    [NodeFact]
    public async Task A_write_that_hangs_is_given_up_and_tried_again()
    {
        await using var harness = await ConnectionsHarness.StartAsync(Provider, _clock);
        var id = await ExpiredAsync(harness);
        harness.Store.WritesToHang = 1;

        var sending = harness.SendAsync(id, "api/read");
        await harness.Store.WhenFailedAsync().WaitAsync(TimeSpan.FromSeconds(20));
        await _clock.WhenWaitingAsync();
        _clock.Advance(TimeSpan.FromMilliseconds(50));

        (await sending).Failure.ShouldBeNull();
        (await harness.ReadAsync(id)).Record.CredentialVersion.ShouldBe(2);
    }

    private async Task<ConnectionId> ExpiredAsync(ConnectionsHarness harness)
    {
        var id = await harness.ConsentAsync(Provider);
        _clock.Advance(TimeSpan.FromHours(2));
        await Provider.ResetCountersAsync();
        return id;
    }

    private async Task<HeldLease> HoldAsync(ConnectionsHarness harness, ConnectionId id)
    {
        var (owner, life, at) = (Guid.NewGuid(), TimeSpan.FromMinutes(1), _clock.GetTimestamp());
        var found = await harness.Leases.TryTakeAsync(id, owner, life, CancellationToken.None);
        return new HeldLease(harness.Leases, id, owner, found.ShouldNotBeNull(), life, TimeSpan.FromSeconds(20), at, _clock);
    }

    private async Task FailToStoreAsync(ConnectionsHarness harness, ConnectionId id)
    {
        harness.Store.WritesToFail = 5;
        var failing = harness.SendAsync(id, "api/read");
        foreach (var pause in (int[])[50, 250, 1000, 3000])
        {
            await harness.Store.WhenFailedAsync();
            await _clock.WhenWaitingAsync();
            _clock.Advance(TimeSpan.FromMilliseconds(pause));
        }

        (await failing).Failure!.Kind.ShouldBe(FailureKind.Unavailable);
    }
}
