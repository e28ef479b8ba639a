using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Xunit.Abstractions;

namespace Recipes.Host.Tests.Runs;

/// <summary>Two accounts of the ledger lose their password in the middle of many runs; one gets it back there, for the other a person types in the new one.</summary>
[Collection("Runs")]
public sealed class BrokenConnectionTests(ITestOutputHelper output)
{
    /// <summary>Held runs that go on at once, for each connector.</summary>
    private const int AtOnce = 6;

    [PostgresFact]
    public async Task Runs_whose_connection_breaks_are_held_and_go_on_at_their_step_when_it_works_again() => await BreakAsync(100, await PostgresServer.SharedAsync());

    [Fact]
    public Task Runs_on_a_file_whose_connection_breaks_are_held_and_go_on_at_their_step_when_it_works_again() => BreakAsync(100, null);

    [LongFact]
    public async Task A_thousand_runs_whose_connection_breaks_are_held_and_go_on_at_their_step_when_it_works_again() => await BreakAsync(1000, await PostgresServer.SharedAsync());

    [LongFact]
    public Task A_thousand_runs_on_a_file_whose_connection_breaks_are_held_and_go_on_at_their_step_when_it_works_again() => BreakAsync(1000, null);

    private async Task BreakAsync(int runs, PostgresServer? postgres)
    {
        await using var ledger = await Ledger.StartAsync();
        await using var place = await StartAsync(ledger, runs, postgres);
        // One heals by itself, the other by hand.
        var (own, other) = (await ConnectAsync(place, ledger, "own", "ann"), await ConnectAsync(place, ledger, "other", "ben"));
        using var callers = new Callers([place.Address], place.Operator.Token!, patience: TimeSpan.FromMinutes(1));
        ledger.Slowness = TimeSpan.FromMilliseconds(runs);

        await callers.CallAsync(runs, atOnce: 8, i => i % 2 == 0 ? "book-own" : "book-other");
        await Waiting.UntilAsync(() => ledger.Count >= runs * Ledger.Steps / 3, seconds: 120);
        ledger.SetPassword("ann", "changed there");
        ledger.SetPassword("ben", "changed there as well");
        var ended = 0;
        await Waiting.UntilAsync(async () => (ended = await EndedAsync(place)) + await CountAsync(callers, "held") == runs, seconds: 120);
        var broken = ledger.Requests;
        var held = (await callers.ReadAllAsync()).Where(r => (string?)r["status"] == "held").ToArray();
        var states = (await StateAsync(place, own), await StateAsync(place, other));

        // The probe that decides comes ten minutes later, and finds one of them working.
        ledger.SetPassword("ann", s_password);
        ledger.Slowness = TimeSpan.FromMilliseconds(20);
        ledger.TakeMostAtOnce("ann");
        place.Clock.Advance(TimeSpan.FromMinutes(11));
        var started = TimeProvider.System.GetTimestamp();
        await Waiting.UntilAsync(async () => await CountAsync(callers, "held") == held.Count(r => IsOf(r, other)) && await CountAsync(callers, "running") == 0, seconds: 240);
        var (ownTime, ownMost, ownDecided) = (TimeProvider.System.GetElapsedTime(started), ledger.TakeMostAtOnce("ann"), (await StateAsync(place, own), await StateAsync(place, other)));
        var untilMended = ledger.Requests;
        ledger.TakeMostAtOnce("ben");
        started = TimeProvider.System.GetTimestamp();
        (await place.Operator.SendAsync(new(HttpMethod.Patch, $"/api/connections/{other}") { Content = System.Net.Http.Json.JsonContent.Create(new { fields = new { password = "changed there as well" } }) })).Is(HttpStatusCode.OK);
        await Waiting.UntilAsync(async () => await EndedAsync(place) == runs, seconds: 240);
        var (otherTime, otherMost) = (TimeProvider.System.GetElapsedTime(started), ledger.TakeMostAtOnce("ben"));

        var all = await callers.ReadAllAsync();
        var requests = ledger.Requests;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""
            {runs} runs, {(postgres is null ? "SQLite" : "PostgreSQL")}: {held.Length} held, {requests.Count(r => r.Status == 401)} requests refused; of its own accord {held.Count(r => IsOf(r, own))} went on, {ownMost} at once, in {ownTime.TotalSeconds:F1} s; by hand {held.Count(r => IsOf(r, other))}, {otherMost} at once, in {otherTime.TotalSeconds:F1} s
            """));
        (states, ownDecided).ShouldBe((("suspect", "suspect"), ("connected", "reauthorizationRequired")));
        held.Length.ShouldBe(runs - ended);
        held.Length.ShouldBeGreaterThan(runs * 9 / 10);
        held.ShouldAllBe(r => (string?)r["wait"]!["connection"] == (IsOf(r, own) ? own : other) && (DateTimeOffset)r["wait"]!["since"]! > (DateTimeOffset)r["startedAt"]!);
        held.Select(r => (string)r["failure"]!["step"]!).Distinct().Count().ShouldBeGreaterThan(1, "each stands where it was");
        all.Select(r => (string)r["id"]!).ShouldBe(callers.Accepted.Values, ignoreOrder: true);
        all.ShouldAllBe(r => (string?)r["status"] == "completed");
        all.ShouldAllBe(r => r["journal"]!.AsArray().Select(e => $"{e!["step"]}:{e["outcome"]}").SequenceEqual(s_whole));
        // Everything once and in order, and what was held at the very step.
        foreach (var writes in requests.Where(r => r.IsEffect).GroupBy(r => r.Call))
            writes.Select(r => r.Step).ShouldBe(Enumerable.Range(1, Ledger.Steps), writes.Key);
        foreach (var run in held)
        {
            var call = (string)run["input"]!["call"]!;
            $"s{requests.First(r => r.Call == call && r.Place > broken.Count).Step}".ShouldBe((string?)run["failure"]!["step"], call);
        }

        // Nothing is asked of what is broken, nor much at once of what is not any more.
        broken.Count(r => r.Status == 401).ShouldBeLessThanOrEqualTo(runs);
        requests.Where(r => r.Place > broken.Count).ShouldAllBe(r => r.Status == 201);
        untilMended.Where(r => r.Place > broken.Count).ShouldAllBe(r => r.Account == "ann");
        ownMost.ShouldBeInRange(2, AtOnce);
        otherMost.ShouldBeInRange(2, AtOnce);
        CheckOrder([.. held.Where(r => IsOf(r, own))], requests, broken.Count);
        CheckOrder([.. held.Where(r => IsOf(r, other))], requests, broken.Count);
    }

    /// <summary>Whoever came first goes on first: when one is back, of those before it only so many as go on at once can still be on their way.</summary>
    private static void CheckOrder(JsonNode[] held, IReadOnlyList<LedgerRequest> requests, int before)
    {
        var rank = held.Select((r, i) => ((string)r["input"]!["call"]!, i)).ToDictionary();
        var back = requests.Where(r => r.Place > before && rank.ContainsKey(r.Call)).Select(r => rank[r.Call]).Distinct().ToArray();

        back.Length.ShouldBe(held.Length);
        back.Select((r, i) => r - i).Max().ShouldBeLessThan(AtOnce);
    }

    private static readonly string s_password = Canaries.NewSecret("password at the ledger");

    private static readonly string[] s_whole = ["start:Done", .. Enumerable.Range(1, Ledger.Steps).Select(i => string.Create(CultureInfo.InvariantCulture, $"s{i}:Done"))];

    private static bool IsOf(JsonNode run, string connection) => (string?)run["connections"]![0]!["connection"] == connection;

    private static Task<Workplace> StartAsync(Ledger ledger, int runs, PostgresServer? postgres) => Workplace.StartAsync(
        postgres: postgres,
        settings:
        [
            "--Egress:Allow:0", ledger.Address.Authority, "--Schedules:Every:revalidation", "00:00:01", "--Revalidation:SuspectPause", "00:10:00",
            "--Runs:RunsAtOnce", runs.ToString(CultureInfo.InvariantCulture), "--Runs:ResumedAtOnce", AtOnce.ToString(CultureInfo.InvariantCulture), "--Runs:LookEvery", "00:00:00.200",
        ],
        prepare: p =>
        {
            File.WriteAllText(Path.Combine(p.ConnectorsFolder, "ledger.yaml"), ledger.Connector("here"));
            File.WriteAllText(Path.Combine(p.RecipesFolder, "book-own.json"), Ledger.Recipe("book-own", "own"));
            File.WriteAllText(Path.Combine(p.RecipesFolder, "book-other.json"), Ledger.Recipe("book-other", "other"));
        });

    private static async Task<string> ConnectAsync(Workplace place, Ledger ledger, string key, string account)
    {
        ledger.SetPassword(account, s_password);
        (await place.Operator.PostAsync("/api/connection-definitions", new { key, connector = "ledger" })).Is(HttpStatusCode.Created);
        return (string)(await place.Operator.PostAsync("/api/connections", new { definition = key, owner = "organisation", fields = new { username = account, password = s_password } })).Is(HttpStatusCode.Created)["id"]!;
    }

    private static async Task<string?> StateAsync(Workplace place, string connection) => (string?)(await place.Operator.GetAsync($"/api/connections/{connection}"))["state"];

    private static async Task<int> CountAsync(Callers callers, string status) => (int)(await callers.GetAsync("/api/runs/counts"))[status]!;

    private static async Task<int> EndedAsync(Workplace place) =>
        (await place.Services.GetRequiredService<Recipes.Engine.IRunStore>().ListAsync(TenantId.Default, new(Most: int.MaxValue), CancellationToken.None)).Count(r => r.EndedAt is not null);
}
