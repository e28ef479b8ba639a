using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Recipes.Engine;

namespace Recipes.Host.Tests;

/// <summary>Several hosts on one PostgreSQL, each with a data folder of its own, are one installation.</summary>
public sealed class NodesTests
{
    [PostgresCrmFact]
    public async Task What_is_made_on_one_node_works_on_another_and_a_change_is_seen_there_at_once()
    {
        await using var first = await Workplace.StartAsync(withCrm: true, postgres: await PostgresServer.SharedAsync());
        await SalesTeam.SetUpAsync(first);
        var connection = await SalesTeam.ConnectAsync(first, "rep-one", "/connect/crm");
        await using var second = await Workplace.StartAsync(beside: first);

        var called = (await second.As("rep-one").CallAsync("create-opportunity", SalesTeam.Deal("From the second node"))).Is(HttpStatusCode.OK);
        ((string?)called["output"]!["createdBy"]).ShouldBe("rep-one");
        (await first.As("rep-one").GetAsync($"/api/runs/{called["runId"]}")).Is(HttpStatusCode.OK);
        using var person = await first.PersonAsync("rep-one");
        using var page = await person.Http.GetAsync(new Uri(second.Address, $"/connections/{connection}"));
        page.StatusCode.ShouldBe(HttpStatusCode.OK, "a session of one node is one of the other");

        // What the second node remembers never gets old by itself from here on.
        second.Clock.StopTimestamps();
        (await second.As("rep-one").CallAsync("create-opportunity", SalesTeam.Deal("Once more"))).Is(HttpStatusCode.OK);
        (await first.As("rep-one").PostAsync($"/api/connections/{connection}/disconnect")).Status.ShouldBeOneOf(HttpStatusCode.OK, HttpStatusCode.NoContent);

        await Waiting.UntilAsync(async () => (await second.As("rep-one").CallAsync("create-opportunity", SalesTeam.Deal("Too late"))).Status == HttpStatusCode.Conflict, seconds: 20);
        (await second.As("rep-one").GetAsync($"/api/connections/{connection}"))["state"]!.ToString().ShouldBe("disconnected");
    }

    [PostgresFact]
    public async Task When_a_node_is_killed_the_other_goes_on_sweeping_and_with_the_runs_it_left()
    {
        await using var second = await Workplace.StartAsync(configure: b => b.Configuration["Schedules:Every:device-flows"] = "00:00:01", postgres: await PostgresServer.SharedAsync());
        using var folder = new TempFolder();
        await using var program = ServerProcess.Start(Programs.Get("dotnet"),
            [typeof(RecipesHost).Assembly.Location, "--urls", $"http://127.0.0.1:{FreePort.Next()}", "--DataFolder", folder.Path, "--RecipesFolder", second.RecipesFolder, "--Schedules:Every:device-flows", "00:00:01"],
            folder.Path, new Dictionary<string, string?> { ["Storage__Postgres"] = second.Database.ConnectionString });
        await program.LineAsync(new("Recipes listens on", System.Text.RegularExpressions.RegexOptions.NonBacktracking));
        var own = await second.Database.QueryAsync("SELECT id FROM nodes ORDER BY started_at");
        own.Count.ShouldBe(2);
        second.SaveRecipe("hello", RecipeFiles.Sequence("hello", $$"""{ "id": "say", "type": "Elsa.WriteLine", "version": 1, "text": {{RecipeFiles.Literal("hello")}} }"""));
        var left = new Run
        {
            Id = new(Guid.CreateVersion7()),
            Tenant = TenantId.Default,
            Recipe = "hello",
            RecipeVersion = second.Services.GetRequiredService<RecipeCatalogue>().Find("hello")!.Version,
            Status = RunStatus.Running,
            Caller = UserId.Parse("operator"),
            Input = "{}"u8.ToArray(),
            StartedAt = TimeProvider.System.GetUtcNow(),
        };
        await second.Services.GetRequiredService<IRunStore>().StartAsync(new() { Run = left, Claim = Guid.NewGuid() }, CancellationToken.None);
        await second.Database.ExecuteAsync($"UPDATE run_states SET node = '{own[1]}'");
        (await second.Services.GetRequiredService<IRunQueue>().ClaimAsync(10, _ => 10, [], default)).ShouldBeEmpty("its node lives");

        await program.KillAsync();
        var killed = TimeProvider.System.GetUtcNow();
        await second.Database.ExecuteAsync("UPDATE run_states SET lease_until = lease_until - interval '31 seconds'");

        await Waiting.UntilAsync(() => second.Services.GetRequiredService<Sweeps>().LastRunOf("device-flows") is { } run && run.StartedAt > killed, seconds: 60);
        await Waiting.UntilAsync(async () => (string?)(await second.Operator.GetAsync($"/api/runs/{left.Id}"))["status"] == "completed", seconds: 20);
    }

    [PostgresFact]
    public async Task Every_sweep_comes_on_some_node_and_the_schedule_outlives_a_restart()
    {
        var postgres = await PostgresServer.SharedAsync();
        var sweep = new TestSweep((_, _) => Task.CompletedTask);
        await using var first = await Workplace.StartAsync(configure: b => b.Services.AddSingleton(sweep).AddSweep<TestSweep>(), postgres: postgres);
        await using var second = await Workplace.StartAsync(configure: b => b.Services.AddSingleton(sweep).AddSweep<TestSweep>(), beside: first);

        await Waiting.UntilAsync(() => sweep.Runs >= 3);
        var scheduled = await first.Database.QueryAsync("SELECT trigger_name || ' ' || repeat_interval FROM qrtz_simple_triggers ORDER BY 1");
        await first.StopHostAsync();
        var (before, known) = (sweep.Runs, await second.Database.QueryAsync("SELECT start_time FROM qrtz_triggers ORDER BY trigger_name"));
        await Waiting.UntilAsync(() => sweep.Runs > before);
        await first.StartHostAsync();
        await Waiting.UntilAsync(async () => (bool?)(await first.Operator.GetAsync("/health"))["schedules"]?["running"] == true);

        scheduled.ShouldContain("test-sweep 1000");
        scheduled.ShouldContain("run-purge 3600000");
        (await second.Database.QueryAsync("SELECT start_time FROM qrtz_triggers ORDER BY trigger_name")).ShouldBe(known);
    }
}
