using Recipes.Connections;

namespace Recipes.Storage.Tests;

public abstract class CheckScheduleTests : StoreTests
{
    [StoreFact]
    public async Task What_is_due_is_claimed_longest_due_first_and_suspects_after_their_pause()
    {
        await using var host = await StartAsync();
        var definition = await Some.StoredDefinitionAsync(host);
        async Task<ConnectionId> Add(ConnectionState state, double dueInHours, double? suspectSinceHours = null)
        {
            var connection = new Connection(Some.Record(definition, at: Some.At.AddHours(dueInHours)) with { State = state, SuspectSince = suspectSinceHours is { } hours ? Some.At.AddHours(hours) : null });
            await host.Connections.AddAsync(connection, default);
            return connection.Id;
        }

        var (second, first, later) = (await Add(ConnectionState.Connected, -1), await Add(ConnectionState.ReauthorizationRequired, -2), await Add(ConnectionState.Connected, 1));
        var (suspect, fresh) = (await Add(ConnectionState.Suspect, -0.5, suspectSinceHours: -1), await Add(ConnectionState.Suspect, -5, suspectSinceHours: 0));
        var putOff = await Add(ConnectionState.Suspect, 1, suspectSinceHours: -1);
        var (pending, off) = (await Add(ConnectionState.Pending, -1), await Add(ConnectionState.Disconnected, -1));

        var two = await ClaimAsync(host, Some.At, most: 2);
        var rest = await ClaimAsync(host, Some.At, most: 10);

        two.ShouldBe([first, second], ignoreOrder: true);
        rest.ShouldBe([suspect]);
        foreach (var left in new[] { later, fresh, putOff, pending, off })
            rest.ShouldNotContain(left);
    }

    [StoreFact]
    public async Task A_claim_holds_until_it_is_completed_or_runs_out()
    {
        await using var host = await StartAsync();
        var (completed, left) = (await Some.StoredAsync(host), await Some.StoredAsync(host, "left"));
        var claims = await host.Checks.ClaimAsync(Some.At, Some.At, Some.At.AddMinutes(10), 100, default);
        claims.Count.ShouldBe(2);
        await host.Checks.CompleteAsync([new(claims.Single(c => c.Connection == completed.Id), Some.At.AddDays(1))], default);

        (await ClaimAsync(host, Some.At.AddMinutes(10))).ShouldBeEmpty("the claim ends at that very moment, and not before");
        (await ClaimAsync(host, Some.At.AddMinutes(10).AddMicroseconds(1))).ShouldBe([left.Id]);
        (await ClaimAsync(host, Some.At.AddDays(1))).ShouldBe([completed.Id, left.Id], ignoreOrder: true);
        (await host.Connections.FindAsync(left.Id, default))!.Record.Version.ShouldBe(1, "being looked at is no change");
    }

    [StoreFact]
    public async Task A_new_credential_is_checked_at_once_and_another_change_moves_nothing()
    {
        await using var host = await StartAsync();
        var connection = await Some.StoredAsync(host);
        await CompleteAsync(host, Some.At, Some.At.AddDays(9));

        connection.Succeeded("Crm.Create", Some.At.AddDays(1));
        (await host.Connections.TryUpdateAsync(connection, default)).ShouldBeTrue();
        (await ClaimAsync(host, Some.At.AddDays(2))).ShouldBeEmpty();
        connection.Authorized([1], null, null, Some.At.AddDays(2));
        (await host.Connections.TryUpdateAsync(connection, default)).ShouldBeTrue();

        (await ClaimAsync(host, Some.At.AddDays(2))).ShouldBe([connection.Id]);
    }

    [StoreFact]
    public async Task What_became_due_during_a_check_stays_due_and_a_claim_that_is_over_completes_nothing()
    {
        await using var host = await StartAsync();
        var connection = await Some.StoredAsync(host);
        var during = await host.Checks.ClaimAsync(Some.At, Some.At, Some.At.AddMinutes(10), 100, default);
        connection.Refused(new Failure { Kind = FailureKind.ModifiedCredentials, Message = "401", At = Some.At.AddSeconds(5) });
        (await host.Connections.TryUpdateAsync(connection, default)).ShouldBeTrue();

        await host.Checks.CompleteAsync([new(during[0], Some.At.AddDays(1))], default);
        var early = await ClaimAsync(host, Some.At.AddSeconds(60));
        var late = await host.Checks.ClaimAsync(Some.At.AddMinutes(2), Some.At.AddMinutes(1), Some.At.AddMinutes(3), 100, default);
        var again = await host.Checks.ClaimAsync(Some.At.AddMinutes(4), Some.At.AddMinutes(3), Some.At.AddMinutes(14), 100, default);
        await host.Checks.CompleteAsync([new(late[0], Some.At.AddDays(1))], default);

        early.ShouldBeEmpty("its pause is not over");
        again.ShouldHaveSingleItem();
        (await ClaimAsync(host, Some.At.AddMinutes(5))).ShouldBeEmpty("the second claim holds");
        (await ClaimAsync(host, Some.At.AddMinutes(15))).ShouldBe([connection.Id]);
    }

    [StoreFact]
    public async Task Twenty_that_claim_at_once_never_get_the_same_and_together_get_all()
    {
        await using var first = await StartAsync();
        await using var second = await StartAsync();
        var definition = await Some.StoredDefinitionAsync(first);
        var all = Enumerable.Range(0, 100).Select(i => Some.Connection(definition, at: Some.At.AddSeconds(-i))).ToList();
        foreach (var connection in all)
            await first.Connections.AddAsync(connection, default);

        var claims = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(async () =>
        {
            var mine = new List<IReadOnlyList<ConnectionId>>();
            while (await ClaimAsync(i % 2 == 0 ? first : second, Some.At, most: 3) is { Count: > 0 } some)
                mine.Add(some);
            return mine;
        })));

        claims.SelectMany(c => c).ShouldAllBe(some => some.Count <= 3);
        var claimed = claims.SelectMany(c => c).SelectMany(some => some).ToList();
        claimed.Count.ShouldBe(100);
        claimed.Distinct().Count().ShouldBe(100);
    }

    private static async Task<IReadOnlyList<ConnectionId>> ClaimAsync(TestHost host, DateTimeOffset now, int most = 100) =>
        [.. (await host.Checks.ClaimAsync(now, now.AddMinutes(-1), now.AddMinutes(10), most, default)).Select(c => c.Connection)];

    private static async Task CompleteAsync(TestHost host, DateTimeOffset now, DateTimeOffset nextAt) =>
        await host.Checks.CompleteAsync([.. (await host.Checks.ClaimAsync(now, now, now.AddMinutes(10), 100, default)).Select(c => new CompletedCheck(c, nextAt))], default);
}
