using Recipes.Connections;

namespace Recipes.Storage.Tests;

public abstract class ConnectionLogTests : StoreTests
{
    [StoreFact]
    public async Task What_happened_to_a_connection_is_read_newest_first_and_page_by_page()
    {
        await using var host = await StartAsync();
        var (connection, other) = (await Some.StoredAsync(host), await Some.StoredAsync(host, "other"));
        connection.ChangedBy(Actor.Action("Crm.Create"), "GET https://crm.example/me").Refused(Some.Failure);
        (await host.Connections.TryUpdateAsync(connection, default)).ShouldBeTrue();
        await host.Log.AddAsync(Entry(other, Some.At), default);
        var single = Entry(connection, Some.At.AddDays(1)) with { By = Actor.Of(Some.Alice), Detail = "x", Event = ConnectionEvent.Revoked };
        await host.Log.AddAsync(single, default);

        var first = await host.Log.ListAsync(connection.Id, null, 2, default);
        var second = await host.Log.ListAsync(connection.Id, first[^1].Number, 10, default);

        first.Select(e => e.Event).ShouldBe([ConnectionEvent.Revoked, ConnectionEvent.Suspected]);
        second.Select(e => e.Event).ShouldBe([ConnectionEvent.Used]);
        first[0].ShouldHoldTheSameAs(single with { Number = first[0].Number });
        (second[0].By, second[0].RequestLine, second[0].Failure, second[0].Health).ShouldBe((Actor.Action("Crm.Create"), "GET https://crm.example/me", Some.Failure, Health.Red));
    }

    [StoreFact]
    public async Task The_changes_of_colour_begin_with_the_one_before()
    {
        await using var host = await StartAsync();
        var connection = await Some.StoredAsync(host);
        foreach (var (day, health) in new[] { (0, Health.Yellow), (1, Health.Green), (2, Health.Green), (3, Health.Red), (4, Health.Red), (5, Health.Green) })
            await host.Log.AddAsync(Entry(connection, Some.At.AddDays(day)) with { Health = health }, default);

        var changes = await host.Log.ListHealthAsync(connection.Id, Some.At.AddDays(2.5), default);

        changes.Select(e => (e.At, e.Health)).ShouldBe([(Some.At.AddDays(2), Health.Green), (Some.At.AddDays(3), Health.Red), (Some.At.AddDays(5), Health.Green)]);
    }

    [StoreFact]
    public async Task Figures_of_a_day_add_up_also_when_twenty_add_at_once()
    {
        await using var host = await StartAsync();
        var (one, two) = (await Some.StoredAsync(host), await Some.StoredAsync(host, "two"));
        var (day, gone) = (DateOnly.FromDateTime(Some.At.UtcDateTime), new ConnectionId(Guid.CreateVersion7(Some.At)));

        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(() => host.Log.AddAsync(
            (DailyFigures[])[new(i % 2 == 0 ? one.Id : two.Id, day) { Uses = 1 }, new(i % 2 == 0 ? two.Id : one.Id, day) { Uses = 2, FailedProbes = 1 }, new(gone, day) { Uses = 1 }, new(one.Id, day.AddDays(1)) { Refreshes = 1 }], default))));

        (await host.Log.ListFiguresAsync(one.Id, day, default)).ShouldBe([new(one.Id, day) { Uses = 30, FailedProbes = 10 }, new(one.Id, day.AddDays(1)) { Refreshes = 20 }]);
        (await host.Log.ListFiguresAsync(two.Id, day, default)).ShouldBe([new(two.Id, day) { Uses = 30, FailedProbes = 10 }]);
        (await host.Log.ListFiguresAsync(gone, day, default)).ShouldBeEmpty();
        (await host.Log.ListFiguresAsync(one.Id, day.AddDays(2), default)).ShouldBeEmpty();
    }

    [StoreFact]
    public async Task What_is_older_is_forgotten()
    {
        await using var host = await StartAsync();
        var connection = await Some.StoredAsync(host);
        var day = DateOnly.FromDateTime(Some.At.UtcDateTime);
        await host.Log.AddAsync(Entry(connection, Some.At), default);
        await host.Log.AddAsync(Entry(connection, Some.At.AddDays(1)), default);
        await host.Log.AddAsync((DailyFigures[])[new(connection.Id, day) { Uses = 1 }, new(connection.Id, day.AddDays(1)) { Uses = 1 }], default);

        (await host.Log.PurgeAsync(Some.At.AddDays(1), 10, default)).ShouldBe(2, "an entry and the figures of a day");

        (await host.Log.ListAsync(connection.Id, null, 10, default)).ShouldHaveSingleItem().At.ShouldBe(Some.At.AddDays(1));
        (await host.Log.ListFiguresAsync(connection.Id, day, default)).ShouldHaveSingleItem().Day.ShouldBe(day.AddDays(1));
    }

    private static LogEntry Entry(Connection connection, DateTimeOffset at) => new()
    {
        Connection = connection.Id,
        Tenant = connection.Tenant,
        At = at,
        Event = ConnectionEvent.Probed,
        By = Actor.Revalidation,
        Failure = Some.Failure,
        RequestLine = "GET https://crm.example/me",
        Health = Health.Green,
    };
}
