using Recipes.Connections;
using Recipes.Engine;
using Recipes.Storage;

namespace Recipes.Bench;

/// <summary>Part c: what a connection's client, and a whole run with one request, cost over a bare <see cref="HttpClient"/> to the same server.</summary>
internal static class ClientCost
{
    private static readonly TimeSpan s_slice = TimeSpan.FromMilliseconds(120);

    public static async Task RunAsync()
    {
        await using var server = await ServerProcess.StartLoopbackAsync();
        await using var world = await RecipeWorld.CreateAsync(RunSynchronous.Normal, [BenchRecipes.OneRequest], server.Address.Authority);
        var clients = world.Get<IConnectionClients>();
        var withKey = await clients.GetAsync(await BenchConnections.WithKeyAsync(world, server.Address), CancellationToken.None);
        var withToken = await clients.GetAsync(await BenchConnections.WithTokenAsync(world, server.Address), CancellationToken.None);
        // Set up as the connections' own handler is, so that only what we add makes the difference.
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, UseCookies = false, ActivityHeadersPropagator = null };
        using var bare = new HttpClient(handler);
        var address = new Uri(server.Address, "/api/opportunities/opp-1");
        var call = new RecipeCall { Caller = RecipeWorld.Operator, Recipe = BenchRecipes.OneRequest, Input = new Dictionary<string, object?> { ["id"] = "opp-1" } };

        async ValueTask SendBareAsync()
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            request.Headers.TryAddWithoutValidation("X-Api-Key", BenchConnections.Key);
            using var response = await bare.SendAsync(request);
            response.EnsureSuccessStatusCode();
        }

        async ValueTask SendAsync(ConnectionClient client)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            using var reply = await client.SendAsync(request, "Bench.Find", CancellationToken.None);
            if (reply.Failure is { } failure)
                throw new InvalidOperationException(failure.Message);
        }

        var (throughput, processor) = (new List<Row>(), new List<Row>());
        foreach (var parallel in new[] { 1, 8, 64 })
        {
            var paces = await Rounds.RunAsync(rounds: 25,
                () => Throughput.MeasureAsync(parallel, s_slice, SendBareAsync),
                () => Throughput.MeasureAsync(parallel, s_slice, () => SendAsync(withKey)),
                () => Throughput.MeasureAsync(parallel, s_slice, () => SendAsync(withToken)),
                () => Throughput.MeasureAsync(parallel, s_slice, () => world.RunAsync(call)));
            foreach (var (what, pace, aim) in new[] { ("client with an API key", paces[1], 0.95), ("client with an OAuth 2.0 token", paces[2], 0.95), ("whole run with one request, stored", paces[3], 0.8) })
            {
                throughput.Add(Row($"{what}, {parallel} in parallel", pace, paces[0], p => p.PerSecond, aim));
                processor.Add(Row($"{what}, {parallel} in parallel", pace, paces[0], p => p.Microseconds, null));
            }
        }

        Table.Print("c  Requests to a server on loopback, requests/s", throughput);
        Table.Print("c  Processor time of the caller's process for one request, µs", processor);
    }

    private static Row Row(string what, List<Pace> paces, List<Pace> bare, Func<Pace, double> figure, double? aim)
    {
        var (ours, theirs) = (new Samples(paces, figure), new Samples(bare, figure));
        var ratio = ours.RatioTo(theirs);
        return new(what, Figures.Number(ours.Median), Figures.Range(ours), $"bare HttpClient, {Figures.Number(theirs.Median)}", Figures.Ratio(ratio), aim is { } least ? Figures.AtLeast(least, ratio) : "");
    }
}
