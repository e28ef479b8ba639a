using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Recipes.Host.Tests.Runs;

/// <summary>Programs that call recipes at whichever node answers: each call has a key, and is made again with it until some node has taken it in.</summary>
internal sealed class Callers : IDisposable
{
    private readonly IReadOnlyList<Uri> _nodes;
    private readonly HttpClient _http;
    private readonly ConcurrentDictionary<string, string> _accepted = new();
    private int _repeats;

    public Callers(IReadOnlyList<Uri> nodes, string token, TimeSpan patience)
    {
        _nodes = nodes;
        _http = new HttpClient(new SocketsHttpHandler { UseProxy = false, UseCookies = false }) { Timeout = patience };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    /// <summary>The run of each call that was taken in.</summary>
    public IReadOnlyDictionary<string, string> Accepted => _accepted;

    /// <summary>Calls that were made again, because nobody answered or just so.</summary>
    public int Repeats => _repeats;

    /// <param name="count">Of calls, numbered from 0.</param>
    /// <param name="atOnce">Callers.</param>
    /// <param name="recipe">Which one a call is of.</param>
    public Task CallAsync(int count, int atOnce, Func<int, string> recipe) => Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = atOnce }, async (i, _) =>
    {
        var call = string.Create(CultureInfo.InvariantCulture, $"call-{i:0000}");
        await CallAsync(recipe(i), call);
        // Some come again although they were answered.
        if (i % 10 == 0)
            await CallAsync(recipe(i), call);
    });

    /// <summary>What some node says.</summary>
    public async Task<JsonNode> GetAsync(string path)
    {
        for (var attempt = 0; ; attempt++)
        {
            using var response = await TryAsync(attempt, () => new(HttpMethod.Get, path));
            if (response is { IsSuccessStatusCode: true })
                return JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        }
    }

    /// <summary>Every run there is, with its journal, read from the nodes in turns.</summary>
    public async Task<IReadOnlyList<JsonNode>> ReadAllAsync()
    {
        var ids = new List<string>();
        for (JsonArray page; (page = (JsonArray)await GetAsync($"/api/runs?most=200{(ids.Count == 0 ? "" : $"&before={ids[^1]}")}")).Count > 0;)
            ids.AddRange(page.Select(r => (string)r!["id"]!));
        var runs = new ConcurrentBag<JsonNode>();
        await Parallel.ForEachAsync(ids, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (id, _) => runs.Add(await GetAsync($"/api/runs/{id}")));
        return [.. runs.OrderBy(r => (string)r["id"]!, StringComparer.Ordinal)];
    }

    public void Dispose() => _http.Dispose();

    private async Task CallAsync(string recipe, string call)
    {
        for (var attempt = 0; ; attempt++)
        {
            using var response = await TryAsync(attempt, () => new(HttpMethod.Post, $"/api/recipes/{recipe}/call")
            {
                Content = JsonContent.Create(new { input = new { call }, wait = false }),
                Headers = { { "Idempotency-Key", call } },
            });
            if (response is null or { StatusCode: HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError })
            {
                Interlocked.Increment(ref _repeats);
                continue;
            }

            var text = await response.Content.ReadAsStringAsync();
            response.StatusCode.ShouldBe(HttpStatusCode.Accepted, text);
            var run = (string)JsonNode.Parse(text)!["runId"]!;
            _accepted.GetOrAdd(call, run).ShouldBe(run, "a call that is made again is the same run");
            return;
        }
    }

    /// <returns>Null when no answer came.</returns>
    private async Task<HttpResponseMessage?> TryAsync(int attempt, Func<HttpRequestMessage> request)
    {
        using var message = request();
        message.RequestUri = new Uri(_nodes[Random.Shared.Next(_nodes.Count)], message.RequestUri!);
        try
        {
            return await _http.SendAsync(message);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException && attempt < 500)
        {
            await Task.Delay(100);
            return null;
        }
    }
}
