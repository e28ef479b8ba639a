using System.Diagnostics;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Recipes.Testing;
using Xunit.Abstractions;

namespace Recipes.Connections.Tests;

/// <summary>One round over very many connections at twenty hosts, one of them dead and one slow, with every kind of failure mixed in.</summary>
public sealed class ManyConnectionsTests(ITestOutputHelper output)
{
    private const int Hosts = 20;
    private const int Slow = 0;
    private const int Dead = 1;

    [Fact]
    public Task A_thousand_are_each_met_once_and_understood() => RunAsync(1_000, TimeSpan.FromMilliseconds(600));

    [LongFact]
    public Task Ten_thousand_are_each_met_once_and_understood() => RunAsync(10_000, TimeSpan.FromMilliseconds(400));

    private async Task RunAsync(int count, TimeSpan slowness)
    {
        await using var apps = await ManyApps.StartAsync(Hosts - 1, slowness);
        var dead = new Uri($"http://127.0.0.1:{FreePort.Next()}/");
        var addresses = apps.Addresses.ToList();
        addresses.Insert(Dead, dead);
        var profile = Profiles.Keys(addresses[Slow]) with { Errors = [new() { Statuses = [200], BodyPath = ["error"], Pattern = new("^invalid_auth$"), Kind = FailureKind.ModifiedCredentials }] };
        await using var harness = await ConnectionsHarness.StartAsync(new Profiles(profile), addresses.Select(a => a.Authority), new TestClock(TimeProvider.System.GetUtcNow()),
            more: ("Logging:LogLevel:Default", "Warning"));
        var all = await AddAsync(harness, count, addresses);
        var memory = GC.GetTotalMemory(forceFullCollection: true);
        var watch = Stopwatch.StartNew();

        await harness.SweepAsync();
        watch.Stop();
        var grown = GC.GetTotalMemory(forceFullCollection: true) - memory;
        var met = apps.Met;
        await harness.SweepAsync();

        output.WriteLine($"{count} connections in {watch.Elapsed.TotalSeconds:0.0} s ({count / watch.Elapsed.TotalSeconds:0} a second), {grown / 1024.0 / 1024:0.0} MB more afterwards; the others were done after {apps.LastAnswerOfOthers(addresses[Slow]).TotalSeconds:0.0} s, the slow host after {apps.LastAnswerOf(addresses[Slow]).TotalSeconds:0.0} s");
        apps.Met.Values.Sum().ShouldBe(met.Values.Sum(), "nothing was due any more");
        var wrong = new List<string>();
        foreach (var (id, host, behaviour, name) in all)
        {
            var connection = await harness.ReadAsync(id);
            var seen = $"{connection.State} {connection.Health} {connection.Record.Failure?.Kind}".TrimEnd();
            var visits = met.GetValueOrDefault(name);
            // Some tried a dead host and found that out; the others were spared.
            var isRight = host == Dead ? visits == 0 && seen is "Connected Yellow" or "Connected Yellow Unavailable" : visits == 1 && seen == Expected(behaviour);
            if (!isRight)
                wrong.Add($"{name}: {visits} visits, {seen}");
        }

        wrong.ShouldBeEmpty();
        all.Count(c => c.Host == Dead).ShouldBe(count / Hosts);
        var tried = await CountAsync(harness, all.Where(c => c.Host == Dead), c => c.Record.Failure is not null);
        tried.ShouldBeInRange(5, 8);
        apps.MostAtOnce.Values.ShouldAllBe(most => most <= 4);
        apps.MostAtOnceOverall.ShouldBeInRange(20, 64);
        apps.LastAnswerOfOthers(addresses[Slow]).ShouldBeLessThan(apps.LastAnswerOf(addresses[Slow]));
    }

    private static string Expected(string behaviour) => behaviour switch
    {
        "ok" => "Connected Yellow",
        "refused" or "words" => "Suspect Red ModifiedCredentials",
        "forbidden" => "Connected Red InsufficientPermissions",
        "limited" or "maintenance" => "Connected Yellow RateLimited",
        "error" or "dropped" => "Connected Yellow Unavailable",
        "missing" => "Connected Red Misconfigured",
        _ => "Connected Yellow Unknown",
    };

    private static string BehaviourOf(int number) => (number / Hosts % 50) switch
    {
        < 30 => "ok",
        < 34 => "refused",
        < 37 => "forbidden",
        < 39 => "limited",
        < 41 => "maintenance",
        < 43 => "error",
        < 44 => "dropped",
        < 47 => "missing",
        < 48 => "words",
        _ => "odd",
    };

    private static async Task<int> CountAsync(ConnectionsHarness harness, IEnumerable<(ConnectionId Id, int, string, string)> some, Func<Connection, bool> counts)
    {
        var found = await harness.Store.FindAllAsync([.. some.Select(c => c.Id)], CancellationToken.None);
        return found.Count(counts);
    }

    // One as a person would, the others as copies of its row: setting up ten thousand would take longer than checking them.
    private static async Task<List<(ConnectionId Id, int Host, string Behaviour, string Name)>> AddAsync(ConnectionsHarness harness, int count, List<Uri> addresses)
    {
        await harness.DefineAsync("apps", "keys", "header");
        var first = await harness.ConnectAsync("apps", new() { ["apiKey"] = "any-key", ["probe"] = "x" });
        var model = await harness.ReadAsync(first);
        var all = new List<(ConnectionId, int, string, string)>();
        await using var database = new SqliteConnection($"Data Source={harness.Folder.Combine("data", "recipes.db")}");
        await database.OpenAsync();
        var columns = new List<string>();
        await using (var info = new SqliteCommand("SELECT name FROM pragma_table_info('connections')", database))
        await using (var rows = await info.ExecuteReaderAsync())
        {
            while (await rows.ReadAsync())
                columns.Add(rows.GetString(0));
        }

        string[] own = ["id", "fields", "sealed_credential", "is_default"];
        var listed = string.Join(", ", columns.Except(own));
        await using var transaction = database.BeginTransaction();
        await using var insert = new SqliteCommand($"INSERT INTO connections (id, fields, sealed_credential, is_default, {listed}) SELECT $id, $fields, $sealed, 0, {listed} FROM connections WHERE id = $first COLLATE NOCASE", database, transaction);
        insert.Parameters.AddWithValue("$first", first.Value.ToString());
        var (id, fields, credential) = (insert.Parameters.Add("$id", SqliteType.Text), insert.Parameters.Add("$fields", SqliteType.Text), insert.Parameters.Add("$sealed", SqliteType.Blob));
        for (var number = 0; number < count; number++)
        {
            var (connection, host, behaviour) = (new ConnectionId(Guid.CreateVersion7()), number % Hosts, BehaviourOf(number));
            var name = string.Create(CultureInfo.InvariantCulture, $"{behaviour}-{number}");
            (id.Value, fields.Value) = (connection.Value.ToString(), System.Text.Json.JsonSerializer.Serialize(new Dictionary<string, string> { ["baseUrl"] = addresses[host].AbsoluteUri, ["probe"] = name }));
            credential.Value = harness.Vault.Seal(model.Tenant, connection, new Credential { Secrets = new Dictionary<string, Secret> { ["apiKey"] = new("any-key") } });
            (await insert.ExecuteNonQueryAsync()).ShouldBe(1);
            all.Add((connection, host, behaviour, name));
        }

        await using var remove = new SqliteCommand("DELETE FROM connections WHERE id = $first COLLATE NOCASE", database, transaction);
        remove.Parameters.AddWithValue("$first", first.Value.ToString());
        await remove.ExecuteNonQueryAsync();
        await transaction.CommitAsync();
        return all;
    }
}
