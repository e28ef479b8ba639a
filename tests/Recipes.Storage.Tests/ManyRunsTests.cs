using System.Globalization;
using Recipes.Connections;
using Recipes.Engine;
using Recipes.Testing;
using Xunit.Abstractions;

namespace Recipes.Storage.Tests;

/// <summary>Lists of runs where there are very many of them.</summary>
public abstract class ManyRunsTests(ITestOutputHelper output) : StoreTests
{
    private const int Runs = 100_000;

    [LongFact]
    public async Task Any_page_of_a_hundred_thousand_runs_is_there_at_once()
    {
        await using var host = await StartAsync();
        await FillAsync();
        (string Name, RunQuery Query, int Total)[] asked =
        [
            ("newest", new(), Runs), ("last page", new() { Skip = Runs - 50 }, Runs), ("one recipe", new() { Recipes = ["recipe-7"] }, Runs / 10), ("faulted", new() { Statuses = [RunStatus.Faulted, RunStatus.Flagged] }, Runs / 20),
            ("one recipe, faulted", new() { Recipes = ["recipe-0"], Statuses = [RunStatus.Faulted] }, Runs / 20), ("a rare caller", new() { User = UserId.Parse("user-999") }, Runs / 1000),
            ("text", new() { Text = "user-99" }, Runs * 11 / 1000), ("by end", new() { Order = RunOrder.Ended, Skip = 5000 }, Runs), ("by name", new() { Order = RunOrder.Recipe, IsAscending = true }, Runs),
            ("by time", new() { Times = [new(RunTime.Ended, Some.At, Some.At.AddSeconds(1000))] }, 1000),
        ];
        await host.Runs.PageAsync(TenantId.Default, new() { Most = 1 }, default);

        foreach (var (name, query, total) in asked)
        {
            var times = new List<double>();
            for (var i = 0; i < 5; i++)
            {
                var started = TimeProvider.System.GetTimestamp();
                var page = await host.Runs.PageAsync(TenantId.Default, query, default);
                times.Add(TimeProvider.System.GetElapsedTime(started).TotalMilliseconds);
                (page.Total, page.Runs.Count).ShouldBe((total, Math.Min(50, total)), name);
            }

            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {times.Min():F0} to {times.Max():F0} ms"));
            times.Min().ShouldBeLessThan(500, name);
        }
    }

    // As large as runs of a few steps are.
    private async Task FillAsync()
    {
        var isPostgres = ConnectionString is not null;
        string Id(string number) => isPostgres ? $"(lpad(to_hex({number}), 8, '0') || '-0000-7000-8000-000000000000')::uuid" : $"printf('%08x-0000-7000-8000-000000000000', {number})";
        string Time(string number) => isPostgres ? $"'{Some.At:O}'::timestamptz + {number} * interval '1 second'" : $"{Some.At.UtcTicks} + {number} * 10000000";
        var bytes = isPostgres ? "convert_to(repeat('x', 1500), 'UTF8')" : "zeroblob(1500)";
        await QueryAsync($$"""
            WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {{Runs - 1}})
            INSERT INTO runs (id, tenant, recipe, recipe_version, status, caller, started_at, ended_at, connections, input, journal)
            SELECT {{Id("i")}}, 'default', 'recipe-' || (i % 10), '0123456789ab', CASE WHEN i % 20 = 0 THEN 'Faulted' ELSE 'Completed' END, 'user-' || (i % 1000), {{Time("i")}}, {{Time("i")}}, '[]', {{bytes}}, {{bytes}} FROM n
            """);
        // As it does by itself after a while.
        if (isPostgres)
            await QueryAsync("VACUUM ANALYZE runs");
    }
}

public sealed class ManyRunsTestsOnSqlite(ITestOutputHelper output) : ManyRunsTests(output);

public sealed class ManyRunsTestsOnPostgres(ITestOutputHelper output) : ManyRunsTests(output), IOnPostgres;
