using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using Recipes.Testing;

namespace Recipes.Connections.Tests;

/// <summary>Which connections a round meets, when, and what it leaves alone.</summary>
public sealed class SweepTests
{
    private static readonly TimeSpan s_nextDay = TimeSpan.FromHours(27);

    private readonly TestClock _clock = new(TimeProvider.System.GetUtcNow());

    [Fact]
    public async Task A_round_meets_each_connection_once_whatever_goes_wrong_with_it()
    {
        await using var app = await AppServer.StartAsync(r => r.Target.Contains("broken", StringComparison.Ordinal) ? Results.StatusCode(500) : null);
        await using var harness = await StartAsync(app);
        var (good, broken, sealedElsewhere, orphan) = (await ConnectAsync(harness, "good"), await ConnectAsync(harness, "broken"), await ConnectAsync(harness, "sealed"), await ConnectAsync(harness, "orphan"));
        await ChangeAsync(harness, sealedElsewhere, c => c.SecretsChanged([1, 2, 3], _clock.GetUtcNow()));
        await ChangeDefinitionAsync(harness, orphan, d => d with { Connector = "gone" });
        // What a check shows cannot be written down: it is not repeated at once.
        harness.Store.WritesToFail = 1;

        await harness.SweepAsync();
        var first = Paths(app);
        await harness.SweepAsync();
        _clock.Advance(s_nextDay);
        await harness.SweepAsync();

        first.ShouldBe(["/broken", "/good"], ignoreOrder: true);
        Paths(app).Count.ShouldBe(4);
        (await harness.StandingAsync(good)).ShouldBe((ConnectionState.Connected, Health.Yellow, null));
        (await harness.StandingAsync(broken)).Failure.ShouldBe(FailureKind.Unavailable);
        (await harness.StandingAsync(sealedElsewhere)).ShouldBe((ConnectionState.Connected, Health.Red, FailureKind.Misconfigured));
        (await harness.StandingAsync(orphan)).ShouldBe((ConnectionState.Connected, Health.Red, FailureKind.Misconfigured));
        harness.Logs.Text.ShouldContain("Put the connector file back");
    }

    [Fact]
    public async Task How_often_is_said_by_the_definition_or_the_connector_or_the_setting()
    {
        await using var app = await AppServer.StartAsync();
        await using var harness = await StartAsync(app, p => p with { CheckEvery = TimeSpan.FromHours(2) });
        var (byConnector, byDefinition) = (await ConnectAsync(harness, "two-hours"), await ConnectAsync(harness, "ten-minutes"));
        await ChangeDefinitionAsync(harness, byDefinition, d => d with { CheckEvery = TimeSpan.FromMinutes(10) });
        await harness.SweepAsync();

        var soonest = new ConcurrentDictionary<string, int>();
        for (var minute = 1; minute <= 132; minute++)
        {
            var before = Paths(app).Count;
            _clock.Advance(TimeSpan.FromMinutes(1));
            await harness.SweepAsync();
            foreach (var path in Paths(app).Skip(before))
                soonest.TryAdd(path, minute);
        }

        soonest["/ten-minutes"].ShouldBeInRange(9, 11);
        soonest["/two-hours"].ShouldBeInRange(108, 132);
        Paths(app).Count(p => p == "/ten-minutes").ShouldBeInRange(11, 15);
        var times = new CheckTimes(new(), _clock);
        var spread = Enumerable.Range(0, 1000).Select(_ => (times.After(TimeSpan.FromDays(1)) - _clock.GetUtcNow()).TotalHours).ToList();
        (spread.Min(), spread.Max()).ShouldSatisfyAllConditions(s => s.Item1.ShouldBeInRange(21.6, 21.9), s => s.Item2.ShouldBeInRange(26.1, 26.4));
    }

    [Fact]
    public async Task An_outage_is_asked_about_less_and_less_often_and_a_rate_limit_not_before_its_end()
    {
        var down = true;
        await using var app = await AppServer.StartAsync(r => r.Target == "/limited" ? new Headed(429, "Retry-After", "7200") : down ? Results.StatusCode(503) : null);
        await using var harness = await StartAsync(app);
        var (outage, limited) = (await ConnectAsync(harness, "outage"), await ConnectAsync(harness, "limited"));

        for (var minute = 0; minute < 24 * 60; minute++)
        {
            await harness.SweepAsync();
            if (minute == 119)
                Paths(app).Count(p => p == "/limited").ShouldBe(1);
            _clock.Advance(TimeSpan.FromMinutes(1));
        }

        // A minute at first, an hour in the end.
        Paths(app).Count(p => p == "/outage").ShouldBeInRange(26, 42);
        Paths(app).Count(p => p == "/limited").ShouldBeInRange(11, 12);
        (await harness.StandingAsync(outage)).ShouldBe((ConnectionState.Connected, Health.Yellow, FailureKind.Unavailable));
        (await harness.StandingAsync(limited)).ShouldBe((ConnectionState.Connected, Health.Yellow, FailureKind.RateLimited));
        harness.Store.Alerts.ShouldBeEmpty();
        down = false;
        _clock.Advance(TimeSpan.FromMinutes(67));
        await harness.SweepAsync();
        (await harness.StandingAsync(outage)).ShouldBe((ConnectionState.Connected, Health.Yellow, null));
    }

    [Fact]
    public async Task A_host_that_does_not_answer_is_left_alone_and_nothing_is_noted_against_those_not_tried()
    {
        var tries = 0;
        var down = true;
        await using var good = await AppServer.StartAsync();
        await using var dead = await AppServer.StartAsync(_ =>
        {
            Interlocked.Increment(ref tries);
            return down ? new Dropped() : null;
        });
        await using var harness = await StartAsync(good, allow: dead.Address.Authority);
        var ids = new List<ConnectionId>();
        for (var i = 0; i < 40; i++)
        {
            ids.Add(await ConnectAsync(harness, "x", dead.Address));
            await ConnectAsync(harness, "x");
        }

        await harness.SweepAsync();
        var inRound = tries;
        _clock.Advance(TimeSpan.FromSeconds(80));
        await harness.SweepAsync();
        var afterPause = tries - inRound;
        down = false;
        _clock.Advance(TimeSpan.FromMinutes(5));
        await harness.SweepAsync();

        good.Requests.Count.ShouldBe(40);
        // Five show it; three more were on their way by then, and each is tried once.
        inRound.ShouldBeInRange(5, 8);
        afterPause.ShouldBe(1);
        var states = await Task.WhenAll(ids.Select(harness.StandingAsync));
        states.ShouldAllBe(s => s.Health == Health.Yellow && s.Failure == null);
        (await Task.WhenAll(ids.Select(id => harness.Get<IConnectionLog>().ListAsync(id, null, 50, CancellationToken.None))))
            .Sum(entries => entries.Count(e => e.Failure is not null)).ShouldBe(inRound + afterPause);
        (tries - inRound - afterPause).ShouldBe(40);
    }

    [Fact]
    public async Task An_address_that_is_no_longer_allowed_turns_red_and_heals_when_it_is()
    {
        await using var app = await AppServer.StartAsync();
        using var folder = new TempFolder();
        var profiles = new Profiles(Profiles.Keys(app.Address));
        ConnectionId id;
        await using (var before = await ConnectionsHarness.StartAsync(profiles, [app.Address.Authority], _clock, folder))
        {
            await before.DefineAsync("k", "keys", "header");
            id = await before.ConnectAsync("k", new() { ["apiKey"] = before.NewSecret("key") });
        }

        await using (var forbidden = await ConnectionsHarness.StartAsync(profiles, [], _clock, folder))
        {
            await forbidden.SweepAsync();
            (await forbidden.StandingAsync(id)).ShouldBe((ConnectionState.Connected, Health.Red, FailureKind.Misconfigured));
            (await forbidden.SendAsync(id, "items")).Failure!.Message.ShouldContain("The address of the connection");
        }

        app.Requests.ShouldBeEmpty();
        _clock.Advance(s_nextDay);
        await using var allowed = await ConnectionsHarness.StartAsync(profiles, [app.Address.Authority], _clock, folder);
        await allowed.SweepAsync();
        (await allowed.StandingAsync(id)).Health.ShouldNotBe(Health.Red);
    }

    [NodeFact]
    public async Task Trouble_of_our_own_is_held_against_no_host()
    {
        await using var provider = await OidcProvider.StartAsync();
        await using var harness = await ConnectionsHarness.StartAsync(provider, _clock);
        for (var i = 0; i < 12; i++)
            await harness.ConsentAsync(provider);
        _clock.Advance(s_nextDay);
        await provider.ResetCountersAsync();
        // As many as make a host one that does not answer.
        harness.Leases.TakesToFail = 5;

        await harness.SweepAsync();

        (await provider.CountersAsync()).Refreshes.ShouldBe(7);
    }

    [Fact]
    public async Task What_a_probe_showed_and_could_not_be_written_down_is_asked_again_soon()
    {
        await using var app = await AppServer.StartAsync(_ => Results.StatusCode(StatusCodes.Status403Forbidden));
        await using var harness = await StartAsync(app);
        var id = await ConnectAsync(harness, "x");
        harness.Store.WritesToFail = 1;

        await harness.SweepAsync();
        var unwritten = (await harness.StandingAsync(id)).Health;
        _clock.Advance(TimeSpan.FromMinutes(6));
        await harness.SweepAsync();

        unwritten.ShouldNotBe(Health.Red);
        app.Requests.Count.ShouldBe(2);
        (await harness.StandingAsync(id)).Health.ShouldBe(Health.Red);
    }

    [Fact]
    public async Task What_is_given_up_in_the_middle_is_due_as_before()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var holds = true;
        await using var app = await AppServer.StartAsync(_ => holds ? new Held(asked) : null);
        await using var harness = await StartAsync(app);
        var id = await ConnectAsync(harness, "x");
        using var stop = new CancellationTokenSource();

        var round = harness.Get<RevalidationSweep>().RunAsync(stop.Token);
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(10));
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(round);
        holds = false;
        await harness.SweepAsync();

        app.Requests.Count.ShouldBe(2);
        (await harness.ReadAsync(id)).Record.LastProbedAt.ShouldBe(_clock.GetUtcNow());
    }

    [Fact]
    public async Task A_new_credential_is_checked_at_once_even_if_it_comes_during_a_check()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var app = await AppServer.StartAsync(r => r.Header("X-Api-Key") == "old" ? new Held(asked, goOn.Task) : null);
        await using var harness = await StartAsync(app);
        await harness.DefineAsync("app", "keys", "header");
        var id = await harness.ConnectAsync("app", new() { ["apiKey"] = "old", ["probe"] = "x" });

        var round = harness.SweepAsync();
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(10));
        _clock.Advance(TimeSpan.FromSeconds(2));
        await harness.Setup.ReplaceCredentialAsync(ConnectionsHarness.Operator, id, new Dictionary<string, Secret> { ["apiKey"] = new("new") }, CancellationToken.None);
        goOn.SetResult();
        await round;
        await harness.SweepAsync();

        app.Requests.Select(r => r.Header("X-Api-Key")).ShouldBe(["old", "new"]);
    }

    [Fact]
    public async Task A_connector_that_is_gone_is_told_once_and_over_soon_after_its_file_is_back()
    {
        await using var app = await AppServer.StartAsync();
        await using var harness = await StartAsync(app);
        var id = await ConnectAsync(harness, "x");
        await ChangeDefinitionAsync(harness, id, d => d with { Connector = "gone" });

        for (var hour = 0; hour < 5; hour++)
        {
            await harness.SweepAsync();
            _clock.Advance(TimeSpan.FromHours(1.2));
        }

        var (lost, record, log) = (await harness.StandingAsync(id), (await harness.ReadAsync(id)).Record, await harness.LogAsync(id));
        await ChangeDefinitionAsync(harness, id, d => d with { Connector = "keys" });
        await harness.SweepAsync();

        lost.ShouldBe((ConnectionState.Connected, Health.Red, FailureKind.Misconfigured));
        record.Failure!.Message.ShouldContain("'gone'");
        record.Failure.Message.ShouldContain("Put the connector file back");
        log.Where(e => e.Failure is not null).Select(e => e.Event).ShouldBe([ConnectionEvent.Lost, ConnectionEvent.Probed]);
        app.Requests.Count.ShouldBe(1);
        (await harness.StandingAsync(id)).ShouldBe((ConnectionState.Connected, Health.Yellow, null));
        harness.Store.Alerts.Select(a => a.Kind).ShouldBe([AlertKind.Lost, AlertKind.Recovered]);
    }

    [Fact]
    public async Task A_key_put_right_that_may_not_do_what_the_probe_asks_is_no_dead_one()
    {
        var status = 401;
        await using var app = await AppServer.StartAsync(_ => Results.StatusCode(status));
        await using var harness = await StartAsync(app);
        var id = await ConnectAsync(harness, "x");
        await harness.ProbeAsync(id);
        await harness.ProbeAsync(id);
        var dead = await harness.StandingAsync(id);

        status = 403;
        _clock.Advance(s_nextDay);
        await harness.SweepAsync();
        var forbidden = await harness.StandingAsync(id);
        status = 200;

        dead.ShouldBe((ConnectionState.ReauthorizationRequired, Health.Red, FailureKind.ModifiedCredentials));
        forbidden.ShouldBe((ConnectionState.Connected, Health.Red, FailureKind.InsufficientPermissions));
        (await harness.SendAsync(id, "y")).Failure.ShouldBeNull();
    }

    [Fact]
    public async Task A_host_that_keeps_a_round_waiting_puts_off_no_suspects_deciding_probe()
    {
        var (asked, goOn) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        await using var slow = await AppServer.StartAsync(_ => new Held(asked, goOn.Task));
        await using var app = await AppServer.StartAsync(_ => Results.StatusCode(401));
        // The clock that moves on is that of the requests as well.
        await using var harness = await ConnectionsHarness.StartAsync(new Profiles(Profiles.Keys(app.Address)), [app.Address.Authority, slow.Address.Authority], _clock, timeout: TimeSpan.FromMinutes(2));
        await ConnectAsync(harness, "x", slow.Address);
        var id = await ConnectAsync(harness, "y");

        var round = harness.SweepAsync();
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(10));
        await ReachesAsync(harness, id, ConnectionState.Suspect);
        // Not so far that its claim would be over anyway.
        for (var i = 0; i < 12 && app.Requests.Count < 2; i++)
        {
            _clock.Advance(TimeSpan.FromSeconds(5));
            await Task.Delay(TimeSpan.FromMilliseconds(200));
        }

        await ReachesAsync(harness, id, ConnectionState.ReauthorizationRequired);
        round.IsCompleted.ShouldBeFalse();
        goOn.SetResult();
        await round;
    }

    [Fact]
    public async Task Uses_and_checks_are_counted_by_day_and_no_count_is_lost_when_they_cannot_be_written()
    {
        var status = 200;
        await using var app = await AppServer.StartAsync(_ => Results.StatusCode(status));
        await using var harness = await StartAsync(app);
        var id = await ConnectAsync(harness, "x");
        var (writing, past) = (harness.Get<FiguresWriting>(), harness.Get<IConnectionLog>());
        var today = DateOnly.FromDateTime(_clock.GetUtcNow().UtcDateTime);

        await harness.SweepAsync();
        for (var i = 0; i < 3; i++)
            (await harness.SendAsync(id, "y")).Dispose();
        status = 500;
        (await harness.SendAsync(id, "y")).Dispose();
        var failing = new FiguresWriting(harness.Get<UsageFigures>(), new FullLog(), Microsoft.Extensions.Options.Options.Create(new RevalidationOptions()), _clock, Microsoft.Extensions.Logging.Abstractions.NullLogger<FiguresWriting>.Instance);
        await Should.ThrowAsync<IOException>(() => failing.WriteAsync(CancellationToken.None));
        await writing.WriteAsync(CancellationToken.None);
        await harness.ProbeAsync(id);
        await writing.StopAsync(CancellationToken.None);

        (await past.ListFiguresAsync(id, today, CancellationToken.None)).ShouldHaveSingleItem()
            .ShouldBe(new DailyFigures(id, today) { Uses = 4, FailedUses = 1, Probes = 2, FailedProbes = 1 });
    }

    private Task<ConnectionsHarness> StartAsync(AppServer app, Func<ConnectorProfile, ConnectorProfile>? change = null, params string[] allow) =>
        ConnectionsHarness.StartAsync(new Profiles((change ?? (p => p))(Profiles.Keys(app.Address))), [app.Address.Authority, .. allow], _clock);

    /// <param name="name">Names its definition and the path of its probe.</param>
    private static async Task<ConnectionId> ConnectAsync(ConnectionsHarness harness, string name, Uri? address = null)
    {
        if (await harness.Store.FindDefinitionAsync(TenantId.Default, StableKey.Parse(name), CancellationToken.None) is null)
            await harness.DefineAsync(name, "keys", "header");
        var fields = new Dictionary<string, string> { ["apiKey"] = "any-key", ["probe"] = name };
        if (address is not null)
            fields["baseUrl"] = address.AbsoluteUri;
        return await harness.ConnectAsync(name, fields);
    }

    private static async Task ChangeAsync(ConnectionsHarness harness, ConnectionId id, Action<Connection> change)
    {
        var connection = await harness.ReadAsync(id);
        change(connection);
        (await harness.Store.TryUpdateAsync(connection, CancellationToken.None)).ShouldBeTrue();
    }

    private static async Task ChangeDefinitionAsync(ConnectionsHarness harness, ConnectionId id, Func<ConnectionDefinition, ConnectionDefinition> change) =>
        (await harness.Store.TryUpdateAsync(change(await harness.DefinitionOfAsync(id)), CancellationToken.None)).ShouldBeTrue();

    private static async Task ReachesAsync(ConnectionsHarness harness, ConnectionId id, ConnectionState state)
    {
        for (var i = 0; i < 200 && (await harness.ReadAsync(id)).State != state; i++)
            await Task.Delay(TimeSpan.FromMilliseconds(25));
        (await harness.ReadAsync(id)).State.ShouldBe(state);
    }

    private static List<string> Paths(AppServer app) => [.. app.Requests.Select(r => r.Target)];

    private sealed class Dropped : IResult
    {
        public Task ExecuteAsync(HttpContext context)
        {
            context.Abort();
            return Task.CompletedTask;
        }
    }

    /// <summary>Tells that it was asked, and answers when it is let.</summary>
    private sealed class Held(TaskCompletionSource asked, Task? until = null) : IResult
    {
        public async Task ExecuteAsync(HttpContext context)
        {
            asked.TrySetResult();
            await (until ?? Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted));
        }
    }

    private sealed class FullLog : IConnectionLog
    {
        public Task AddAsync(LogEntry entry, CancellationToken cancellationToken) => throw new IOException("The disk is full.");

        public Task AddAsync(IReadOnlyCollection<DailyFigures> figures, CancellationToken cancellationToken) => throw new IOException("The disk is full.");

        public Task<IReadOnlyList<LogEntry>> ListAsync(ConnectionId connection, long? before, int most, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<IReadOnlyList<LogEntry>> ListHealthAsync(ConnectionId connection, DateTimeOffset since, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<IReadOnlyList<DailyFigures>> ListFiguresAsync(ConnectionId connection, DateOnly since, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<int> PurgeAsync(DateTimeOffset before, int most, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
