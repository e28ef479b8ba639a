using System.Text;
using Recipes.Testing;

namespace Recipes.Connections.Tests;

public sealed class DeviceFlowTests(OidcFixture oidc) : IClassFixture<OidcFixture>, IAsyncLifetime
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(5);

    private readonly TestClock _clock = new(TimeProvider.System.GetUtcNow());

    private OidcProvider Provider => oidc.Provider;

    public Task InitializeAsync() => Provider.HealAsync();

    public Task DisposeAsync() => Provider.HealAsync();

    [NodeFact]
    public async Task A_person_consents_elsewhere_and_nobody_need_keep_a_page_open()
    {
        await using var harness = await StartAsync();
        var (id, flow) = await BeginAsync(harness);
        await DecideAsync(flow, "alice");
        _clock.Advance(s_interval);

        await harness.Get<DeviceChecks>().RunAsync(CancellationToken.None);
        var ended = await harness.Devices.LookAsync(id, CancellationToken.None);
        await harness.CredentialAsync(id);
        var probe = await harness.ProbeAsync(id);

        flow.UserCode.ShouldMatch("^[A-Z]{4}-[A-Z]{4}$");
        ended!.Status.ShouldBe(DeviceFlowStatus.Connected);
        probe.ShouldBeOfType<ProbeResult.Passed>().AccountLabel.ShouldBe("alice");
    }

    [NodeFact]
    public async Task Another_account_is_taken_only_when_that_is_said()
    {
        await using var harness = await StartAsync();
        var (id, first) = await BeginAsync(harness);
        async Task<DeviceFlow> EndAsync(DeviceFlow flow, string login)
        {
            await DecideAsync(flow, login);
            _clock.Advance(s_interval);
            return (await harness.Devices.LookAsync(id, CancellationToken.None))!;
        }

        async Task<DeviceFlow> AgainAsync(bool accepts) =>
            (await harness.Devices.StartAsync(ConnectionsHarness.Operator, await harness.ReadAsync(id), null, CancellationToken.None, acceptsOtherAccount: accepts)).ShouldBeOfType<DeviceStart.Started>().Flow;
        await EndAsync(first, "alice");
        var before = await harness.CredentialAsync(id);

        var refused = await EndAsync(await AgainAsync(false), "bob");
        var kept = (await harness.CredentialAsync(id)).Tokens!.AccessToken.Reveal();
        var told = (await harness.LogAsync(id))[0];
        var taken = await EndAsync(await AgainAsync(true), "bob");

        (refused.Status, refused.Failure!.Kind).ShouldBe((DeviceFlowStatus.OtherAccount, FailureKind.Misconfigured));
        kept.ShouldBe(before.Tokens!.AccessToken.Reveal());
        (told.Event, told.Failure?.Message).ShouldBe((ConnectionEvent.Authorized, refused.Failure.Message));
        taken.Status.ShouldBe(DeviceFlowStatus.Connected);
        (await harness.ReadAsync(id)).Record.AccountId!.ShouldEndWith(":bob");
    }

    [NodeFact]
    public async Task Any_number_of_tabs_asks_no_more_often_than_the_provider_permits()
    {
        await using var harness = await StartAsync();
        var (id, _) = await BeginAsync(harness);
        await Provider.ResetCountersAsync();
        async Task<int> AskAsync()
        {
            await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => harness.Devices.LookAsync(id, CancellationToken.None)));
            return (await Provider.CountersAsync()).Requests("/token");
        }

        var tooEarly = await AskAsync();
        _clock.Advance(s_interval);
        var first = await AskAsync();
        _clock.Advance(s_interval - TimeSpan.FromMilliseconds(1));
        var notYet = await AskAsync();
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        var second = await AskAsync();

        new[] { tooEarly, first, notYet, second }.ShouldBe([0, 1, 1, 2]);
    }

    [NodeFact]
    public async Task Slow_down_adds_five_seconds_for_good()
    {
        await using var harness = await StartAsync();
        var (id, _) = await BeginAsync(harness);
        await Provider.FailAsync(new() { Status = 400, Path = "/token", Type = "application/json", Body = """{"error":"slow_down"}""" });

        _clock.Advance(s_interval);
        var slowed = await harness.Devices.LookAsync(id, CancellationToken.None);
        await Provider.HealAsync();
        _clock.Advance(s_interval * 2);
        var pending = await harness.Devices.LookAsync(id, CancellationToken.None);

        slowed!.Status.ShouldBe(DeviceFlowStatus.Pending);
        slowed.Interval.ShouldBe(s_interval * 2);
        pending!.NextPollAt.ShouldBe(_clock.GetUtcNow() + (s_interval * 2));
    }

    [NodeFact]
    public async Task A_refusal_ends_it()
    {
        await using var harness = await StartAsync();
        var (id, flow) = await BeginAsync(harness);
        await DecideAsync(flow, "alice", allow: false);
        _clock.Advance(s_interval);

        var ended = await harness.Devices.LookAsync(id, CancellationToken.None);

        ended!.Status.ShouldBe(DeviceFlowStatus.Failed);
        ended.Failure!.Kind.ShouldBe(FailureKind.InsufficientPermissions);
        ended.SealedDeviceCode.ShouldBeEmpty();
        (await harness.ReadAsync(id)).State.ShouldBe(ConnectionState.Pending);
    }

    [NodeFact]
    public async Task A_code_that_nobody_enters_expires_and_another_start_brings_a_new_one()
    {
        await using var harness = await StartAsync();
        var (id, flow) = await BeginAsync(harness);
        _clock.Advance(TimeSpan.FromMinutes(10));
        await Provider.ResetCountersAsync();

        var expired = await harness.Devices.LookAsync(id, CancellationToken.None);
        var asked = (await Provider.CountersAsync()).Requests("/token");
        var again = await harness.Devices.StartAsync(ConnectionsHarness.Operator, await harness.ReadAsync(id), null, CancellationToken.None);

        expired!.Failure!.ProviderCode.ShouldBe("expired_token");
        asked.ShouldBe(0);
        var fresh = again.ShouldBeOfType<DeviceStart.Started>().Flow;
        fresh.UserCode.ShouldNotBe(flow.UserCode);
        (await harness.Devices.LookAsync(id, CancellationToken.None))!.Id.ShouldBe(fresh.Id);
    }

    [NodeFact]
    public async Task An_outage_ends_nothing_and_is_given_more_time()
    {
        await using var harness = await StartAsync();
        var (id, flow) = await BeginAsync(harness);
        await DecideAsync(flow, "alice");
        await Provider.FailAsync(new() { Status = 503, Path = "/token" });

        _clock.Advance(s_interval);
        var during = await harness.Devices.LookAsync(id, CancellationToken.None);
        await Provider.HealAsync();
        _clock.Advance(s_interval * 2);
        var after = await harness.Devices.LookAsync(id, CancellationToken.None);
        await harness.CredentialAsync(id);

        during!.Status.ShouldBe(DeviceFlowStatus.Pending);
        during.NextPollAt.ShouldBe(_clock.GetUtcNow());
        after!.Status.ShouldBe(DeviceFlowStatus.Connected);
    }

    [NodeFact]
    public async Task A_client_that_is_refused_is_told_at_the_start()
    {
        await using var harness = await StartAsync();
        var id = await harness.PendingAsync(Provider, isDevice: true);
        await Provider.DropClientAsync((await harness.DefinitionOfAsync(id)).OAuthApp!.ClientId);

        var start = await harness.Devices.StartAsync(ConnectionsHarness.Operator, await harness.ReadAsync(id), null, CancellationToken.None);

        start.ShouldBeOfType<DeviceStart.Failed>().Failure.Kind.ShouldBe(FailureKind.ClientRejected);
        (await harness.DefinitionOfAsync(id)).ClientFailure.ShouldNotBeNull();
    }

    [NodeTheory]
    [InlineData("javascript:alert(1)")]
    [InlineData("http://elsewhere.example/device")]
    [InlineData("https://192.168.0.1/device")]
    public async Task An_address_that_nobody_should_click_on_is_not_shown(string address)
    {
        await using var harness = await StartAsync();
        var id = await harness.PendingAsync(Provider, isDevice: true);
        await Provider.FailAsync(new() { Status = 200, Path = "/device/auth", Type = "application/json", Body = $$"""{"device_code":"abc","user_code":"ABC","verification_uri":"{{address}}","expires_in":600}""" });

        var start = await harness.Devices.StartAsync(ConnectionsHarness.Operator, await harness.ReadAsync(id), null, CancellationToken.None);

        start.ShouldBeOfType<DeviceStart.Failed>().Failure.Message.ShouldContain("without a device code");
    }

    [NodeFact]
    public async Task The_device_code_is_not_in_the_database_in_the_clear()
    {
        await using var harness = await StartAsync();
        var id = await harness.PendingAsync(Provider, isDevice: true);
        var code = harness.NewSecret("device code");
        await Provider.FailAsync(new() { Status = 200, Path = "/device/auth", Type = "application/json", Body = $$"""{"device_code":"{{code}}","user_code":"ABC","verification_uri":"{{Provider.IssuerText}}/device","expires_in":600}""" });

        await harness.Devices.StartAsync(ConnectionsHarness.Operator, await harness.ReadAsync(id), null, CancellationToken.None);

        // The harness looks through all files for it in the end.
        var flow = await harness.Devices.LookAsync(id, CancellationToken.None);
        flow!.SealedDeviceCode.AsSpan().IndexOf(Encoding.ASCII.GetBytes(code)).ShouldBe(-1);
        harness.Shown(flow.ToString());
    }

    private Task<ConnectionsHarness> StartAsync() => ConnectionsHarness.StartAsync(Provider, Profiles.Changed(Provider, s => s with
    {
        Grant = OAuth2Grant.DeviceCode,
        AuthorizationEndpoint = null,
        AuthorizationParameters = [],
        DeviceAuthorizationEndpoint = FieldTemplate.Parse(Provider.DeviceAuthorizationEndpoint.AbsoluteUri),
    }), _clock);

    private async Task<(ConnectionId Id, DeviceFlow Flow)> BeginAsync(ConnectionsHarness harness)
    {
        var id = await harness.PendingAsync(Provider, isDevice: true);
        var start = await harness.Devices.StartAsync(ConnectionsHarness.Operator, await harness.ReadAsync(id), null, CancellationToken.None);
        return (id, start.ShouldBeOfType<DeviceStart.Started>().Flow);
    }

    private static async Task DecideAsync(DeviceFlow flow, string login, bool allow = true)
    {
        using var robot = new ConsentRobot();
        await robot.DecideOnDeviceAsync(flow.CompleteAddress!, login, "any", allow);
    }
}
