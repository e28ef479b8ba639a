using Recipes.Testing;

namespace Recipes.Connections.Tests;

public sealed class SuspectTests(NginxFixture nginx, OidcFixture oidc) : IClassFixture<NginxFixture>, IClassFixture<OidcFixture>, IAsyncLifetime
{
    private readonly TestClock _clock = new(TimeProvider.System.GetUtcNow());
    private readonly string _right = Canaries.NewSecret("password");
    private readonly string _user = $"user-{Guid.NewGuid():N}";

    private NginxServer Nginx => nginx.Server;

    public async Task InitializeAsync()
    {
        await Nginx.FailAsync(NginxFault.None);
        await oidc.Provider.HealAsync();
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [NginxFact]
    public async Task A_refusal_of_a_probe_that_was_on_its_way_confirms_no_suspicion()
    {
        await using var harness = await ConnectionsHarness.StartAsync(Nginx.BaseAddress, _clock);
        var id = await harness.ConnectAsync((await harness.DefineAsync("crm", "docs", "basic")).Key.Value, new() { ["username"] = _user, ["password"] = harness.Watch("password", _right) });
        var seen = (await harness.Get<SnapshotLoader>().LoadAsync(id, CancellationToken.None))!;
        var refusal = new Failure { Kind = FailureKind.ModifiedCredentials, Message = "No.", Status = 401, At = _clock.GetUtcNow() };

        await harness.Get<HealthRecorder>().RecordUseAsync(seen, refusal, "Read", "GET /");
        await harness.Get<HealthRecorder>().RecordProbeAsync(seen, refusal, null, Actor.Revalidation, "GET /");
        var during = (await harness.ReadAsync(id)).State;
        await harness.Get<HealthRecorder>().RecordProbeAsync((await harness.Get<SnapshotLoader>().LoadAsync(id, CancellationToken.None))!, refusal, null, Actor.Revalidation, "GET /");

        during.ShouldBe(ConnectionState.Suspect);
        (await harness.ReadAsync(id)).State.ShouldBe(ConnectionState.ReauthorizationRequired);
    }

    [NginxFact]
    public async Task A_suspect_is_called_no_more_until_one_probe_after_the_pause_confirms_it()
    {
        await using var harness = await ConnectionsHarness.StartAsync(Nginx.BaseAddress, _clock);
        var id = await SuspectAsync(harness);
        var before = await RequestsAsync();

        var reply = await harness.SendAsync(id, "basic/more");
        await harness.SweepAsync();
        var during = await RequestsAsync();
        _clock.Advance(TimeSpan.FromSeconds(31));
        await harness.SweepAsync();
        await harness.SweepAsync();

        reply.Response.ShouldBeNull();
        reply.Failure!.Kind.ShouldBe(FailureKind.ModifiedCredentials);
        during.ShouldBe(before);
        (await RequestsAsync()).ShouldBe(before + 1);
        (await harness.StandingAsync(id)).ShouldBe((ConnectionState.ReauthorizationRequired, Health.Red, FailureKind.ModifiedCredentials));
    }

    [NginxFact]
    public async Task A_probe_that_passes_clears_a_suspect()
    {
        await using var harness = await ConnectionsHarness.StartAsync(Nginx.BaseAddress, _clock);
        var id = await SuspectAsync(harness);
        await Nginx.SetPasswordAsync(_user, _right);
        _clock.Advance(TimeSpan.FromSeconds(31));

        await harness.SweepAsync();
        var cleared = await harness.StandingAsync(id);
        var reply = await harness.SendAsync(id, "basic/");

        cleared.State.ShouldBe(ConnectionState.Connected);
        cleared.Failure.ShouldBeNull();
        reply.Failure.ShouldBeNull();
    }

    [NginxFact]
    public async Task A_probe_that_tells_nothing_leaves_a_suspect_alone_for_another_pause()
    {
        await using var harness = await ConnectionsHarness.StartAsync(Nginx.BaseAddress, _clock);
        var id = await SuspectAsync(harness);
        await Nginx.FailAsync(NginxFault.Error);
        _clock.Advance(TimeSpan.FromSeconds(31));

        await harness.SweepAsync();
        var after = await RequestsAsync();
        await harness.SweepAsync();

        (await RequestsAsync()).ShouldBe(after);
        (await harness.StandingAsync(id)).ShouldBe((ConnectionState.Suspect, Health.Red, FailureKind.ModifiedCredentials));
    }

    [NginxFact]
    public async Task A_password_put_right_heals_by_a_test()
    {
        await using var harness = await ConnectionsHarness.StartAsync(Nginx.BaseAddress, _clock);
        var id = await SuspectAsync(harness);
        await harness.ProbeAsync(id);
        var dead = (await harness.ReadAsync(id)).State;
        await Nginx.SetPasswordAsync(_user, _right);

        var probe = await harness.ProbeAsync(id);

        dead.ShouldBe(ConnectionState.ReauthorizationRequired);
        probe.ShouldBeOfType<ProbeResult.Passed>();
        (await harness.StandingAsync(id)).ShouldBe((ConnectionState.Connected, Health.Yellow, null));
        (await harness.SendAsync(id, "basic/")).Failure.ShouldBeNull();
    }

    [NginxFact]
    public async Task A_new_password_heals_at_once()
    {
        await using var harness = await ConnectionsHarness.StartAsync(Nginx.BaseAddress, _clock);
        var id = await SuspectAsync(harness);
        var fresh = harness.NewSecret("new password");
        await Nginx.SetPasswordAsync(_user, fresh);

        var replaced = await harness.Setup.ReplaceCredentialAsync(ConnectionsHarness.Operator, id, new Dictionary<string, Secret> { ["password"] = new(fresh) }, CancellationToken.None);

        replaced.ShouldBeOfType<SetupResult<Connection>.Done>().Value.Id.ShouldBe(id);
        (await harness.SendAsync(id, "basic/")).Failure.ShouldBeNull();
        (await harness.StandingAsync(id)).ShouldBe((ConnectionState.Connected, Health.Green, null));
    }

    [NodeFact]
    public async Task A_token_refused_right_after_a_refresh_makes_a_suspect()
    {
        await using var harness = await ConnectionsHarness.StartAsync(oidc.Provider, _clock);
        var id = await harness.ConsentAsync(oidc.Provider);
        await oidc.Provider.FailAsync(new() { Path = "/api/read", Status = 401 });
        await oidc.Provider.ResetCountersAsync();

        var reply = await harness.SendAsync(id, "api/read");
        var next = await harness.SendAsync(id, "api/read");

        reply.Failure!.Kind.ShouldBe(FailureKind.ModifiedCredentials);
        next.Response.ShouldBeNull();
        var counters = await oidc.Provider.CountersAsync();
        counters.Refreshes.ShouldBe(1);
        counters.Requests("/api/read").ShouldBe(2);
        (await harness.ReadAsync(id)).State.ShouldBe(ConnectionState.Suspect);
    }

    [NodeFact]
    public async Task A_missing_scope_is_a_limitation_and_on_a_probe_red()
    {
        await using var harness = await ConnectionsHarness.StartAsync(oidc.Provider, probe: "api/write");
        var id = await harness.ConsentAsync(oidc.Provider);

        var reply = await harness.SendAsync(id, "api/write", "Write");
        var limited = await harness.ReadAsync(id);
        await harness.ProbeAsync(id);

        reply.Failure!.Kind.ShouldBe(FailureKind.InsufficientPermissions);
        limited.Health.ShouldBe(Health.Yellow);
        limited.Record.Limitations.ShouldHaveSingleItem().Action.ShouldBe("Write");
        (await harness.StandingAsync(id)).ShouldBe((ConnectionState.Connected, Health.Red, FailureKind.InsufficientPermissions));
    }

    [NodeFact]
    public async Task An_answer_that_comes_after_the_verdict_brings_no_dead_grant_back()
    {
        await using var harness = await ConnectionsHarness.StartAsync(oidc.Provider);
        var id = await harness.ConsentAsync(oidc.Provider);
        var seen = (await harness.Get<SnapshotLoader>().LoadAsync(id, CancellationToken.None))!;
        await oidc.Provider.RevokeGrantAsync((await harness.CredentialAsync(id)).Tokens!.RefreshToken!.Reveal());
        await harness.SendAsync(id, "api/read");

        await harness.Get<HealthRecorder>().RecordUseAsync(seen, null, "Read", "GET https://crm.example/");
        await harness.Get<HealthRecorder>().RecordProbeAsync(seen, null, "alice", Actor.System, null);

        (await harness.StandingAsync(id)).ShouldBe((ConnectionState.ReauthorizationRequired, Health.Red, FailureKind.ModifiedCredentials));
    }

    private async Task<ConnectionId> SuspectAsync(ConnectionsHarness harness)
    {
        var key = $"docs-{Guid.NewGuid():N}";
        await Nginx.SetPasswordAsync(_user, "something-else");
        await harness.DefineAsync(key, "docs", "basic");
        var id = await harness.ConnectAsync(key, new() { ["username"] = _user, ["password"] = harness.Watch("password", _right) });
        await harness.SendAsync(id, "basic/");
        (await harness.ReadAsync(id)).State.ShouldBe(ConnectionState.Suspect);
        return id;
    }

    private async Task<int> RequestsAsync() => (await Nginx.RequestsAsync()).Count;
}
