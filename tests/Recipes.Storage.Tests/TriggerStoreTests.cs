using Microsoft.Extensions.DependencyInjection;
using Recipes.Connections;
using Recipes.Engine;

namespace Recipes.Storage.Tests;

public abstract class TriggerStoreTests : StoreTests
{
    private static readonly TimeSpan s_life = TimeSpan.FromMinutes(2);

    [StoreFact]
    public async Task Everything_that_is_known_of_a_trigger_is_kept()
    {
        await using var host = await StartAsync();
        var bare = Some.Trigger("bare") with { LastResult = null, Pause = null, WaitsFor = null, Registration = null, Key = null, Cursor = null, PathHash = null, SealedPath = null, SealedSecret = null };
        var whole = Some.Trigger("whole");
        (await Store(host).TryAddAsync(bare, default)).ShouldBeTrue();
        (await Store(host).TryAddAsync(whole, default)).ShouldBeTrue();

        var found = await Store(host).FindAsync(TenantId.Default, "whole", default);

        found.ShouldBeEquivalentTo(whole);
        (await Store(host).FindByPathAsync(whole.PathHash!, default))!.Id.ShouldBe(whole.Id);
        (await Store(host).FindAsync(TenantId.Default, "bare", default)).ShouldBeEquivalentTo(bare);
        (await Store(host).ListAsync(TenantId.Default, default)).Select(t => t.Recipe).ShouldBe(["bare", "whole"]);
        (await Store(host).ListAsync(Some.OtherTenant, default)).ShouldBeEmpty();
        (await Store(host).TryAddAsync(Some.Trigger("whole"), default)).ShouldBeFalse("a recipe has one in a tenant");
    }

    [StoreFact]
    public async Task What_is_due_is_claimed_in_turn_over_tenants_and_types()
    {
        await using var host = await StartAsync();
        for (var i = 0; i < 5; i++)
            await AddAsync(host, $"many-{i}", nextAt: Some.At.AddHours(-10 + i));
        await AddAsync(host, "other-type", nextAt: Some.At.AddMinutes(-1), type: "Recipes.Schedule");
        await AddAsync(host, "other-tenant", nextAt: Some.At.AddMinutes(-2), tenant: Some.OtherTenant);
        await AddAsync(host, "later", nextAt: Some.At.AddSeconds(1));
        await AddAsync(host, "never", nextAt: null);

        var first = await ClaimAsync(host, most: 3);
        var second = await ClaimAsync(host, most: 10, without: ["Crm.NewThings"]);
        var third = await ClaimAsync(host, most: 10);

        first.ShouldBe(["many-0", "other-tenant", "other-type"], ignoreOrder: true);
        second.ShouldBeEmpty("one type is left out, and of the others nothing is due");
        third.ShouldBe(["many-1", "many-2", "many-3", "many-4"]);
    }

    [StoreFact]
    public async Task Only_whoever_holds_the_claim_writes_and_a_claim_that_is_over_can_be_taken()
    {
        await using var host = await StartAsync();
        var trigger = await AddAsync(host, "it", nextAt: Some.At);
        var (first, second) = (Guid.NewGuid(), Guid.NewGuid());
        var claimed = (await Store(host).ClaimAsync(first, Some.At, TimeSpan.Zero, 1, [], default)).ShouldHaveSingleItem();

        var taken = (await Store(host).TryClaimAsync(trigger.Id, second, s_life, default)).ShouldNotBeNull("the first claim was over at once");
        (await Store(host).TryWriteAsync(claimed with { Cursor = "1" }, first, s_life, default)).ShouldBeNull();
        (await Store(host).TryRenewAsync(trigger.Id, first, s_life, default)).ShouldBeFalse();
        (await Store(host).TryClaimAsync(trigger.Id, first, s_life, default)).ShouldBeNull("the second holds it");
        var written = (await Store(host).TryWriteAsync(taken with { Cursor = "2" }, second, s_life, default)).ShouldNotBeNull();
        (await Store(host).TryWriteAsync(written with { Cursor = "3", NextAt = Some.At.AddHours(1) }, second, null, default)).ShouldNotBeNull();

        (await Store(host).TryWriteAsync(written with { Cursor = "4" }, second, null, default)).ShouldBeNull("it was given back");
        var stored = (await Store(host).FindAsync(TenantId.Default, "it", default))!;
        (stored.Cursor, stored.NextAt, stored.Version).ShouldBe(("3", Some.At.AddHours(1), trigger.Version + 2));
    }

    [StoreFact]
    public async Task A_persons_change_ends_the_claim_and_is_not_made_on_what_is_out_of_date()
    {
        await using var host = await StartAsync();
        var before = await AddAsync(host, "it", nextAt: Some.At);
        var owner = Guid.NewGuid();
        var claimed = (await Store(host).TryClaimAsync(before.Id, owner, s_life, default))!;
        var moved = (await Store(host).TryWriteAsync(claimed with { Cursor = "moved" }, owner, s_life, default))!;

        (await Store(host).TryChangeAsync(before with { IsOn = false }, default)).ShouldBeFalse("it would put the cursor back");
        (await Store(host).TryRenewAsync(before.Id, owner, s_life, default)).ShouldBeTrue("nothing was changed");
        (await Store(host).TryChangeAsync(moved with { IsOn = false }, default)).ShouldBeTrue();

        (await Store(host).TryWriteAsync(moved with { Cursor = "late" }, owner, s_life, default)).ShouldBeNull();
        var stored = (await Store(host).FindAsync(TenantId.Default, "it", default))!;
        (stored.IsOn, stored.Cursor).ShouldBe((false, "moved"));
        (await Store(host).TryRemoveAsync(moved, default)).ShouldBeFalse();
        (await Store(host).TryRemoveAsync(stored, default)).ShouldBeFalse("it is registered at an app");
        (await Store(host).TryChangeAsync(stored with { Registration = null }, default)).ShouldBeTrue();
        (await Store(host).TryRemoveAsync((await Store(host).FindAsync(TenantId.Default, "it", default))!, default)).ShouldBeTrue();
    }

    [StoreFact]
    public async Task Those_that_wait_for_a_connection_are_due_once_it_works()
    {
        await using var host = await StartAsync();
        var (broken, healed) = (await Some.StoredAsync(host, "broken"), await Some.StoredAsync(host, "healed"));
        broken.Refused(Some.Failure with { Kind = FailureKind.ModifiedCredentials });
        (await host.Connections.TryUpdateAsync(broken, default)).ShouldBeTrue();
        await AddAsync(host, "waits", nextAt: Some.At.AddHours(1), change: t => t with { WaitsFor = broken.Id });
        await AddAsync(host, "wakes", nextAt: Some.At.AddHours(1), change: t => t with { WaitsFor = healed.Id });
        await AddAsync(host, "off", nextAt: Some.At.AddHours(1), change: t => t with { WaitsFor = healed.Id, IsOn = false });

        (await Store(host).WakeAsync(Some.At, default)).ShouldBe(1);
        (await Store(host).WakeAsync(Some.At, default)).ShouldBe(0);

        (await ClaimAsync(host, most: 10)).ShouldBe(["wakes"]);
    }

    [StoreFact]
    public async Task A_changed_recipe_wakes_what_hangs_on_its_words_and_no_poll()
    {
        await using var host = await StartAsync();
        TriggerState Plain(TriggerState t) => t with { Pause = null, Registration = null };
        await AddAsync(host, "schedule", nextAt: Some.At.AddHours(1), type: "Recipes.Schedule", change: Plain);
        await AddAsync(host, "poll", nextAt: Some.At.AddHours(1), change: Plain);
        await AddAsync(host, "paused", nextAt: Some.At.AddHours(1), change: t => t with { Registration = null });
        await AddAsync(host, "registered", nextAt: null, change: t => t with { Pause = null });
        await AddAsync(host, "unchanged", nextAt: Some.At.AddHours(1), type: "Recipes.Schedule");

        (await Store(host).WakeAsync(["schedule", "poll", "paused", "registered"], Some.At, default)).ShouldBe(3);

        (await ClaimAsync(host, most: 10)).ShouldBe(["paused", "registered", "schedule"], ignoreOrder: true);
    }

    [StoreFact]
    public async Task A_connection_that_is_lost_twice_without_healing_is_news_once()
    {
        await using var host = await StartAsync();
        var connection = await Some.StoredAsync(host);
        async Task StoreAsync() => (await host.Connections.TryUpdateAsync(connection, default)).ShouldBeTrue();
        connection.Failed(Some.Failure with { Kind = FailureKind.Misconfigured });
        await StoreAsync();
        connection.GrantLost(Some.Failure with { Kind = FailureKind.ModifiedCredentials });
        await StoreAsync();
        connection.Authorized([1], null, null, Some.At.AddMinutes(1));
        await StoreAsync();

        var news = await Store(host).ListNewsAsync(TenantId.Default, 0, 10, default);

        (await host.Outbox.ListNewAsync(TimeProvider.System.GetUtcNow(), 10, default)).Count.ShouldBe(3, "somebody has to be told of the second cause");
        news.Select(n => n.Alert.Kind).ShouldBe([AlertKind.Lost, AlertKind.Recovered]);
        (await Store(host).ListNewsAsync(TenantId.Default, news[0].Number, 10, default)).ShouldHaveSingleItem().Alert.Id.ShouldBe(news[1].Alert.Id);
        (await Store(host).ListNewsAsync(Some.OtherTenant, 0, 10, default)).ShouldBeEmpty();
    }

    [StoreFact]
    public async Task Twenty_nodes_that_claim_at_once_never_get_the_same()
    {
        await using var first = await StartAsync();
        await using var second = await StartAsync();
        for (var i = 0; i < 60; i++)
            await AddAsync(first, $"it-{i}", nextAt: Some.At.AddSeconds(-i), type: $"Crm.Type{i % 3}");

        var claims = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(async () =>
        {
            var mine = new List<string>();
            // A round in which others were quicker brings nothing, and there may be more all the same.
            for (var empty = 0; empty < 3;)
            {
                var some = await ClaimAsync(i % 2 == 0 ? first : second, most: 4);
                empty = some.Count == 0 ? empty + 1 : 0;
                mine.AddRange(some);
            }

            return mine;
        })));

        var claimed = claims.SelectMany(c => c).ToList();
        claimed.Distinct().Count().ShouldBe(claimed.Count);
        (claimed.Count + (await ClaimAsync(first, most: 100)).Count).ShouldBe(60);
    }

    private static ITriggerStore Store(TestHost host) => host.Services.GetRequiredService<ITriggerStore>();

    private static async Task<TriggerState> AddAsync(
        TestHost host, string recipe, DateTimeOffset? nextAt, string type = "Crm.NewThings", TenantId? tenant = null, Func<TriggerState, TriggerState>? change = null)
    {
        var trigger = Some.Trigger(recipe) with { NextAt = nextAt, Type = type, Tenant = tenant ?? TenantId.Default, WaitsFor = null };
        trigger = change?.Invoke(trigger) ?? trigger;
        (await Store(host).TryAddAsync(trigger, default)).ShouldBeTrue();
        return trigger;
    }

    private static async Task<IReadOnlyList<string>> ClaimAsync(TestHost host, int most, IReadOnlyCollection<string>? without = null) =>
        [.. (await Store(host).ClaimAsync(Guid.NewGuid(), Some.At, s_life, most, without ?? [], default)).Select(t => t.Recipe)];
}
