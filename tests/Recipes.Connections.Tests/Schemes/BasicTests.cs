using Recipes.Testing;

namespace Recipes.Connections.Tests;

public sealed class BasicTests(NginxFixture nginx, RadicaleFixture radicale) : IClassFixture<NginxFixture>, IClassFixture<RadicaleFixture>, IAsyncLifetime
{
    private static readonly string s_password = Canaries.NewSecret("password");

    private NginxServer Nginx => nginx.Server;

    public async Task InitializeAsync()
    {
        await Nginx.FailAsync(NginxFault.None);
        await Nginx.SetPasswordAsync("alice", s_password);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [NginxFact]
    public async Task A_right_password_turns_green_with_the_first_use()
    {
        await using var harness = await ConnectionsHarness.StartAsync(Nginx.BaseAddress);
        var id = await ConnectAsync(harness);
        var before = await harness.StandingAsync(id);

        var reply = await harness.SendAsync(id, "basic/items?page=2");

        before.ShouldBe((ConnectionState.Connected, Health.Yellow, null));
        (await reply.Response!.Content.ReadAsStringAsync()).ShouldContain("\"user\":\"alice\"");
        reply.RequestLine.ShouldBe($"GET {Nginx.Address("/basic/items?page=2")}");
        (await harness.StandingAsync(id)).ShouldBe((ConnectionState.Connected, Health.Green, null));
    }

    [NginxFact]
    public async Task A_wrong_password_makes_a_suspect_and_is_sent_once()
    {
        await using var harness = await ConnectionsHarness.StartAsync(Nginx.BaseAddress);
        var id = await ConnectAsync(harness, harness.NewSecret("wrong password"));

        var reply = await harness.SendAsync(id, "basic/once");

        reply.Failure!.Kind.ShouldBe(FailureKind.ModifiedCredentials);
        reply.Failure.Status.ShouldBe(401);
        (await Nginx.RequestsAsync()).Count(r => r.Uri == "/basic/once").ShouldBe(1);
        (await harness.StandingAsync(id)).ShouldBe((ConnectionState.Suspect, Health.Red, FailureKind.ModifiedCredentials));
    }

    [NginxFact]
    public async Task A_missing_permission_on_an_action_is_a_limitation_without_a_colour()
    {
        await using var harness = await ConnectionsHarness.StartAsync(Nginx.BaseAddress);
        var id = await ConnectAsync(harness);
        await harness.SendAsync(id, "basic/");

        var reply = await harness.SendAsync(id, "admin/users", "Docs.ListUsers");
        var connection = await harness.ReadAsync(id);

        reply.Failure!.Kind.ShouldBe(FailureKind.InsufficientPermissions);
        connection.Health.ShouldBe(Health.Green);
        connection.Record.Failure.ShouldBeNull();
        connection.Record.Limitations.ShouldHaveSingleItem().Action.ShouldBe("Docs.ListUsers");
        (await harness.SendAsync(id, "basic/", "Docs.ListUsers")).Failure.ShouldBeNull();
        (await harness.ReadAsync(id)).Record.Limitations.ShouldBeEmpty();
    }

    [NginxFact]
    public async Task A_missing_permission_on_the_probe_is_red()
    {
        await using var harness = await ConnectionsHarness.StartAsync(Nginx.BaseAddress);
        var id = await ConnectAsync(harness, probe: "admin/users");

        var probe = await harness.ProbeAsync(id);

        probe.ShouldBeOfType<ProbeResult.Failed>().Failure.Kind.ShouldBe(FailureKind.InsufficientPermissions);
        (await harness.StandingAsync(id)).ShouldBe((ConnectionState.Connected, Health.Red, FailureKind.InsufficientPermissions));
    }

    [RadicaleFact]
    public async Task Radicales_401_and_403_are_told_apart_by_their_status()
    {
        await using var harness = await ConnectionsHarness.StartAsync(radicale.Server.BaseAddress);
        await harness.DefineAsync("calendar", "docs", "basic");
        var bob = await harness.ConnectAsync("calendar", new() { ["username"] = "bob", ["password"] = "bob-pw", ["probe"] = "bob/" });
        var propfind = new HttpMethod("PROPFIND");

        var shared = await harness.SendAsync(bob, "alice/shared/", method: propfind);
        var forbidden = await harness.SendAsync(bob, "alice/", method: propfind);
        await radicale.Server.SetPasswordAsync("bob", "changed-pw");
        var refused = await harness.SendAsync(bob, "bob/", method: propfind);

        shared.Failure.ShouldBeNull();
        forbidden.Failure!.Kind.ShouldBe(FailureKind.InsufficientPermissions);
        refused.Failure!.Kind.ShouldBe(FailureKind.ModifiedCredentials);
        (await harness.ReadAsync(bob)).State.ShouldBe(ConnectionState.Suspect);
    }

    [NginxTheory]
    [InlineData("limited/x", FailureKind.RateLimited, 5)]
    [InlineData("maintenance/", FailureKind.RateLimited, 120)]
    [InlineData("error/", FailureKind.Unavailable, null)]
    [InlineData("down/", FailureKind.Unavailable, null)]
    [InlineData("hang/", FailureKind.Unavailable, null)]
    [InlineData("slow/", FailureKind.Unavailable, null)]
    [InlineData("drop/", FailureKind.Unavailable, null)]
    [InlineData("missing/", FailureKind.Unknown, null)]
    public async Task An_app_in_trouble_changes_no_colour_and_a_success_clears_it(string path, FailureKind kind, int? retryAfter)
    {
        await using var harness = await ConnectionsHarness.StartAsync(Nginx.BaseAddress, timeout: TimeSpan.FromSeconds(path == "slow/" ? 1 : 20));
        var id = await ConnectAsync(harness);
        await harness.SendAsync(id, "basic/");

        var reply = await harness.SendAsync(id, path);
        var standing = await harness.StandingAsync(id);
        await harness.SendAsync(id, "basic/");

        reply.Failure!.Kind.ShouldBe(kind);
        (reply.Failure.RetryAt - reply.Failure.At)?.TotalSeconds.ShouldBe(retryAfter!.Value);
        (reply.Failure.RetryAt is null).ShouldBe(retryAfter is null);
        standing.ShouldBe((ConnectionState.Connected, Health.Green, kind));
        (await harness.StandingAsync(id)).Failure.ShouldBeNull();
    }

    [NginxFact]
    public async Task Retry_after_may_be_a_date()
    {
        await using var harness = await ConnectionsHarness.StartAsync(Nginx.BaseAddress);

        var reply = await harness.SendAsync(await ConnectAsync(harness), "maintenance-until/");

        reply.Failure!.RetryAt.ShouldBe(new DateTimeOffset(2037, 10, 21, 7, 28, 0, TimeSpan.Zero));
        Guidance.For(reply.Failure).ShouldContain("2037-10-21");
    }

    [NginxTheory]
    [InlineData("missing/", FailureKind.Misconfigured, Health.Red)]
    [InlineData("redirect/sign-in", FailureKind.Misconfigured, Health.Red)]
    [InlineData("limited/", FailureKind.RateLimited, Health.Yellow)]
    [InlineData("error/", FailureKind.Unavailable, Health.Yellow)]
    public async Task A_probe_is_judged_by_a_column_of_its_own(string path, FailureKind kind, Health health)
    {
        await using var harness = await ConnectionsHarness.StartAsync(Nginx.BaseAddress);
        var id = await ConnectAsync(harness, probe: path);

        var probe = await harness.ProbeAsync(id);

        probe.ShouldBeOfType<ProbeResult.Failed>().Failure.Kind.ShouldBe(kind);
        (await harness.StandingAsync(id)).ShouldBe((ConnectionState.Connected, health, kind));
    }

    [NginxFact]
    public async Task A_neutral_failure_hides_no_red_one()
    {
        await using var harness = await ConnectionsHarness.StartAsync(Nginx.BaseAddress);
        var id = await ConnectAsync(harness, probe: "missing/");
        await harness.ProbeAsync(id);

        await harness.SendAsync(id, "error/");

        (await harness.StandingAsync(id)).ShouldBe((ConnectionState.Connected, Health.Red, FailureKind.Misconfigured));
    }

    [NginxFact]
    public async Task An_unknown_host_is_a_matter_of_configuration()
    {
        await using var harness = await ConnectionsHarness.StartAsync(Nginx.BaseAddress, allow: ["nobody.invalid"]);
        await harness.DefineAsync("docs", "docs", "basic", presets: new() { ["baseUrl"] = "https://nobody.invalid/" });
        var id = await harness.ConnectAsync("docs", new() { ["username"] = "alice", ["password"] = s_password });

        var reply = await harness.SendAsync(id, "basic/");

        // A machine without any name server says "try again", which is an outage.
        reply.Failure!.Kind.ShouldBeOneOf(FailureKind.Misconfigured, FailureKind.Unavailable);
        reply.Failure.Message.ShouldContain("host name");
    }

    [NginxTheory]
    [InlineData("good")]
    [InlineData("expired")]
    [InlineData("wrong name")]
    public async Task A_certificate_that_nobody_vouches_for_is_refused(string certificate)
    {
        await using var tls = await NginxTlsServer.StartAsync();
        var address = certificate switch { "good" => tls.Good, "expired" => tls.Expired, _ => tls.WrongName };
        await using var harness = await ConnectionsHarness.StartAsync(address);
        var id = await ConnectAsync(harness);

        var reply = await harness.SendAsync(id, "basic/");

        reply.Failure!.Kind.ShouldBe(FailureKind.Misconfigured);
        reply.Failure.Message.ShouldContain("certificate");
        (await harness.StandingAsync(id)).ShouldBe((ConnectionState.Connected, Health.Red, FailureKind.Misconfigured));
    }

    [NginxFact]
    public async Task An_absolute_address_elsewhere_gets_no_request()
    {
        await using var harness = await ConnectionsHarness.StartAsync(Nginx.BaseAddress, allow: [Nginx.OtherOrigin.Authority]);
        var id = await ConnectAsync(harness);

        var reply = await harness.SendAsync(id, new Uri(Nginx.OtherOrigin, "elsewhere/stolen").AbsoluteUri);
        var home = await harness.SendAsync(id, Nginx.Address("/basic/at-home").AbsoluteUri);

        reply.Failure!.Kind.ShouldBe(FailureKind.Misconfigured);
        (await Nginx.RequestsAsync()).ShouldNotContain(r => r.Uri == "/elsewhere/stolen");
        home.Failure.ShouldBeNull();
    }

    private static async Task<ConnectionId> ConnectAsync(ConnectionsHarness harness, string? password = null, string probe = "basic/me")
    {
        var key = $"docs-{Guid.NewGuid():N}";
        await harness.DefineAsync(key, "docs", "basic");
        return await harness.ConnectAsync(key, new() { ["username"] = "alice", ["password"] = harness.Watch("password", password ?? s_password), ["probe"] = probe });
    }
}
