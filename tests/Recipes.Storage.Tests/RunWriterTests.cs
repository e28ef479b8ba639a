using Recipes.Connections;
using Recipes.Engine;

namespace Recipes.Storage.Tests;

public abstract class RunWriterTests : StoreTests
{
    [StoreFact]
    public async Task A_run_comes_back_as_it_was_stored()
    {
        foreach (var synchronous in Enum.GetValues<RunSynchronous>())
        {
            await using var host = await StartAsync(o => o.RunSynchronous = synchronous);
            var run = Some.Run(runtimeUser: Some.Bob);

            await host.Runs.SaveAsync(run, default);

            var found = (await host.Runs.FindAsync(run.Tenant, run.Id, default)).ShouldNotBeNull();
            found.Input.ToArray().ShouldBe(run.Input.ToArray());
            found.Output.ToArray().ShouldBe(run.Output.ToArray());
            found.Journal.ShouldBe(run.Journal);
            found.Connections.ShouldBe(run.Connections);
            (found with { Input = run.Input, Output = run.Output, Journal = run.Journal, Connections = run.Connections }).ShouldBe(run);
        }
    }

    [StoreFact]
    public async Task A_run_that_has_only_begun_is_stored_and_replaced_when_it_has_ended()
    {
        await using var host = await StartAsync();
        var ended = Some.Run(status: RunStatus.Completed);
        var begun = ended with { Status = RunStatus.Running, Output = default, Failure = null, EndedAt = null, Journal = [], Connections = [] };

        await host.Runs.SaveAsync(begun, default);
        var first = await host.Runs.FindAsync(begun.Tenant, begun.Id, default);
        await host.Runs.SaveAsync(ended, default);
        var second = await host.Runs.FindAsync(begun.Tenant, begun.Id, default);

        first!.Output.IsEmpty.ShouldBeTrue();
        (first.Status, first.Failure, first.EndedAt, first.Journal.Count, first.Connections.Count).ShouldBe((RunStatus.Running, null, null, 0, 0));
        (second!.Status, second.Failure, second.EndedAt, second.Journal.Count, second.Connections.Count).ShouldBe((RunStatus.Completed, ended.Failure, ended.EndedAt, 5, 1));
        (await host.Runs.ListAsync(begun.Tenant, new(), default)).Count.ShouldBe(1);
    }

    [StoreFact]
    public async Task Five_megabytes_of_input_are_stored_to_the_byte()
    {
        await using var host = await StartAsync();
        var input = new byte[5_000_000];
        new Random(1).NextBytes(input);
        var note = new string('ü', 300_000);
        var run = Some.Run() with { Input = input };
        run = run with { Journal = [run.Journal[0] with { Note = note }] };

        await host.Runs.SaveAsync(run, default);
        await host.Runs.SaveAsync(Some.Run(), default);

        var found = await host.Runs.FindAsync(run.Tenant, run.Id, default);
        found!.Input.Span.SequenceEqual(input).ShouldBeTrue();
        found.Journal.Single().Note.ShouldBe(note);
    }

    [StoreFact]
    public async Task Runs_saved_in_parallel_are_all_stored_when_their_callers_go_on()
    {
        await using var host = await StartAsync();
        await using var reader = Build();

        await Task.WhenAll(Enumerable.Range(0, 64).Select(i => Task.Run(async () =>
        {
            for (var n = 0; n < 10; n++)
            {
                var run = Some.Run(at: Some.At.AddSeconds((i * 10) + n)) with { RecipeVersion = $"{i}.{n}" };
                await host.Runs.SaveAsync(run, default);
                (await reader.Runs.FindAsync(run.Tenant, run.Id, default))!.RecipeVersion.ShouldBe(run.RecipeVersion);
            }
        })));

        var all = await host.Runs.ListAsync(TenantId.Default, new(Most: 1000), default);
        all.Select(r => r.RecipeVersion).Distinct().Count().ShouldBe(640);
    }

    [StoreFact]
    public async Task A_run_that_cannot_be_stored_fails_alone_and_says_why()
    {
        await using var host = await StartAsync();
        var taken = Some.Run(Some.OtherTenant);
        await host.Runs.SaveAsync(taken, default);

        // Nothing is awaited before all are queued, so bad and good share groups.
        var good = Enumerable.Range(0, 50).Select(i => Some.Run(at: Some.At.AddSeconds(i))).ToList();
        var foreign = taken with { Tenant = TenantId.Default, Recipe = "stolen" };
        var nameless = Some.Run() with { Recipe = null! };
        var saves = good.Take(25).Append(foreign).Append(nameless).Concat(good.Skip(25)).Select(r => host.Runs.SaveAsync(r, default).AsTask()).ToList();
        await Task.WhenAll(saves).ContinueWith(_ => { }, TaskScheduler.Default);

        saves.Count(s => s.IsCompletedSuccessfully).ShouldBe(50);
        saves[25].Exception!.InnerException.ShouldBeOfType<InvalidOperationException>().Message.ShouldContain("another tenant");
        saves[26].Exception!.InnerException!.Message.ShouldContain("recipe");
        (await host.Runs.ListAsync(TenantId.Default, new(Most: 100), default)).Select(r => r.Id).ShouldBe(good.Select(r => r.Id).Reverse());
        (await host.Runs.FindAsync(Some.OtherTenant, taken.Id, default))!.Recipe.ShouldBe(taken.Recipe);
    }

    [StoreFact]
    public async Task Without_its_table_every_save_fails_and_the_writer_lives_on()
    {
        await using var host = await StartAsync();
        await QueryAsync("ALTER TABLE runs RENAME TO runs_away");
        await Should.ThrowAsync<Exception>(() => host.Runs.SaveAsync(Some.Run(), default).AsTask());

        await QueryAsync("ALTER TABLE runs_away RENAME TO runs");
        var run = Some.Run();
        await host.Runs.SaveAsync(run, default);

        (await host.Runs.FindAsync(run.Tenant, run.Id, default)).ShouldNotBeNull();
    }

    [StoreFact]
    public async Task What_is_queued_is_stored_before_the_host_is_gone_and_nothing_after()
    {
        var runs = Enumerable.Range(0, 300).Select(i => Some.Run(at: Some.At.AddSeconds(i))).ToList();
        IRunStore store;
        List<Task> saves;
        await using (var host = await StartAsync())
        {
            store = host.Runs;
            saves = [.. runs.Select(r => store.SaveAsync(r, default).AsTask())];
        }

        await Task.WhenAll(saves);
        await using var after = await StartAsync();
        (await after.Runs.ListAsync(TenantId.Default, new(Most: 1000), default)).Count.ShouldBe(300);
        await Should.ThrowAsync<ObjectDisposedException>(() => store.SaveAsync(Some.Run(), default).AsTask());
    }

    [StoreFact]
    public async Task A_host_that_is_disposed_of_without_await_stores_what_is_queued_too()
    {
        var run = Some.Run();
        Task save;
        await using (var host = await StartAsync())
        {
            save = host.Runs.SaveAsync(run, default).AsTask();
            ((IDisposable)host.Services).Dispose();
        }

        await save;
        await using var after = await StartAsync();
        (await after.Runs.FindAsync(run.Tenant, run.Id, default)).ShouldNotBeNull();
    }

    [StoreFact]
    public async Task A_cancelled_caller_stores_nothing()
    {
        await using var host = await StartAsync();
        var run = Some.Run();

        await Should.ThrowAsync<OperationCanceledException>(() => host.Runs.SaveAsync(run, new CancellationToken(canceled: true)).AsTask());

        (await host.Runs.FindAsync(run.Tenant, run.Id, default)).ShouldBeNull();
    }

    [StoreFact]
    public async Task Runs_are_listed_newest_first_narrowed_and_page_by_page_without_journals()
    {
        await using var host = await StartAsync();
        var oldest = Some.Run(caller: Some.Alice);
        var forBob = Some.Run(caller: Some.Alice, runtimeUser: Some.Bob, at: Some.At.AddHours(1));
        var bobs = Some.Run(recipe: "other", caller: Some.Bob, at: Some.At.AddHours(2));
        var newest = Some.Run(status: RunStatus.Completed, at: Some.At.AddHours(3));
        var foreign = Some.Run(Some.OtherTenant);
        foreach (var run in new[] { newest, oldest, bobs, foreign, forBob })
            await host.Runs.SaveAsync(run, default);

        async Task<IEnumerable<RunId>> List(RunFilter filter) => (await host.Runs.ListAsync(TenantId.Default, filter, default)).Select(r => r.Id);

        (await List(new())).ShouldBe([newest.Id, bobs.Id, forBob.Id, oldest.Id]);
        (await List(new(Most: 2))).ShouldBe([newest.Id, bobs.Id]);
        (await List(new(Before: bobs.Id, Most: 2))).ShouldBe([forBob.Id, oldest.Id]);
        (await List(new(Recipe: "other"))).ShouldBe([bobs.Id]);
        (await List(new(Status: RunStatus.Completed))).ShouldBe([newest.Id]);
        (await List(new(Caller: Some.Bob))).ShouldBe([bobs.Id, forBob.Id]);
        (await host.Runs.ListAsync(TenantId.Default, new(), default)).ShouldAllBe(r => r.Journal.Count == 0 && r.Connections.Count == 1);
        (await host.Runs.FindAsync(TenantId.Default, foreign.Id, default)).ShouldBeNull();
    }
}
