using System.Diagnostics;
using Recipes.Testing;
using Xunit.Abstractions;

namespace Recipes.Connections.Tests;

/// <summary>A provider that refuses everybody is in trouble itself: one incident, nothing held against anybody, and whoever was really revoked is found afterwards.</summary>
public sealed class IncidentTests(ITestOutputHelper output)
{
    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);

    [Fact]
    public Task An_outage_that_refuses_hundreds_is_one_incident_and_the_ten_really_revoked_are_found_after_it() => RunAsync(300);

    [LongFact]
    public Task An_outage_that_refuses_ten_thousand_is_one_incident_and_the_ten_really_revoked_are_found_after_it() => RunAsync(10_000);

    private async Task RunAsync(int count)
    {
        await using var world = await IncidentWorld.StartAsync();
        await world.ConnectAsync(count);
        // Five of them in a row, where they are met one after the other.
        string[] revoked = [.. world.Connections.Keys.Take(5), .. world.Connections.Keys.Skip(count / 2).Take(5)];
        var watch = Stopwatch.StartNew();

        foreach (var account in revoked)
            world.App.Revoke(account);
        world.App.IsDown = true;
        await world.Harness.SweepAsync();
        var (refused, took) = (world.App.Refreshes - count, watch.Elapsed);
        await world.PassAsync(TimeSpan.Zero);
        var during = await world.ReadAllAsync();
        var incident = (await world.Incidents.ListOpenAsync(TenantId.Default, CancellationToken.None)).ShouldHaveSingleItem();
        for (var minute = 0; minute < 120; minute++)
        {
            await world.PassAsync(s_minute);
            await world.Harness.SweepAsync();
        }

        var canaries = world.App.Refreshes - count - refused;
        var afterwards = await world.ReadAllAsync();
        world.App.IsDown = false;
        await world.PassAsync(TimeSpan.FromMinutes(15));
        var closed = (await world.Incidents.FindAsync(incident.Id, CancellationToken.None)).ShouldNotBeNull();
        watch.Restart();
        await world.Harness.SweepAsync();
        output.WriteLine($"{count} connections: held in {took.TotalSeconds:0.0} s, {canaries} canaries in two hours, checked anew in {watch.Elapsed.TotalSeconds:0.0} s");
        await world.PassAsync(TimeSpan.FromMinutes(3));

        refused.ShouldBe(count);
        incident.Affected.ShouldBe(count);
        during.ShouldAllBe(c => c.State == ConnectionState.Suspect && c.Record.Incident == incident.Id && c.Health == Health.Yellow && c.Attention == Attention.ProviderIncident && c.Record.LostSince == null);
        afterwards.ShouldAllBe(c => c.State == ConnectionState.Suspect && c.Health == Health.Yellow);
        canaries.ShouldBeInRange(3, 3 * 12);
        (closed.Outcome, closed.Affected).ShouldBe((IncidentOutcome.Cleared, count));
        var all = (await world.ReadAllAsync()).ToDictionary(c => c.Record.DisplayName);
        all.Values.Count(c => c is { State: ConnectionState.Connected, Health: Health.Yellow, Record: { Failure: null, Incident: null } }).ShouldBe(count - revoked.Length);
        all.Values.Where(c => c.State == ConnectionState.ReauthorizationRequired).Select(c => c.Record.DisplayName).ShouldBe(revoked, ignoreOrder: true);
        world.App.Reuses.ShouldBe(0);
        world.Told().Where(t => t.Connection is not null).ShouldBe(revoked.Select(a => ("connection.lost", (Guid?)world.Connections[a].Value)), ignoreOrder: true);
        world.Told().Where(t => t.Connection is null).Select(t => t.Type).ShouldBe(["incident.opened", "incident.closed"]);
        (await world.Incidents.ListOpenAsync(null, CancellationToken.None)).ShouldBeEmpty();
        // Canaries are drawn at random: one that was drawn was refused more than once.
        (await world.Harness.LogAsync(all["account-00042"].Id)).Select(e => e.Event).Distinct().Take(4).ShouldBe([ConnectionEvent.Healed, ConnectionEvent.Probed, ConnectionEvent.Refreshed, ConnectionEvent.Held]);
    }

    [Theory]
    [InlineData("one of twenty", 1)]
    [InlineData("four of four", 4)]
    [InlineData("six of forty", 6)]
    [InlineData("eight of one customer", 8)]
    public async Task A_few_that_are_really_revoked_turn_red_in_the_same_round(string what, int refused)
    {
        await using var world = await IncidentWorld.StartAsync();
        await world.ConnectAsync(what switch { "one of twenty" => 20, "six of forty" => 34, _ => 0 });
        var fine = world.Connections.Count;
        await world.ConnectAsync(refused, _ => what == "eight of one customer" ? new(OwnerKind.Customer, "acme") : Owner.Organisation);
        foreach (var account in world.Connections.Keys.TakeLast(refused))
            world.App.Revoke(account);

        await world.Harness.SweepAsync();
        var all = await world.ReadAllAsync();
        await world.PassAsync(TimeSpan.FromMinutes(3));

        all.Count(c => c is { State: ConnectionState.ReauthorizationRequired, Health: Health.Red }).ShouldBe(refused);
        all.Count(c => c.State == ConnectionState.Connected).ShouldBe(fine);
        world.ToldOf("connection.lost").ShouldBe(refused);
        world.Told().Count.ShouldBe(refused);
    }

    [Fact]
    public async Task What_is_refused_for_longer_than_any_outage_is_over_and_one_alert_names_how_many()
    {
        await using var world = await IncidentWorld.StartAsync(("Incidents:GiveUpAfter", "02:00:00"));
        await world.ConnectAsync(12);
        world.App.IsDown = true;
        await world.Harness.SweepAsync();

        for (var quarter = 0; quarter < 10; quarter++)
        {
            await world.PassAsync(TimeSpan.FromMinutes(16));
            await world.Harness.SweepAsync();
        }

        (await world.ReadAllAsync()).ShouldAllBe(c => c.State == ConnectionState.ReauthorizationRequired && c.Health == Health.Red && c.Record.LostSince != null);
        world.Told().Select(t => t.Type).ShouldBe(["incident.opened", "incident.closed"]);
        world.Webhook.Requests[^1].Text.ShouldContain("\"connections\":12");
        world.Webhook.Requests[^1].Text.ShouldContain("\"outcome\":\"expired\"");
        (await world.Incidents.ListOpenAsync(null, CancellationToken.None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Refusals_that_others_outweigh_afterwards_stand_each_for_itself()
    {
        await using var world = await IncidentWorld.StartAsync();
        await world.ConnectAsync(6);
        foreach (var account in world.Connections.Keys)
            world.App.Revoke(account);
        await world.Harness.SweepAsync();
        (await world.ReadAllAsync()).ShouldAllBe(c => c.Record.Incident != null);

        await world.ConnectAsync(40);
        await world.Harness.SweepAsync();
        await world.PassAsync(s_minute);
        // Those that were asked with have their pause first.
        world.Clock.Advance(s_minute);
        await world.Harness.SweepAsync();
        await world.PassAsync(TimeSpan.FromMinutes(3));

        (await world.ReadAllAsync()).Count(c => c.State == ConnectionState.ReauthorizationRequired).ShouldBe(6);
        world.Told().GroupBy(t => t.Type).ToDictionary(g => g.Key, g => g.Count()).ShouldBe(new Dictionary<string, int> { ["connection.lost"] = 6, ["incident.opened"] = 1, ["incident.closed"] = 1 }, ignoreOrder: true);
    }

    [Fact]
    public async Task Whoever_was_told_before_that_a_connection_is_lost_is_told_that_it_works_again()
    {
        await using var world = await IncidentWorld.StartAsync(("Incidents:Window", "00:10:00"));
        await world.ConnectAsync(8);
        world.App.IsDown = true;
        var first = world.Connections.First();
        // It is met a little earlier than the others, and the wait for them is over when they are.
        await world.Harness.Get<ConnectionCheck>().CheckAsync(first.Value, CancellationToken.None);
        await world.PassAsync(TimeSpan.FromMinutes(10));
        world.Told().ShouldBe([("connection.lost", first.Value.Value)]);

        foreach (var other in world.Connections.Values.Skip(1))
            await world.Harness.Get<ConnectionCheck>().CheckAsync(other, CancellationToken.None);
        var held = await world.Harness.ReadAsync(first.Value);
        world.App.IsDown = false;
        await world.PassAsync(TimeSpan.FromMinutes(2));
        await world.Harness.SweepAsync();
        await world.PassAsync(TimeSpan.Zero);

        held.State.ShouldBe(ConnectionState.Suspect);
        (await world.ReadAllAsync()).ShouldAllBe(c => c.State == ConnectionState.Connected);
        world.ToldOf("connection.recovered").ShouldBe(1);
        world.ToldOf("connection.lost").ShouldBe(1);
    }

    [NodeFact]
    public async Task A_real_provider_that_answers_invalid_grant_for_a_while_costs_nobody_a_consent()
    {
        await using var provider = await OidcProvider.StartAsync();
        var clock = new TestClock(TimeProvider.System.GetUtcNow());
        await using var harness = await ConnectionsHarness.StartAsync(provider, clock);
        var ids = new List<ConnectionId>();
        for (var i = 0; i < 7; i++)
            ids.Add(await harness.ConsentAsync(provider, login: $"user-{i}"));
        await harness.SweepAsync();
        await provider.RevokeGrantAsync((await harness.CredentialAsync(ids[2])).Tokens!.RefreshToken!.Reveal());

        await provider.FailAsync(new() { Path = "/token", Status = 400, Type = "application/json", Body = """{"error":"invalid_grant"}""" });
        clock.Advance(TimeSpan.FromHours(27));
        await harness.SweepAsync();
        var during = await Task.WhenAll(ids.Select(harness.ReadAsync));
        clock.Advance(s_minute);
        await harness.Get<IncidentSweep>().RunAsync(CancellationToken.None);
        await provider.HealAsync();
        clock.Advance(TimeSpan.FromMinutes(3));
        await harness.Get<IncidentSweep>().RunAsync(CancellationToken.None);
        await harness.SweepAsync();
        // The one that is still refused is a suspect first.
        clock.Advance(s_minute);
        await harness.SweepAsync();
        var after = await Task.WhenAll(ids.Select(harness.ReadAsync));

        during.ShouldAllBe(c => c.State == ConnectionState.Suspect && c.Record.Incident != null && c.Health == Health.Yellow);
        after.Where(c => c.State == ConnectionState.ReauthorizationRequired).Select(c => c.Id).ShouldBe([ids[2]]);
        after.Count(c => c is { State: ConnectionState.Connected, Record.Failure: null }).ShouldBe(6);
        (await provider.RotationsAsync()).Reuses.ShouldBeEmpty();
    }

    [PostgresFact]
    public async Task Two_nodes_open_one_incident_and_tell_of_it_once()
    {
        await using var database = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
        var setting = ("Storage:Postgres", database.ConnectionString);
        await using var world = await IncidentWorld.StartAsync(setting);
        await using var other = await world.StartNodeAsync(setting);
        ConnectionsHarness[] nodes = [world.Harness, other];
        await world.ConnectAsync(60);
        world.App.IsDown = true;

        await Task.WhenAll(nodes.Select(n => n.SweepAsync()));
        var during = await world.ReadAllAsync();
        var (opened, asked) = ((await world.Incidents.ListOpenAsync(null, CancellationToken.None)).ShouldHaveSingleItem(), world.App.Refreshes);
        world.Clock.Advance(s_minute);
        await Task.WhenAll(nodes.Select(n => n.Get<IncidentSweep>().RunAsync(CancellationToken.None)));
        var canaries = world.App.Refreshes - asked;
        world.App.IsDown = false;
        world.Clock.Advance(TimeSpan.FromMinutes(5));
        await Task.WhenAll(nodes.Select(n => n.Get<IncidentSweep>().RunAsync(CancellationToken.None)));
        await Task.WhenAll(nodes.Select(n => n.SweepAsync()));
        await Task.WhenAll(nodes.Select(n => n.Get<AlertSweep>().RunAsync(CancellationToken.None)));

        during.ShouldAllBe(c => c.State == ConnectionState.Suspect && c.Record.Incident == opened.Id && c.Health == Health.Yellow);
        canaries.ShouldBe(3);
        (await world.ReadAllAsync()).ShouldAllBe(c => c.State == ConnectionState.Connected);
        world.Told().Select(t => t.Type).ShouldBe(["incident.opened", "incident.closed"]);
        (await database.QueryAsync("SELECT kind FROM alerts ORDER BY number")).ShouldBe(["IncidentOpened", "IncidentClosed"]);
        world.App.Reuses.ShouldBe(0);
    }
}
