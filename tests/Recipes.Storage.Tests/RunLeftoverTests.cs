using Microsoft.Extensions.DependencyInjection;
using Recipes.Connections;
using Recipes.Engine;

namespace Recipes.Storage.Tests;

public abstract class RunLeftoverTests : StoreTests
{
    private static readonly RunFailure s_failure = new("The node ended.");

    [StoreFact]
    public async Task Runs_of_a_node_that_is_gone_are_ended_once_and_those_of_this_one_go_on()
    {
        var (left, ended, mine) = (Running(), Some.Run(status: RunStatus.Completed), Running());
        await using (var gone = await StartAsync())
        {
            await gone.Runs.SaveAsync(left, default);
            await gone.Runs.SaveAsync(ended, default);
        }

        await using var host = await StartAsync();
        await host.Runs.SaveAsync(mine, default);

        (await host.Runs.EndLeftoversAsync(s_failure, Some.At.AddDays(1), default)).ShouldBe(1);
        (await host.Runs.EndLeftoversAsync(s_failure, Some.At.AddDays(2), default)).ShouldBe(0);
        var found = (await host.Runs.FindAsync(left.Tenant, left.Id, default))!;
        (found.Status, found.EndedAt, found.Failure).ShouldBe((RunStatus.Faulted, Some.At.AddDays(1), s_failure));
        (await host.Runs.FindAsync(mine.Tenant, mine.Id, default))!.Status.ShouldBe(RunStatus.Running);
        (await host.Runs.FindAsync(ended.Tenant, ended.Id, default))!.Status.ShouldBe(RunStatus.Completed);
    }

    [StoreFact]
    public async Task Runs_from_before_nodes_were_told_apart_are_ended()
    {
        await using var host = await StartAsync();
        await host.Runs.SaveAsync(Running(), default);
        await QueryAsync("UPDATE runs SET node = NULL");

        (await host.Runs.EndLeftoversAsync(s_failure, Some.At, default)).ShouldBe(1);
    }

    private protected static Run Running() => Some.Run() with { Status = RunStatus.Running, Output = default, Failure = null, EndedAt = null, Journal = [] };
}

public sealed class RunLeftoverTestsOnSqlite : RunLeftoverTests;

public sealed class RunLeftoverTestsOnPostgres : RunLeftoverTests, IOnPostgres
{
    [StoreFact]
    public async Task Runs_of_another_node_go_on_until_it_has_not_shown_itself_for_half_a_minute()
    {
        await using var first = await StartAsync();
        await using var second = await StartAsync();
        await first.Services.GetRequiredService<NodeHeartbeat>().BeatAsync(default);
        var run = Running();
        await first.Runs.SaveAsync(run, default);

        (await second.Runs.EndLeftoversAsync(new("x"), Some.At, default)).ShouldBe(0);
        await QueryAsync("UPDATE nodes SET seen_at = now() - interval '29 seconds'");
        (await second.Runs.EndLeftoversAsync(new("x"), Some.At, default)).ShouldBe(0);
        await QueryAsync("UPDATE nodes SET seen_at = now() - interval '31 seconds'");
        (await second.Runs.EndLeftoversAsync(new("x"), Some.At, default)).ShouldBe(1);

        // It was only slow: what it says of its own run holds.
        await first.Runs.SaveAsync(run with { Status = RunStatus.Completed, EndedAt = Some.At }, default);
        (await second.Runs.FindAsync(run.Tenant, run.Id, default))!.Status.ShouldBe(RunStatus.Completed);
    }

    [StoreFact]
    public async Task A_node_that_could_not_reach_the_database_does_not_judge_others_at_once()
    {
        var clock = new Testing.TestClock(Some.At);
        await using var host = await StartAsync(clock: clock);
        await using var other = await StartAsync();
        await other.Runs.SaveAsync(Running(), default);
        var heartbeat = host.Services.GetRequiredService<NodeHeartbeat>();
        await heartbeat.BeatAsync(default);

        clock.Advance(TimeSpan.FromSeconds(16));
        await heartbeat.BeatAsync(default);

        (await host.Runs.EndLeftoversAsync(new("x"), Some.At, default)).ShouldBe(0);
        clock.Advance(NodeHeartbeat.GoneAfter);
        (await host.Runs.EndLeftoversAsync(new("x"), Some.At, default)).ShouldBe(1);
    }
}
