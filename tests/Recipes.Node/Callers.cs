using System.Collections.Concurrent;
using Recipes.Connections;

namespace Recipes.Node;

/// <summary>Callers of all connections, each with its own pace, who count what comes of their calls.</summary>
internal sealed class Callers(IConnectionClients clients, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, int> _outcomes = new();

    public IReadOnlyDictionary<string, int> Outcomes => _outcomes;

    public Task RunAsync(IEnumerable<ConnectionId> connections, int callers, TimeSpan pause, CancellationToken stopping) =>
        Task.WhenAll(connections.SelectMany(id => Enumerable.Range(0, callers).Select(_ => CallAsync(id, pause, stopping))));

    private async Task CallAsync(ConnectionId id, TimeSpan pause, CancellationToken stopping)
    {
        try
        {
            while (true)
            {
                await Task.Delay(pause * (0.5 + Random.Shared.NextDouble()), time, stopping);
                var outcome = await CallOnceAsync(id);
                _outcomes.AddOrUpdate(outcome, 1, (_, n) => n + 1);
            }
        }
        catch (OperationCanceledException)
        {
            // Told to stop.
        }
    }

    private async Task<string> CallOnceAsync(ConnectionId id)
    {
        try
        {
            var client = await clients.GetAsync(id, CancellationToken.None);
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("api/bare", UriKind.Relative));
            var reply = await client.SendAsync(request, "Read", CancellationToken.None);
            reply.Response?.Dispose();
            return reply.Failure is { } failure ? failure.Kind.ToString() : "Ok";
        }
        catch (Exception e)
        {
            // A caller is no part of the product: what it meets is counted, and it calls again.
            return e.GetType().Name;
        }
    }
}
