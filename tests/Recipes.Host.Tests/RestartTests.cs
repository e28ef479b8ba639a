using System.Diagnostics;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Recipes.Connections;
using Recipes.Engine;
using Recipes.Storage;

namespace Recipes.Host.Tests;

/// <summary>What a host leaves is there when it starts again, and it does not start where its keys are gone.</summary>
public sealed class RestartTests
{
    [CrmFact]
    public async Task Everything_is_there_after_a_restart_and_nothing_starts_without_the_keys()
    {
        await using var place = await Workplace.StartAsync(withCrm: true);

        await RestartAsync(place);
        Directory.Move(Path.Combine(place.DataFolder, "keys"), Path.Combine(place.DataFolder, "elsewhere"));

        (await RefusalAsync(place)).ShouldContain("Restore that folder from the backup");
        Directory.EnumerateFileSystemEntries(Path.Combine(place.DataFolder, "keys")).ShouldBeEmpty();
    }

    [PostgresCrmFact]
    public async Task Everything_is_there_after_a_restart_on_postgresql_and_nothing_starts_without_the_keys()
    {
        await using var place = await Workplace.StartAsync(withCrm: true, postgres: await PostgresServer.SharedAsync());

        await RestartAsync(place);
        Directory.EnumerateFileSystemEntries(place.DataFolder).Select(Path.GetFileName).ShouldBe(["operator-token"]);
        await place.Database.ExecuteAsync("DELETE FROM key_ring");

        (await RefusalAsync(place)).ShouldContain("Restore that table from the backup");
        (await place.Database.QueryAsync("SELECT name FROM key_ring")).ShouldBeEmpty();
    }

    /// <summary>Sets everything up, stops and starts the host, looks whether all is there, and stops it again.</summary>
    private static async Task RestartAsync(Workplace place)
    {
        await SalesTeam.SetUpAsync(place);
        var connection = await SalesTeam.ConnectAsync(place, "rep-one", "/connect/crm");
        var rep = place.As("rep-one");
        var run = (await rep.CallAsync("create-opportunity", SalesTeam.Deal("Before"))).Is(HttpStatusCode.OK)["runId"];
        using var person = await place.PersonAsync("rep-one");
        var before = new[] { await rep.GetAsync("/api/connections"), await rep.GetAsync("/api/connection-definitions"), await rep.GetAsync($"/api/runs/{run}") };

        await place.StopHostAsync();
        await place.StartHostAsync();

        var after = new[] { await rep.GetAsync("/api/connections"), await rep.GetAsync("/api/connection-definitions"), await rep.GetAsync($"/api/runs/{run}") };
        after.Select(a => a.Is(HttpStatusCode.OK).Text).ShouldBe(before.Select(b => b.Is(HttpStatusCode.OK).Text));
        (await person.OpenAsync($"/connections/{connection}")).QuerySelector(".who-name")!.TextContent.ShouldBe("rep-one");
        var call = (await rep.CallAsync("create-opportunity", SalesTeam.Deal("After"))).Is(HttpStatusCode.OK);
        ((string?)call["output"]!["createdBy"]).ShouldBe("rep-one");
        (await person.SendFormAsync("/recipes/create-opportunity", new() { ["input.account"] = "Acme", ["input.amount"] = "5", ["input.name"] = "From the form" })).StatusCode.ShouldBe(HttpStatusCode.SeeOther);

        await place.StopHostAsync();
    }

    private static async Task<string> RefusalAsync(Workplace place)
    {
        var (code, output) = await StartProgramAsync(place.Arguments);
        code.ShouldBe(1, output);
        output.ShouldContain("Recipes cannot start:");
        output.ShouldContain("no key at hand opens any of them");
        output.ShouldNotContain("   at ");
        return output;
    }

    [Fact]
    public async Task A_second_host_on_the_same_data_is_refused()
    {
        await using var place = await Workplace.StartAsync();

        var refusal = await Should.ThrowAsync<StorageStartException>(() => RecipesHost.StartAsync(["--urls", "http://127.0.0.1:0", "--DataFolder", place.DataFolder, "--RecipesFolder", place.RecipesFolder]));

        refusal.Message.ShouldContain("Another host uses this data folder");
        (await place.Operator.GetAsync("/api/me")).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_run_that_waits_goes_on_after_a_restart()
    {
        await using var place = await Workplace.StartAsync();
        place.SaveRecipe("later", RecipeFiles.Sequence("later", $$"""
            { "id": "wait", "type": "Elsa.Delay", "version": 1, "timeSpan": {{RecipeFiles.Literal("00:00:02")}} },
            { "id": "say", "type": "Elsa.WriteLine", "version": 1, "text": {{RecipeFiles.Literal("there again")}} }
            """));
        var id = (string?)(await place.Operator.PostAsync("/api/recipes/later/call", new { wait = false })).Is(HttpStatusCode.Accepted)["runId"];
        await Waiting.UntilAsync(async () => (string?)(await place.Operator.GetAsync($"/api/runs/{id}"))["status"] == "waiting");

        await place.StopHostAsync();
        await place.StartHostAsync();

        await Waiting.UntilAsync(async () => (string?)(await place.Operator.GetAsync($"/api/runs/{id}"))["status"] == "completed");
        var run = (await place.Operator.GetAsync($"/api/runs/{id}")).Is(HttpStatusCode.OK);
        run["journal"]!.AsArray().Select(e => (string?)e!["outcome"]).ShouldBe(["Done", "Done", "Done"]);
        ((string?)run["journal"]![2]!["note"]).ShouldBe("there again");
    }

    /// <summary>Starts the program itself, which is expected to end.</summary>
    private static async Task<(int Code, string Output)> StartProgramAsync(IEnumerable<string> arguments)
    {
        var info = new ProcessStartInfo("dotnet", [typeof(RecipesHost).Assembly.Location, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        using var process = Process.Start(info)!;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(limit.Token), process.StandardError.ReadToEndAsync(limit.Token));
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }

        return (process.ExitCode, await output + await errors);
    }
}
