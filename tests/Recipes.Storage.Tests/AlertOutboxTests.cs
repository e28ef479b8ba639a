using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Recipes.Connections;

namespace Recipes.Storage.Tests;

public abstract class AlertOutboxTests : StoreTests
{
    private static readonly TimeSpan s_claim = TimeSpan.FromMinutes(10);

    [StoreFact]
    public async Task A_change_and_its_alert_are_stored_together_or_not_at_all()
    {
        await using var host = await StartAsync();
        var connection = await ConnectAsync(host);
        var copies = Enumerable.Range(0, 20).Select(_ => new Connection(connection.Record)).ToList();

        var stored = await Task.WhenAll(copies.Select(copy => Task.Run(() =>
        {
            copy.GrantLost(Dead(Some.At));
            return host.Connections.TryUpdateAsync(copy, default);
        })));

        stored.Count(s => s).ShouldBe(1);
        var alert = (await host.Outbox.ListNewAsync(Some.At, 10, default)).ShouldHaveSingleItem();
        (alert.Kind, alert.Connection, alert.Definition, alert.Tenant, alert.At).ShouldBe((AlertKind.Lost, connection.Id, connection.DefinitionId, connection.Tenant, Some.At));
        alert.Failure.ShouldHoldTheSameAs(Dead(Some.At));
    }

    [StoreFact]
    public async Task Of_a_suspect_that_comes_and_goes_and_of_an_outage_nobody_is_told()
    {
        await using var host = await StartAsync();
        var connection = await ConnectAsync(host);

        for (var i = 0; i < 10; i++)
        {
            await ChangeAsync(host, connection, c => c.Refused(Dead(Some.At.AddMinutes(i))));
            await ChangeAsync(host, connection, c => c.ProbePassed(null, Some.At.AddMinutes(i).AddSeconds(30)));
            await ChangeAsync(host, connection, c => c.Failed(Dead(Some.At.AddMinutes(i)) with { Kind = i % 2 == 0 ? FailureKind.Unavailable : FailureKind.RateLimited }));
            await ChangeAsync(host, connection, c => c.Succeeded("Crm.Read", Some.At.AddMinutes(i).AddSeconds(40)));
        }

        (await host.Outbox.ListNewAsync(Some.At, 10, default)).ShouldBeEmpty();
    }

    [StoreFact]
    public async Task What_is_lost_and_found_is_told_once_each_however_often_it_is_seen()
    {
        await using var host = await StartAsync();
        var connection = await ConnectAsync(host);
        await ChangeAsync(host, connection, c => c.Refused(Dead(Some.At)));

        await LoseAsync(host, connection, Some.At);
        for (var i = 0; i < 5; i++)
            await ChangeAsync(host, connection, c => c.LeftInDoubt(Dead(Some.At.AddMinutes(i)) with { Kind = i % 2 == 0 ? FailureKind.ModifiedCredentials : FailureKind.Misconfigured }));
        for (var i = 0; i < 5; i++)
            await ChangeAsync(host, connection, c => c.ProbePassed(null, Some.At.AddHours(2 + i), needsConsent: false));

        (await host.Outbox.ListNewAsync(Some.At, 10, default)).Select(a => (a.Kind, a.At)).ShouldBe([(AlertKind.Lost, Some.At), (AlertKind.Recovered, Some.At.AddHours(2))]);
    }

    [StoreFact]
    public async Task Whom_an_alert_goes_to_is_decided_once()
    {
        await using var host = await StartAsync();
        await using var other = await StartAsync();
        await LoseAsync(host, await ConnectAsync(host), Some.At);
        var alert = (await host.Outbox.ListNewAsync(Some.At, 10, default)).Single();

        var decided = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(() => (i % 2 == 0 ? host : other).Outbox.TryAddressAsync(alert.Id, [$"webhook:{i}", "mail:ann@example.com", "mail:ann@example.com"], Some.At, default))));

        decided.Count(d => d).ShouldBe(1);
        (await host.Outbox.ListNewAsync(Some.At, 10, default)).ShouldBeEmpty();
        (await host.Outbox.ListAsync(TenantId.Default, 100, default)).Select(d => d.Target).ShouldBe(["mail:ann@example.com", $"webhook:{Array.IndexOf(decided, true)}"]);
        (await host.Outbox.ListAsync(Some.OtherTenant, 100, default)).ShouldBeEmpty();
    }

    [StoreFact]
    public async Task Of_nodes_that_claim_at_once_each_gets_others()
    {
        await using var host = await StartAsync();
        await using var other = await StartAsync();
        for (var i = 0; i < 40; i++)
            await LoseAsync(host, await ConnectAsync(host), Some.At);
        await AddressAllAsync(host, "webhook:a", "webhook:b", "mail:ann@example.com");

        var claimed = new ConcurrentBag<Guid>();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(async () =>
        {
            while (await (i % 2 == 0 ? host : other).Outbox.ClaimAsync(Some.At, Some.At + s_claim, 7, default) is { Count: > 0 } mine)
            {
                mine.Count.ShouldBeLessThanOrEqualTo(7);
                foreach (var delivery in mine)
                    claimed.Add(delivery.Id);
            }
        })));

        // Rows that another node is claiming are passed over: what is left for a moment is there with the next look.
        foreach (var delivery in await host.Outbox.ClaimAsync(Some.At, Some.At + s_claim, 200, default))
            claimed.Add(delivery.Id);
        claimed.Count.ShouldBe(120);
        claimed.Distinct().Count().ShouldBe(120);
    }

    [StoreFact]
    public async Task A_claim_that_has_run_out_is_open_again_and_its_late_holder_changes_nothing()
    {
        await using var host = await StartAsync();
        await LoseAsync(host, await ConnectAsync(host), Some.At);
        await AddressAllAsync(host, "webhook:a");
        var first = (await host.Outbox.ClaimAsync(Some.At, Some.At + s_claim, 10, default)).Single();

        (await host.Outbox.ClaimAsync(Some.At + s_claim - TimeSpan.FromTicks(10), Some.At.AddDays(1), 10, default)).ShouldBeEmpty();
        var second = (await host.Outbox.ClaimAsync(Some.At + s_claim, Some.At.AddDays(1), 10, default)).Single();
        await host.Outbox.FailedAsync(first, Some.At, "late", default);
        var held = (await host.Outbox.ListAsync(TenantId.Default, 10, default)).Single();
        await host.Outbox.FailedAsync(second, Some.At.AddDays(2), "It answered 500.", default);

        (first.Tries, second.Tries).ShouldBe((1, 2));
        held.ShouldHoldTheSameAs(second);
        (await host.Outbox.ListAsync(TenantId.Default, 10, default)).Single().ShouldHoldTheSameAs(second with { NextTryAt = Some.At.AddDays(2), Error = "It answered 500." });
        (await host.Outbox.ClaimAsync(Some.At.AddDays(2), Some.At.AddDays(3), 10, default)).Single().Tries.ShouldBe(3);
    }

    [StoreFact]
    public async Task What_was_taken_or_given_up_is_not_tried_again()
    {
        await using var host = await StartAsync();
        await LoseAsync(host, await ConnectAsync(host), Some.At);
        await AddressAllAsync(host, "webhook:a", "webhook:b");
        var claimed = await host.Outbox.ClaimAsync(Some.At, Some.At + s_claim, 10, default);

        await host.Outbox.DeliveredAsync(claimed[0], Some.At.AddSeconds(1), default);
        await host.Outbox.FailedAsync(claimed[0], Some.At, "too late", default);
        await host.Outbox.FailedAsync(claimed[1], null, "It answered 410.", default);

        (await host.Outbox.ClaimAsync(Some.At.AddYears(1), Some.At.AddYears(2), 10, default)).ShouldBeEmpty();
        (await host.Outbox.ListAsync(TenantId.Default, 10, default)).Select(d => (d.Id, d.DeliveredAt, d.NextTryAt, d.Error)).ShouldBe(
            [(claimed[0].Id, Some.At.AddSeconds(1), null, null), (claimed[1].Id, null, null, "It answered 410.")], ignoreOrder: true);
    }

    [StoreFact]
    public async Task One_target_is_told_of_one_connection_in_the_order_in_which_it_happened()
    {
        await using var host = await StartAsync();
        var (connection, another) = (await ConnectAsync(host), await ConnectAsync(host));
        await LoseAsync(host, connection, Some.At.AddHours(1));
        // By the clock of another node, which is behind.
        await ChangeAsync(host, connection, c => c.Authorized([1], null, null, Some.At));
        await LoseAsync(host, another, Some.At.AddHours(2));
        var alerts = await host.Outbox.ListNewAsync(Some.At, 10, default);
        foreach (var alert in alerts.Skip(1))
            await host.Outbox.TryAddressAsync(alert.Id, ["webhook:a", "webhook:b"], Some.At, default);

        var early = await host.Outbox.ClaimAsync(Some.At, Some.At, 10, default);
        await host.Outbox.TryAddressAsync(alerts[0].Id, ["webhook:a"], Some.At, default);
        var first = await host.Outbox.ClaimAsync(Some.At, Some.At + s_claim, 10, default);
        await host.Outbox.FailedAsync(first.Single(d => d.Target == "webhook:a" && d.Alert.Connection == connection.Id), Some.At.AddDays(1), "no", default);
        var meanwhile = await host.Outbox.ClaimAsync(Some.At.AddDays(1).AddTicks(-10), Some.At.AddDays(2), 10, default);
        var again = (await host.Outbox.ClaimAsync(Some.At.AddDays(1), Some.At.AddDays(2), 10, default)).Single(d => d.Alert.Connection == connection.Id && d.Target == "webhook:a");
        await host.Outbox.DeliveredAsync(again, Some.At.AddDays(1), default);
        var last = await host.Outbox.ClaimAsync(Some.At.AddDays(1), Some.At.AddDays(2), 10, default);

        early.ShouldAllBe(d => d.Alert.Connection == another.Id, "that it was lost is not yet on its way to anybody");
        first.Select(d => (d.Alert.Connection, d.Alert.Kind, d.Target)).ShouldBe(
            [(connection.Id, AlertKind.Lost, "webhook:a"), (connection.Id, AlertKind.Recovered, "webhook:b"), (another.Id, AlertKind.Lost, "webhook:a"), (another.Id, AlertKind.Lost, "webhook:b")], ignoreOrder: true);
        meanwhile.ShouldNotContain(d => d.Target == "webhook:a" && d.Alert.Connection == connection.Id);
        again.Alert.Kind.ShouldBe(AlertKind.Lost);
        last.Single(d => d.Target == "webhook:a").Alert.Kind.ShouldBe(AlertKind.Recovered);
    }

    [StoreFact]
    public async Task Nothing_is_lost_or_comes_twice_or_out_of_order_with_nodes_that_die_and_targets_that_fail()
    {
        await using var host = await StartAsync();
        await using var other = await StartAsync();
        var connections = new List<Connection>();
        for (var i = 0; i < 5; i++)
            connections.Add(await ConnectAsync(host));
        for (var i = 0; i < 6; i++)
        {
            foreach (var connection in connections)
                await (i % 2 == 0 ? LoseAsync(host, connection, Some.At) : ChangeAsync(host, connection, c => c.Authorized([1], null, null, Some.At)));
        }

        await AddressAllAsync(host, "webhook:a", "webhook:b");
        var taken = new ConcurrentQueue<AlertDelivery>();
        var minute = 0;
        for (; minute < 1000 && (await QueryAsync("SELECT count(*) FROM alert_deliveries WHERE delivered_at IS NULL")).Single() != "0"; minute++)
        {
            var now = Some.At.AddMinutes(minute);
            await Task.WhenAll(Enumerable.Range(0, 4).Select(node => Task.Run(async () =>
            {
                var random = new Random((minute * 4) + node);
                var outbox = (node % 2 == 0 ? host : other).Outbox;
                foreach (var delivery in await outbox.ClaimAsync(now, now.AddMinutes(3), 3, default))
                {
                    switch (random.Next(3))
                    {
                        case 0: return; // It dies; so does the rest of what it has claimed, for a while.
                        case 1: await outbox.FailedAsync(delivery, now.AddMinutes(1), "no", default); break;
                        default:
                            taken.Enqueue(delivery);
                            await outbox.DeliveredAsync(delivery, now, default);
                            break;
                    }
                }
            })));
        }

        taken.Count.ShouldBe(5 * 6 * 2);
        taken.DistinctBy(d => d.Id).Count().ShouldBe(5 * 6 * 2);
        foreach (var told in taken.GroupBy(d => (d.Target, d.Alert.Connection)))
            told.Select(d => d.Alert.Kind).ShouldBe(Enumerable.Range(0, 6).Select(i => i % 2 == 0 ? AlertKind.Lost : AlertKind.Recovered));
    }

    [StoreFact]
    public async Task Alerts_of_what_was_deleted_meanwhile_are_still_owed()
    {
        await using var host = await StartAsync();
        var connection = await ConnectAsync(host);
        await LoseAsync(host, connection, Some.At);
        (await host.Connections.TryRemoveAsync(connection, default)).ShouldBeTrue();

        await AddressAllAsync(host, "webhook:a");

        (await host.Outbox.ClaimAsync(Some.At, Some.At + s_claim, 10, default)).Single().Alert.Connection.ShouldBe(connection.Id);
    }

    [StoreFact]
    public async Task Alerts_of_a_mass_of_connections_are_claimed_without_a_look_at_all_the_others()
    {
        await using var host = await StartAsync();
        var connection = await ConnectAsync(host);
        await LoseAsync(host, connection, Some.At);
        await AddressAllAsync(host, "webhook:a");
        // 20,000 connections lost, none of it sent yet.
        await QueryAsync($"""
            INSERT INTO alerts (id, tenant, definition_id, connection_id, subject_id, kind, at, is_addressed)
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
            SELECT {NewId("i")}, tenant, definition_id, {NewId("i")}, {NewId("i")}, kind, at, is_addressed FROM n, alerts
            """);
        await QueryAsync("INSERT INTO alert_deliveries (id, alert_id, target, tries, next_try_at) SELECT a.id, a.id, 'webhook:a', 0, d.next_try_at FROM alerts a, alert_deliveries d WHERE a.id <> d.alert_id");

        // 1,280 of 20,001: a look at all the others for each of them would take longer than this by far.
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        for (var i = 0; i < 20; i++)
            (await host.Outbox.ClaimAsync(Some.At, Some.At + s_claim, 64, limit.Token)).Count.ShouldBe(64);
    }

    [StoreFact]
    public async Task What_is_old_is_forgotten_a_little_at_a_time()
    {
        await using var host = await StartAsync();
        var connection = await ConnectAsync(host);
        for (var day = 0; day < 6; day++)
        {
            await LoseAsync(host, connection, Some.At.AddDays(day));
            await ChangeAsync(host, connection, c => c.Authorized([1], null, null, Some.At.AddDays(day)));
        }

        await AddressAllAsync(host, "webhook:a");
        var entries = int.Parse((await QueryAsync("SELECT count(*) FROM connection_log WHERE at < (SELECT max(at) FROM connection_log)")).Single(), System.Globalization.CultureInfo.InvariantCulture);
        await host.Log.AddAsync([.. Enumerable.Range(0, 6).Select(i => new DailyFigures(connection.Id, DateOnly.FromDateTime(Some.At.UtcDateTime).AddDays(i)) { Uses = 1 })], default);
        var before = Some.At.AddDays(5);

        var alerts = new List<int>();
        while (await host.Outbox.PurgeAsync(before, 4, default) is > 0 and var some)
            alerts.Add(some);
        var log = new List<int>();
        while (await host.Log.PurgeAsync(before, 4, default) is > 0 and var some)
            log.Add(some);

        alerts.ShouldBe([4, 4, 2]);
        log.ShouldAllBe(n => n <= 8);
        log.Sum().ShouldBe(entries + 5);
        (await host.Outbox.ListAsync(TenantId.Default, 100, default)).ShouldAllBe(d => d.Alert.At == Some.At.AddDays(5));
        (await host.Log.ListAsync(connection.Id, null, 200, default)).ShouldAllBe(e => e.At == Some.At.AddDays(5));
        (await host.Log.ListFiguresAsync(connection.Id, default, default)).Count.ShouldBe(1);
    }

    private string NewId(string number) => ConnectionString is null ? $"printf('00000000-0000-7000-8000-%012d', {number})" : $"('00000000-0000-7000-8000-' || lpad({number}::text, 12, '0'))::uuid";

    private static Failure Dead(DateTimeOffset at) => Some.Failure with { Kind = FailureKind.ModifiedCredentials, RetryAt = null, At = at };

    private static async Task<Connection> ConnectAsync(TestHost host)
    {
        var definition = Some.Definition($"crm-{Guid.CreateVersion7(Some.At):N}"[..30]);
        (await host.Connections.TryAddAsync(definition, default)).ShouldBeTrue();
        var connection = new Connection(Some.Record(definition) with { Failure = null, SuspectSince = null });
        await host.Connections.AddAsync(connection, default);
        return connection;
    }

    private static Task LoseAsync(TestHost host, Connection connection, DateTimeOffset at) => ChangeAsync(host, connection, c => c.GrantLost(Dead(at)));

    private static async Task ChangeAsync(TestHost host, Connection connection, Action<Connection> change)
    {
        change(connection);
        (await host.Connections.TryUpdateAsync(connection, default)).ShouldBeTrue();
    }

    private static async Task AddressAllAsync(TestHost host, params string[] targets)
    {
        foreach (var alert in await host.Outbox.ListNewAsync(Some.At, 1000, default))
            (await host.Outbox.TryAddressAsync(alert.Id, targets, Some.At, default)).ShouldBeTrue();
    }
}
