using Microsoft.Extensions.DependencyInjection;
using Recipes.Connections;
using Recipes.Engine;

namespace Recipes.Storage.Tests;

public abstract class RunQueueTests : StoreTests
{
    private static readonly Func<string, int> s_any = _ => 100;

    [StoreFact]
    public async Task A_run_is_taken_in_brought_on_put_aside_and_ended_with_its_journal_whole()
    {
        await using var host = await StartAsync();
        var queue = host.Services.GetRequiredService<IRunQueue>();
        var whole = Some.Run();
        var entries = whole.Journal.Concat(whole.Journal).Concat(whole.Journal).ToArray();
        var run = whole with { Status = RunStatus.Queued, EndedAt = null, Output = default, Failure = null, Journal = [] };
        (await host.Runs.StartAsync(new() { Run = run }, default)).ShouldBeTrue();

        var claimed = (await queue.ClaimAsync(10, s_any, [], default)).ShouldHaveSingleItem();
        var again = await queue.ClaimAsync(10, s_any, [], default);
        var step = new RunStep { Run = run.Id, Claim = claimed.Claim, State = new byte[] { 1, 2, 3 }, Journal = entries[..2], JournalFrom = 0 };
        (await host.Runs.StepAsync(step, default)).ShouldBeTrue();
        var changed = entries[1] with { Outcome = "Changed" };
        (await host.Runs.StepAsync(step with { Journal = [changed, .. entries[2..4]], JournalFrom = 1, Pause = new(RunStatus.Waiting, run.StartedAt, run.StartedAt) }, default)).ShouldBeTrue();
        var waiting = (await host.Runs.FindAsync(run.Tenant, run.Id, default))!;
        var stale = await host.Runs.StepAsync(step, default);
        var second = (await queue.ClaimAsync(10, s_any, [], default)).ShouldHaveSingleItem();
        (await host.Runs.EndAsync(second.Run with { Status = RunStatus.Completed, EndedAt = whole.EndedAt, Output = whole.Output, Journal = entries }, second.Claim, default, default)).ShouldBeTrue();
        var ended = (await host.Runs.FindAsync(run.Tenant, run.Id, default))!;

        (claimed.Run.Status, claimed.State.Length, claimed.Connector).ShouldBe((RunStatus.Running, 0, null));
        again.ShouldBeEmpty();
        (waiting.Status, waiting.Wait!.Until).ShouldBe((RunStatus.Waiting, run.StartedAt));
        waiting.Journal.ShouldBe([entries[0], changed, .. entries[2..4]]);
        stale.ShouldBeFalse();
        second.State.ToArray().ShouldBe([1, 2, 3]);
        second.Run.Journal.ShouldBe(waiting.Journal);
        ended.Journal.ShouldBe(entries);
        (ended.Status, ended.Wait).ShouldBe((RunStatus.Completed, null));
        ended.Output.ToArray().ShouldBe(whole.Output.ToArray());
        (await QueryAsync("SELECT (SELECT COUNT(*) FROM run_states) + (SELECT COUNT(*) FROM run_journal)")).ShouldBe(["0"]);
    }

    [StoreFact]
    public async Task Many_who_claim_at_once_get_each_run_once_and_tenants_take_turns()
    {
        await using var host = await StartAsync();
        var queue = host.Services.GetRequiredService<IRunQueue>();
        var (busy, quiet) = (TenantId.Parse("busy"), TenantId.Parse("quiet"));
        foreach (var i in Enumerable.Range(0, 60))
            await StartAsync(host, i < 55 ? busy : quiet);

        var first = await queue.ClaimAsync(10, s_any, [], default);
        var others = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => queue.ClaimAsync(20, s_any, [], default))));

        first.Count(c => c.Run.Tenant == quiet).ShouldBe(5);
        var all = first.Concat(others.SelectMany(o => o)).ToList();
        all.Select(c => c.Run.Id).Distinct().Count().ShouldBe(all.Count);
        all.Count.ShouldBe(60);
    }

    [StoreFact]
    public async Task Each_look_takes_as_much_as_there_is_room_for_whoever_was_served_last()
    {
        await using var host = await StartAsync();
        var queue = host.Services.GetRequiredService<IRunQueue>();
        foreach (var i in Enumerable.Range(0, 30))
            await StartAsync(host, TenantId.Parse(i < 24 ? "busy" : "quiet"));

        var taken = new List<int>();
        for (var look = 0; look < 4; look++)
            taken.Add((await queue.ClaimAsync(8, s_any, [], default)).Count);

        // What a tenant leaves of its share the next look gives to others.
        taken.ShouldAllBe(n => n > 0);
        taken.Sum().ShouldBeGreaterThan(24);
    }

    [StoreFact]
    public async Task Limits_hold_whoever_claims_and_are_given_back_at_the_end()
    {
        await using var host = await StartAsync();
        var queue = host.Services.GetRequiredService<IRunQueue>();
        var (limited, free) = (TenantId.Default, TenantId.Parse("free"));
        RunLimit[] limits = [new("recipe:slow", 2)];
        for (var i = 0; i < 5; i++)
            await StartAsync(host, limited, limits);
        await StartAsync(host, limited);
        await StartAsync(host, free, limits);

        var claims = (await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => queue.ClaimAsync(10, s_any, [], default))))).SelectMany(c => c).ToList();
        var none = await queue.ClaimAsync(10, s_any, [], default);
        var one = claims.First(c => c.Run.Tenant == limited && c.Run.Recipe == "slow");
        await host.Runs.EndAsync(one.Run with { Status = RunStatus.Completed, EndedAt = one.Run.StartedAt }, one.Claim, default, default);
        var next = await queue.ClaimAsync(10, s_any, [], default);

        claims.Count(c => c.Run.Tenant == limited && c.Run.Recipe == "slow").ShouldBe(2);
        claims.Count.ShouldBe(4);
        none.ShouldBeEmpty();
        next.ShouldHaveSingleItem().Run.Recipe.ShouldBe("slow");
    }

    [StoreFact]
    public async Task A_run_held_for_a_connection_is_left_until_that_can_be_used_in_order_and_not_too_many_at_once()
    {
        await using var host = await StartAsync();
        var queue = host.Services.GetRequiredService<IRunQueue>();
        var connection = await Some.StoredAsync(host);
        await ExecuteAsync(host, "UPDATE connections SET state = 'Suspect'");
        var ids = new List<RunId>();
        for (var i = 0; i < 7; i++)
            ids.Add(await HoldAsync(host, queue, connection.Id));

        var broken = await queue.ClaimAsync(10, s_any, [], default);
        await ExecuteAsync(host, "UPDATE connections SET state = 'Connected'");
        var few = await queue.ClaimAsync(10, _ => 3, [], default);
        var rest = await queue.ClaimAsync(10, s_any, [], default);

        broken.ShouldBeEmpty();
        few.Select(c => c.Run.Id).ShouldBe(ids[..3]);
        rest.Select(c => c.Run.Id).ShouldBe(ids[3..]);
        few.ShouldAllBe(c => c.Connector == "crm" && c.HeldFor > TimeSpan.Zero && c.Run.Status == RunStatus.Running);
    }

    [StoreFact]
    public async Task Held_runs_are_listed_resumed_and_cancelled_and_one_that_failed_is_opened_again()
    {
        await using var host = await StartAsync();
        var queue = host.Services.GetRequiredService<IRunQueue>();
        var (gone, other) = (new ConnectionId(Guid.NewGuid()), new ConnectionId(Guid.NewGuid()));
        // Not there any more: whoever has it deleted wants them to fail.
        var (first, second) = (await HoldAsync(host, queue, gone, dueIn: TimeSpan.FromHours(1)), await HoldAsync(host, queue, other, dueIn: TimeSpan.FromHours(1)));

        var held = await queue.HeldAsync(TenantId.Default, gone, 10, default);
        var foreign = (await queue.ResumeAsync(TenantId.Parse("other"), first, default), await queue.CancelAsync(TenantId.Parse("other"), first, "eve", default));
        (await queue.ResumeAsync(TenantId.Default, first, default)).ShouldBeTrue();
        var claimed = (await queue.ClaimAsync(10, s_any, [], default)).ShouldHaveSingleItem();
        var underWay = await queue.CancelAsync(TenantId.Default, first, "ann", default);
        var isLeft = await host.Runs.StepAsync(new() { Run = first, Claim = claimed.Claim, State = new byte[] { 7 } }, default);
        var canceller = await queue.FindCancellerAsync(first, claimed.Claim, default);
        (await host.Runs.EndAsync(claimed.Run with { Status = RunStatus.Faulted, EndedAt = claimed.Run.StartedAt, Failure = new("No.") }, claimed.Claim, new byte[] { 9 }, default)).ShouldBeTrue();
        var reopened = await queue.ReopenAsync(TenantId.Default, first, default);
        var twice = await queue.ReopenAsync(TenantId.Default, first, default);
        var ended = await queue.CancelAsync(TenantId.Default, second, "ann", default);

        held.ShouldBe([first]);
        foreign.ShouldBe((false, null));
        (underWay, isLeft, canceller).ShouldBe((false, false, "ann"));
        (reopened!.IsReopened, reopened.Run.Status, reopened.Run.Failure!.Message).ShouldBe((true, RunStatus.Faulted, "No."));
        reopened.State.ToArray().ShouldBe([9]);
        twice.ShouldBeNull();
        ended.ShouldBe(true);
        var cancelled = (await host.Runs.FindAsync(TenantId.Default, second, default))!;
        (cancelled.Status, cancelled.Failure!.Message).ShouldBe((RunStatus.Cancelled, "Cancelled by ann."));
    }

    [StoreFact]
    public async Task What_a_node_leaves_is_taken_up_by_another_and_it_stores_nothing_any_more()
    {
        await using var first = await StartAsync();
        var run = await StartAsync(first, TenantId.Default);
        var left = (await first.Services.GetRequiredService<IRunQueue>().ClaimAsync(10, s_any, [], default)).ShouldHaveSingleItem();
        await using var second = await StartAsync();
        var queue = second.Services.GetRequiredService<IRunQueue>();
        if (ConnectionString is not null)
        {
            (await queue.ClaimAsync(10, s_any, [], default)).ShouldBeEmpty();
            await first.Services.GetRequiredService<IRunQueue>().RenewAsync([left.Claim], default);
            await ExecuteAsync(first, "UPDATE run_states SET lease_until = lease_until - interval '1 minute'");
        }

        var taken = (await queue.ClaimAsync(10, s_any, [], default)).ShouldHaveSingleItem();
        var late = await first.Runs.EndAsync(left.Run with { Status = RunStatus.Completed, EndedAt = left.Run.StartedAt }, left.Claim, default, default);

        taken.Run.Id.ShouldBe(run);
        late.ShouldBeFalse();
        (await second.Runs.FindAsync(TenantId.Default, run, default))!.Status.ShouldBe(RunStatus.Running);
    }

    [StoreFact]
    public async Task A_node_does_not_take_from_itself_what_it_is_at_although_it_could_not_renew_its_claim()
    {
        await using var host = await StartAsync();
        var queue = host.Services.GetRequiredService<IRunQueue>();
        await StartAsync(host, TenantId.Default);
        await StartAsync(host, TenantId.Default);
        var claimed = await queue.ClaimAsync(10, s_any, [], default);
        await ExecuteAsync(host, $"UPDATE run_states SET lease_until = lease_until - {(ConnectionString is null ? "600000000" : "interval '1 minute'")}");

        var left = await queue.ClaimAsync(10, s_any, [claimed[0].Claim], default);

        left.ShouldHaveSingleItem().Run.Id.ShouldBe(claimed[1].Run.Id);
        (await host.Runs.StepAsync(new() { Run = claimed[0].Run.Id, Claim = claimed[0].Claim }, default)).ShouldBeTrue();
    }

    [StoreFact]
    public async Task A_run_that_is_opened_again_counts_as_ended_until_its_next_step_is_stored()
    {
        await using var host = await StartAsync();
        var queue = host.Services.GetRequiredService<IRunQueue>();
        var id = await StartAsync(host, TenantId.Default);
        var claimed = (await queue.ClaimAsync(id, default)).ShouldNotBeNull();
        await host.Runs.EndAsync(claimed.Run with { Status = RunStatus.Flagged, EndedAt = claimed.Run.StartedAt, Failure = new("?") { IsDoubtful = true } }, claimed.Claim, new byte[] { 9 }, default);

        var first = (await queue.ReopenAsync(TenantId.Default, id, default)).ShouldNotBeNull();
        var before = (await host.Runs.FindAsync(TenantId.Default, id, default))!;
        await ExecuteAsync(host, ConnectionString is null ? "UPDATE run_states SET lease_until = 0" : "UPDATE run_states SET lease_until = lease_until - interval '1 minute'");
        var taken = await queue.ClaimAsync(10, s_any, [], default);
        var second = (await queue.ReopenAsync(TenantId.Default, id, default)).ShouldNotBeNull();
        var late = await host.Runs.StepAsync(new() { Run = id, Claim = first.Claim, State = new byte[] { 1 }, IsReopened = true }, default);
        var own = await host.Runs.StepAsync(new() { Run = id, Claim = second.Claim, State = new byte[] { 2 }, IsReopened = true }, default);
        var after = (await host.Runs.FindAsync(TenantId.Default, id, default))!;

        (before.Status, after.Status, after.Failure, after.EndedAt).ShouldBe((RunStatus.Flagged, RunStatus.Running, null, null));
        taken.ShouldBeEmpty();
        (late, own).ShouldBe((false, true));
    }

    [StoreFact]
    public async Task A_key_starts_one_run_in_each_tenant()
    {
        await using var host = await StartAsync();
        var other = TenantId.Parse("other");

        var starts = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => host.Runs.StartAsync(new() { Run = Queued(TenantId.Default), OnceKey = "k" }, default).AsTask()));
        var elsewhere = await host.Runs.StartAsync(new() { Run = Queued(other), OnceKey = "k" }, default);

        starts.Count(s => s).ShouldBe(1);
        elsewhere.ShouldBeTrue();
        (await host.Runs.FindOnceAsync(TenantId.Default, "k", default)).ShouldNotBeNull().ShouldNotBe((await host.Runs.FindOnceAsync(other, "k", default))!.Value);
        (await QueryAsync("SELECT COUNT(*) FROM runs")).ShouldBe(["2"]);
    }

    [StoreFact]
    public async Task Runs_that_ended_long_ago_go_with_all_that_was_kept_of_them()
    {
        await using var host = await StartAsync();
        var queue = host.Services.GetRequiredService<IRunQueue>();
        var old = Queued(TenantId.Default);
        await host.Runs.StartAsync(new() { Run = old, OnceKey = "k", Limits = [new("recipe:x", 1)] }, default);
        var open = await StartAsync(host, TenantId.Default);
        var claimed = (await queue.ClaimAsync(new RunId(old.Id.Value), default)).ShouldNotBeNull();
        await host.Runs.EndAsync(claimed.Run with { Status = RunStatus.Faulted, EndedAt = old.StartedAt, Failure = new("No.") }, claimed.Claim, new byte[] { 1 }, default);

        var early = await host.Runs.PurgeAsync(old.StartedAt, 10, default);
        var purged = await host.Runs.PurgeAsync(old.StartedAt + TimeSpan.FromSeconds(1), 10, default);

        (early, purged).ShouldBe((0, 1));
        (await QueryAsync("SELECT (SELECT COUNT(*) FROM run_keys) + (SELECT COUNT(*) FROM run_limits) + (SELECT COUNT(*) FROM run_states)")).ShouldBe(["1"]);
        (await host.Runs.FindAsync(TenantId.Default, open, default)).ShouldNotBeNull();
    }

    private int _begun;

    // Each a millisecond after the one before: that is what their order goes by.
    private Run Queued(TenantId tenant, string recipe = "it") =>
        Some.Run() with { Id = new(Guid.CreateVersion7(Some.At.AddMilliseconds(++_begun))), Tenant = tenant, Recipe = recipe, Status = RunStatus.Queued, EndedAt = null, Output = default, Failure = null, Journal = [] };

    private async Task<RunId> StartAsync(TestHost host, TenantId tenant, params RunLimit[] limits)
    {
        var run = Queued(tenant, limits.Length == 0 ? "it" : "slow");
        await host.Runs.StartAsync(new() { Run = run, Limits = limits }, default);
        return run.Id;
    }

    private async Task<RunId> HoldAsync(TestHost host, IRunQueue queue, ConnectionId connection, TimeSpan dueIn = default)
    {
        var id = await StartAsync(host, TenantId.Default);
        var claimed = (await queue.ClaimAsync(id, default)).ShouldNotBeNull();
        var now = TimeProvider.System.GetUtcNow();
        await host.Runs.StepAsync(new() { Run = id, Claim = claimed.Claim, State = new byte[] { 1 }, Pause = new(RunStatus.Held, now + dueIn, now - TimeSpan.FromMinutes(1), new("Broken."), connection, "crm") }, default);
        return id;
    }

    private static async Task ExecuteAsync(TestHost host, string sql)
    {
        await using var database = await host.Services.GetRequiredService<Microsoft.EntityFrameworkCore.IDbContextFactory<RecipesDatabase>>().CreateDbContextAsync();
        await Microsoft.EntityFrameworkCore.RelationalDatabaseFacadeExtensions.ExecuteSqlRawAsync(database.Database, sql);
    }
}
