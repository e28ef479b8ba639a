using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Recipes.Connections;
using Recipes.Testing;

namespace Recipes.Storage.Tests;

public abstract class RefreshLeaseTests : StoreTests
{
    private static readonly TimeSpan s_long = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan s_short = TimeSpan.FromMilliseconds(200);

    [StoreFact]
    public async Task Of_twenty_that_want_the_lease_one_gets_it_and_another_after_it_was_given_back()
    {
        await using var host = await StartAsync();
        var (leases, id) = (LeasesOf(host), await AddConnectionAsync(host));
        var owners = Enumerable.Range(0, 20).Select(_ => Guid.NewGuid()).ToArray();

        var taken = await Task.WhenAll(owners.Select(o => Task.Run(() => leases.TryTakeAsync(id, o, s_long, default))));
        var held = await leases.FindStandingAsync(id, default);
        await leases.ReleaseAsync(id, owners[Array.FindIndex(taken, l => l is not null)], forget: true, default);
        var free = await leases.FindStandingAsync(id, default);
        var next = await leases.TryTakeAsync(id, Guid.NewGuid(), s_long, default);

        taken.Count(l => l is not null).ShouldBe(1);
        (held, free).ShouldBe((LeaseStanding.Held, LeaseStanding.Free));
        next.ShouldBe(new RefreshLease(null, null, null, null, WasAbandoned: false));
    }

    [StoreFact]
    public async Task Of_twenty_that_want_a_lease_left_behind_one_gets_it_with_all_that_its_holder_wrote_down()
    {
        await using var host = await StartAsync();
        var (leases, id, dead) = (LeasesOf(host), await AddConnectionAsync(host), Guid.NewGuid());
        await leases.TryTakeAsync(id, dead, s_long, default);
        (await leases.TryMarkSentAsync(id, dead, 7, s_short, default)).ShouldBeTrue();
        (await leases.TryKeepAsync(id, dead, 7, [1, 2, 3], default)).ShouldBeTrue();
        await WhenAbandonedAsync(leases, id);

        var taken = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => leases.TryTakeAsync(id, Guid.NewGuid(), s_long, default))));

        var found = taken.Single(l => l is not null)!;
        (found.SentVersion, found.KeptVersion, found.WasAbandoned).ShouldBe((7, 7, true));
        found.SealedCredential.ShouldBe([1, 2, 3]);
        found.SentAt!.Value.ShouldBe(TimeProvider.System.GetUtcNow(), TimeSpan.FromMinutes(1));
    }

    [StoreFact]
    public async Task A_lease_that_was_removed_gives_out_what_was_kept_in_it_and_leaves_its_holder_nothing()
    {
        await using var host = await StartAsync();
        var (leases, id, holder) = (LeasesOf(host), await AddConnectionAsync(host), Guid.NewGuid());
        var none = await leases.RemoveAsync(id, default);
        await leases.TryTakeAsync(id, holder, s_long, default);
        var nothing = await leases.RemoveAsync(id, default);
        await leases.TryTakeAsync(id, holder, s_long, default);
        (await leases.TryKeepAsync(id, holder, 7, [1, 2, 3], default)).ShouldBeTrue();

        var kept = await leases.RemoveAsync(id, default);

        (none, nothing).ShouldBe((null, null));
        kept.ShouldBe([1, 2, 3]);
        (await leases.TryMarkSentAsync(id, holder, 7, s_long, default)).ShouldBeFalse();
        (await leases.TryKeepAsync(id, holder, 7, [1], default)).ShouldBeFalse();
        (await leases.TryTakeAsync(id, Guid.NewGuid(), s_long, default)).ShouldBe(new RefreshLease(null, null, null, null, WasAbandoned: false));
    }

    [StoreFact]
    public async Task Whoever_lost_the_lease_can_do_nothing_with_it()
    {
        await using var host = await StartAsync();
        var (leases, id, dead, heir) = (LeasesOf(host), await AddConnectionAsync(host), Guid.NewGuid(), Guid.NewGuid());
        await leases.TryTakeAsync(id, dead, s_short, default);
        await WhenAbandonedAsync(leases, id);
        var late = await leases.TryMarkSentAsync(id, dead, 1, s_long, default);
        (await leases.TryTakeAsync(id, heir, s_long, default)).ShouldNotBeNull();

        var marked = await leases.TryMarkSentAsync(id, dead, 1, s_long, default);
        var kept = await leases.TryKeepAsync(id, dead, 1, [1], default);
        await leases.ReleaseAsync(id, dead, forget: true, default);
        await leases.ReleaseAsync(id, dead, forget: false, default);

        // Not even before somebody else has taken it: that may happen at any moment.
        (late, marked, kept).ShouldBe((false, false, false));
        (await leases.FindStandingAsync(id, default)).ShouldBe(LeaseStanding.Held);
        (await leases.TryMarkSentAsync(id, heir, 1, s_long, default)).ShouldBeTrue();
    }

    [StoreFact]
    public async Task What_is_not_done_with_outlives_the_lease_and_keeps_the_time_of_the_first_try()
    {
        await using var host = await StartAsync();
        var (leases, id, one, other, third) = (LeasesOf(host), await AddConnectionAsync(host), Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
        await leases.TryTakeAsync(id, one, s_long, default);
        await leases.TryMarkSentAsync(id, one, 3, s_long, default);
        await leases.ReleaseAsync(id, one, forget: false, default);
        var free = await leases.FindStandingAsync(id, default);

        var second = await leases.TryTakeAsync(id, other, s_long, default);
        await leases.TryMarkSentAsync(id, other, 3, s_long, default);
        await leases.ReleaseAsync(id, other, forget: false, default);
        var last = await leases.TryTakeAsync(id, third, s_long, default);
        await leases.TryMarkSentAsync(id, third, 4, s_long, default);
        await leases.ReleaseAsync(id, third, forget: false, default);
        var newer = await leases.TryTakeAsync(id, third, s_long, default);

        free.ShouldBe(LeaseStanding.Free);
        second!.ShouldSatisfyAllConditions(l => l.SentVersion.ShouldBe(3), l => l.WasAbandoned.ShouldBeFalse());
        (last!.SentVersion, last.SentAt).ShouldBe((3, second!.SentAt));
        newer!.SentVersion.ShouldBe(4);
        newer.SentAt!.Value.ShouldBeGreaterThan(last.SentAt!.Value);
    }

    [StoreFact]
    public async Task A_node_whose_clock_is_wrong_takes_no_lease_from_another_where_the_database_is_shared()
    {
        await using var host = await StartAsync();
        var id = await AddConnectionAsync(host);
        await LeasesOf(host).TryTakeAsync(id, Guid.NewGuid(), s_long, default);
        var ahead = new RefreshLeases(host.Services.GetRequiredService<IDbContextFactory<RecipesDatabase>>(), new TestClock(TimeProvider.System.GetUtcNow().AddHours(1)));

        var standing = await ahead.FindStandingAsync(id, default);
        var taken = await ahead.TryTakeAsync(id, Guid.NewGuid(), s_long, default);

        standing.ShouldBe(this is IOnPostgres ? LeaseStanding.Held : LeaseStanding.Abandoned);
        (taken is null).ShouldBe(this is IOnPostgres);
    }

    private static IRefreshLeases LeasesOf(TestHost host) => host.Services.GetRequiredService<IRefreshLeases>();

    private static async Task WhenAbandonedAsync(IRefreshLeases leases, ConnectionId id)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (await leases.FindStandingAsync(id, limit.Token) != LeaseStanding.Abandoned)
            await Task.Yield();
    }

    private static async Task<ConnectionId> AddConnectionAsync(TestHost host)
    {
        var definition = Some.Definition();
        await host.Connections.TryAddAsync(definition, default);
        var connection = Some.Connection(definition);
        await host.Connections.AddAsync(connection, default);
        return connection.Id;
    }
}
