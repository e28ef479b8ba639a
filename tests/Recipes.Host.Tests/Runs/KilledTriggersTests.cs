using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Xunit.Abstractions;

namespace Recipes.Host.Tests.Runs;

/// <summary>Nodes that are killed while they take in what triggers bring: each record and each delivery has one run, and has had one effect.</summary>
[Collection("Runs")]
public sealed class KilledTriggersTests(ITestOutputHelper output)
{
    private const int Senders = 4;
    private static readonly TimeSpan s_lease = TimeSpan.FromSeconds(3);

    [PostgresFact]
    public Task Three_nodes_that_are_killed_while_they_poll_and_take_deliveries_in_start_one_run_for_each() => SurviveAsync(entries: 120, deliveries: 120, losses: 4);

    [LongFact]
    public Task Three_nodes_that_are_killed_while_they_poll_and_take_deliveries_in_start_one_run_for_each_of_thousands() => SurviveAsync(entries: 2000, deliveries: 2000, losses: 25);

    private async Task SurviveAsync(int entries, int deliveries, int losses)
    {
        await using var ledger = await Ledger.StartAsync();
        await using var cluster = await RunCluster.StartAsync(3, ledger, s_lease, new Dictionary<string, string>
        {
            ["polled"] = Recipe("polled", $$"""{ "id": "start", "name": "start", "type": "Ledger.EntryAdded", "version": 1, "connection": {{RecipeFiles.Literal("ledger")}} }""", "{{steps.start.entry}}"),
            ["told"] = Recipe("told", """{ "id": "start", "name": "start", "type": "Recipes.Webhook", "version": 1 }""", "{{steps.start.body.id}}"),
        });
        await cluster.ConnectAsync("ledger", "clerk");
        string path, secret;
        using (var api = new Api(cluster.Nodes[0].Address, cluster.Token))
        {
            (await api.PostAsync("/api/recipes/polled/triggers/start/on")).Is(HttpStatusCode.OK);
            var on = (await api.PostAsync("/api/recipes/told/triggers/start/on")).Is(HttpStatusCode.OK);
            (path, secret) = (new Uri((string)on["trigger"]!["webhookAddress"]!).AbsolutePath, (string)on["newSecret"]!);
        }

        using var stopping = new CancellationTokenSource();
        var hurrying = HurryAsync(cluster, stopping.Token);
        var adding = AddAsync(ledger, entries, losses);
        var repeats = 0;
        var sending = Parallel.ForAsync(0, deliveries, new ParallelOptions { MaxDegreeOfParallelism = Senders }, async (i, _) =>
        {
            repeats += await DeliverAsync(cluster, path, secret, Name(i));
            // Some come again although they were taken.
            if (i % 10 == 0)
                await DeliverAsync(cluster, path, secret, Name(i));
        });
        var atPolls = await LoseAsync(cluster, ledger, losses);
        await Task.WhenAll(adding, sending);
        using var reader = new Callers([.. cluster.Nodes.Select(n => n.Address)], cluster.Token, patience: TimeSpan.FromSeconds(5));
        await Waiting.UntilAsync(() => ledger.Requests.Count(r => r.IsEffect) >= entries + deliveries, seconds: 240);
        await Waiting.UntilAsync(async () => (await reader.GetAsync("/api/runs/counts")).AsObject().All(c => (int)c.Value! == 0), seconds: 60);
        await stopping.CancelAsync();
        await hurrying;

        var runs = await reader.ReadAllAsync();
        output.WriteLine($"{runs.Count} runs of {entries} records and {deliveries} deliveries; {cluster.Losses.Count} nodes killed, {atPolls} of them while they polled; {ledger.Polls.Count} polls, {repeats} deliveries sent again");
        string[] expected = [.. Enumerable.Range(1, entries).Select(n => string.Create(CultureInfo.InvariantCulture, $"entry-{n}")), .. Enumerable.Range(0, deliveries).Select(Name)];
        runs.Select(r => (string?)r["input"]!["entry"] ?? (string)r["input"]!["body"]!["id"]!).ShouldBe(expected, ignoreOrder: true);
        runs.ShouldAllBe(r => (string?)r["status"] == "completed");
        ledger.Requests.Where(r => r.IsEffect).Select(r => r.Call).ShouldBe(expected, ignoreOrder: true);
        cluster.Losses.Count.ShouldBe(losses);
        atPolls.ShouldBeGreaterThan(0);
    }

    private static string Name(int delivery) => string.Create(CultureInfo.InvariantCulture, $"delivery-{delivery:0000}");

    private static string Recipe(string name, string trigger, string call) => $$"""
        { "definitionId": "{{name}}", "name": "{{name}}", "root": { "id": "flow", "type": "Elsa.Sequence", "version": 1, "activities": [
          {{trigger}},
          { "id": "write", "name": "write", "type": "Ledger.WriteOnce", "version": 1, "connection": {{RecipeFiles.Literal("ledger")}}, "call": {{RecipeFiles.Template(call)}}, "step": {{RecipeFiles.Literal("1")}} } ] } }
        """;

    // A poll comes every ten seconds at the most, and a turn is left to a silent node for two minutes: neither is waited for.
    private static async Task HurryAsync(RunCluster cluster, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            await cluster.Database.ExecuteAsync("UPDATE triggers SET next_at = now() WHERE next_at > now()");
            await Task.Delay(TimeSpan.FromSeconds(1), stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task AddAsync(Ledger ledger, int entries, int losses)
    {
        // Over all the time in which nodes are lost, so that there is always something to take in.
        while (ledger.Entries < entries)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100));
            ledger.Entries = Math.Min(entries, ledger.Entries + Math.Max(1, entries / (losses * 60)));
        }
    }

    /// <returns>How many died right after they had asked for records.</returns>
    private static async Task<int> LoseAsync(RunCluster cluster, Ledger ledger, int losses)
    {
        var atPolls = 0;
        for (var i = 0; i < losses; i++)
        {
            var before = ledger.Polls.Count;
            await Waiting.UntilAsync(() => ledger.Polls.Count > before, seconds: 120);
            var asking = cluster.Nodes.FirstOrDefault(n => n.Process == ledger.Polls[^1]) ?? cluster.Nodes[i % cluster.Nodes.Count];
            var victim = i % 3 == 2 ? cluster.Nodes[i % cluster.Nodes.Count] : asking;
            atPolls += victim == asking ? 1 : 0;
            // Anywhere between the answer and the cursor.
            await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(80)));
            await victim.KillAsync();
            await cluster.Database.ExecuteAsync("UPDATE triggers SET lease_expires_at = now() WHERE lease_owner IS NOT NULL");
            await victim.StartAsync();
        }

        return atPolls;
    }

    /// <summary>Sends until some node has taken it, as those who send webhooks do.</summary>
    /// <returns>How often it was sent again.</returns>
    private static async Task<int> DeliverAsync(RunCluster cluster, string path, string secret, string id)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(5) };
        for (var attempt = 0; ; attempt++)
        {
            attempt.ShouldBeLessThan(500);
            using var request = Signed(new Uri(cluster.Nodes[Random.Shared.Next(cluster.Nodes.Count)].Address, path), secret, id);
            try
            {
                using var response = await client.SendAsync(request);
                if (response.StatusCode == HttpStatusCode.Accepted)
                    return attempt;
                response.StatusCode.ShouldBeOneOf(HttpStatusCode.TooManyRequests, HttpStatusCode.InternalServerError, HttpStatusCode.ServiceUnavailable);
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
            {
                // Nobody was there, or nobody any more.
            }

            await Task.Delay(100);
        }
    }

    // Source: Standard Webhooks, https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
    private static HttpRequestMessage Signed(Uri address, string secret, string id)
    {
        var body = $$"""{"id": "{{id}}"}""";
        var at = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var key = Convert.FromBase64String(secret[(secret.IndexOf('_', StringComparison.Ordinal) + 1)..]);
        var signature = Convert.ToBase64String(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{id}.{at}.{body}")));
        return new(HttpMethod.Post, address)
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
            Headers = { { "webhook-id", id }, { "webhook-timestamp", at }, { "webhook-signature", $"v1,{signature}" } },
        };
    }
}
