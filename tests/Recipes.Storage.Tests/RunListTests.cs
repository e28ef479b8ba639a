using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Recipes.Connections;
using Recipes.Engine;

namespace Recipes.Storage.Tests;

public abstract class RunListTests : StoreTests
{
    private static readonly TenantId s_tenant = TenantId.Default;

    [StoreFact]
    public async Task A_page_holds_what_was_asked_for_in_order_and_says_how_many_there_are()
    {
        await using var host = await StartAsync();
        // The first minute ended last; the third has not ended.
        var runs = new[]
        {
            Run(0, "orders", RunStatus.Completed, Some.Alice, null, ended: 9), Run(1, "Orders-old", RunStatus.Faulted, Some.Alice, Some.Bob, ended: 5), Run(2, "mail", RunStatus.Waiting, Some.Bob, null, ended: null),
            Run(3, "mail", RunStatus.Completed, Some.Bob, null, ended: 4) with { RecipeVersion = "other" }, Run(4, "mail", RunStatus.Completed, UserId.Parse("carol"), null, ended: 6),
        };
        foreach (var run in runs)
            await host.Runs.SaveAsync(run, default);
        await host.Runs.SaveAsync(Run(5, "mail", RunStatus.Completed, Some.Alice, null, ended: 6) with { Tenant = Some.OtherTenant }, default);

        (await AskAsync(new())).ShouldBe("43210 of 5");
        (await AskAsync(new() { Skip = 1, Most = 2 })).ShouldBe("32 of 5");
        (await AskAsync(new() { Skip = 5 })).ShouldBe(" of 5");
        (await AskAsync(new() { IsAscending = true, Most = 2 })).ShouldBe("01 of 5");
        (await AskAsync(new() { Recipes = ["mail", "orders"], Statuses = [RunStatus.Completed, RunStatus.Waiting] })).ShouldBe("4320 of 4");
        (await AskAsync(new() { Recipes = ["mail"], RecipeVersion = "other" })).ShouldBe("3 of 1");
        (await AskAsync(new() { User = Some.Bob })).ShouldBe("321 of 3");
        (await AskAsync(new() { Text = "ORDER" })).ShouldBe("10 of 2");
        (await AskAsync(new() { Text = "carol", TextRecipes = ["orders"] })).ShouldBe("40 of 2");
        (await AskAsync(new() { Text = "bob" })).ShouldBe("321 of 3");
        (await AskAsync(new() { Text = runs[2].Id.ToString() })).ShouldBe("2 of 1");
        (await AskAsync(new() { Text = "%" })).ShouldBe(" of 0");
        (await AskAsync(new() { Order = RunOrder.Ended })).ShouldBe("04132 of 5");
        (await AskAsync(new() { Order = RunOrder.Ended, IsAscending = true })).ShouldBe("31402 of 5");
        (await AskAsync(new() { Order = RunOrder.LastActive })).ShouldBe("20413 of 5");
        (await AskAsync(new() { Order = RunOrder.LastActive, IsAscending = true })).ShouldBe("31402 of 5");
        (await AskAsync(new() { Order = RunOrder.Recipe, IsAscending = true })).ShouldBe("14320 of 5");
        (await AskAsync(new() { Order = RunOrder.Recipe })).ShouldBe("04321 of 5");
        (await AskAsync(new() { Times = [new(RunTime.Started, At(1), At(3))] })).ShouldBe("21 of 2");
        (await AskAsync(new() { Times = [new(RunTime.Started, At(1), At(3), IsOutside: true)] })).ShouldBe("430 of 3");
        (await AskAsync(new() { Times = [new(RunTime.Ended, At(5), null), new(RunTime.Started, null, At(4))] })).ShouldBe("10 of 2");
        (await AskAsync(new() { Times = [new(RunTime.Ended, At(5), At(7), IsOutside: true)] })).ShouldBe("30 of 2");
        (await AskAsync(new() { Times = [new(RunTime.LastActive, At(7), null)] })).ShouldBe("20 of 2");
        (await AskAsync(new() { Times = [new(RunTime.LastActive, At(7), null, IsOutside: true)] })).ShouldBe("431 of 3");

        async Task<string> AskAsync(RunQuery query)
        {
            var page = await host.Runs.PageAsync(s_tenant, query, default);
            return $"{string.Concat(page.Runs.Select(r => Array.FindIndex(runs, o => o.Id == r.Id).ToString(CultureInfo.InvariantCulture)))} of {page.Total}";
        }
    }

    [StoreFact]
    public async Task A_run_is_removed_once_it_has_ended_and_nobody_is_at_it_again()
    {
        await using var host = await StartAsync();
        var queue = host.Services.GetRequiredService<IRunQueue>();
        var run = Some.Run() with { Status = RunStatus.Queued, EndedAt = null, Output = default, Failure = null, Journal = [] };
        await host.Runs.StartAsync(new() { Run = run, OnceKey = "k" }, default);

        var waiting = await queue.RemoveAsync(run.Tenant, run.Id, default);
        var claimed = (await queue.ClaimAsync(run.Id, default)).ShouldNotBeNull();
        var seen = (await host.Runs.FindAsync(run.Tenant, run.Id, default))!.SeenAt;
        var running = await queue.RemoveAsync(run.Tenant, run.Id, default);
        await host.Runs.EndAsync(claimed.Run with { Status = RunStatus.Faulted, EndedAt = run.StartedAt, Failure = new("No.") }, claimed.Claim, new byte[] { 1, 2 }, default);
        var state = await host.Runs.FindStateAsync(run.Tenant, run.Id, default);
        var elsewhere = await queue.RemoveAsync(Some.OtherTenant, run.Id, default);
        var again = (await queue.ReopenAsync(run.Tenant, run.Id, default)).ShouldNotBeNull();
        var reopened = await queue.RemoveAsync(run.Tenant, run.Id, default);
        await host.Runs.EndAsync(again.Run with { Status = RunStatus.Faulted, EndedAt = run.StartedAt, Failure = new("No.") }, again.Claim, new byte[] { 1 }, default);
        var ended = await queue.RemoveAsync(run.Tenant, run.Id, default);

        (waiting, running, elsewhere, reopened, ended).ShouldBe((false, false, false, false, true));
        seen.ShouldNotBeNull().ShouldBe(TimeProvider.System.GetUtcNow(), TimeSpan.FromSeconds(20));
        state.ToArray().ShouldBe([1, 2]);
        (await host.Runs.FindStateAsync(run.Tenant, run.Id, default)).IsEmpty.ShouldBeTrue();
        (await QueryAsync("SELECT (SELECT COUNT(*) FROM runs) + (SELECT COUNT(*) FROM run_keys) + (SELECT COUNT(*) FROM run_states)")).ShouldBe(["0"]);
    }

    private static DateTimeOffset At(int minute) => Some.At.AddMinutes(minute);

    private static Run Run(int minute, string recipe, RunStatus status, UserId caller, UserId? runtimeUser, int? ended) =>
        Some.Run(recipe: recipe, caller: caller, runtimeUser: runtimeUser, at: At(minute), status: status) with { EndedAt = ended is { } at ? At(at) : null };
}
