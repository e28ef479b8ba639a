using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Recipes.Connections;

namespace Recipes.Connectors.Tests;

/// <summary>An app with one list of records, and a poll of it that is written in the words of a file.</summary>
internal sealed class ListApp : IAsyncDisposable
{
    private readonly ConnectorFiles _files = new();
    private readonly LoopbackApp _app;
    private readonly LoopbackClient _client;
    private readonly PollTrigger _trigger;

    private ListApp(LoopbackApp app, string trigger)
    {
        (_app, _client) = (app, new(app));
        _app.AnswersBy = Answer;
        _trigger = (PollTrigger)LoadTrigger(_files, trigger);
    }

    /// <summary>When it was switched on.</summary>
    public static DateTimeOffset Start { get; } = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

    public List<(string Id, DateTimeOffset At, int Revision)> Records { get; } = [];
    public int PageSize { get; set; } = 3;

    /// <summary>The order of the list: the oldest first unless said otherwise.</summary>
    public Func<IEnumerable<(string Id, DateTimeOffset At, int Revision)>, IEnumerable<(string Id, DateTimeOffset At, int Revision)>> Sort { get; set; } = r => r.OrderBy(e => e.At);

    /// <summary>What takes the place of the next answer.</summary>
    public Func<HttpContext, string?>? Next { get; set; }

    /// <summary>What happens in the app before it answers.</summary>
    public Action? Before { get; set; }
    public List<string> Targets { get; } = [];
    public string? Cursor { get; set; }
    public int Pages { get; private set; }

    public static async Task<ListApp> StartAsync(string trigger) => new(await LoopbackApp.StartAsync(), trigger);

    /// <summary>The trigger of one connector in the file's own words.</summary>
    public static ConnectorTrigger LoadTrigger(ConnectorFiles files, string trigger)
    {
        files.Add("app.yaml", ConnectorFiles.Good[..ConnectorFiles.Good.IndexOf("actions:", StringComparison.Ordinal)].Replace("https://{{fields.host}}/api", "http://{{fields.host}}/api") + "triggers:\n" + trigger);
        var catalogue = files.Load();
        catalogue.Faults.ShouldBeEmpty();
        return catalogue.Find("my-app")!.Triggers[0];
    }

    public void Add(string id, double seconds, int revision = 1)
    {
        Records.RemoveAll(r => r.Id == id);
        Records.Add((id, Start.AddSeconds(seconds), revision));
    }

    public async Task<PollAnswer> PageAsync(FirstPoll first = FirstPoll.Now, double seconds = 0)
    {
        var answer = await _trigger.PollAsync(_client, new Dictionary<string, object?>(), Cursor, first, Start.AddSeconds(seconds), CancellationToken.None);
        Pages++;
        return answer;
    }

    /// <summary>One poll to its end: the ids as they were handed over, each page's cursor stored after it.</summary>
    public async Task<string> PollAsync(FirstPoll first = FirstPoll.Now, double seconds = 0)
    {
        var ids = new List<string>();
        for (var more = true; more;)
        {
            var page = (await PageAsync(first, seconds)).ShouldBeOfType<PollAnswer.Page>();
            ids.AddRange(page.Records.Select(r => r.Id));
            (Cursor, more) = (page.Cursor, page.HasMore);
        }

        return string.Join(' ', ids);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        _files.Dispose();
        await _app.DisposeAsync();
    }

    private string Answer(HttpContext context, string body)
    {
        Before?.Invoke();
        var query = context.Request.Query;
        Targets.Add(Uri.UnescapeDataString(context.Request.QueryString.Value ?? ""));
        if (Next?.Invoke(context) is { } instead)
            return instead;
        int Number(string name) => query[name] is [{ } text] ? int.Parse(text, CultureInfo.InvariantCulture) : 0;
        var since = query["since"] is [{ } given] ? DateTimeOffset.Parse(given, CultureInfo.InvariantCulture) : DateTimeOffset.MinValue;
        var all = Sort(Records.Where(r => r.At >= since)).ToList();
        if (query["afterId"] is [{ } afterId])
            all = [.. all.SkipWhile(r => r.Id != afterId).Skip(1)];
        if (query["beforeId"] is [{ } beforeId])
            // The page that follows right after that one, the newest first all the same.
            all = [.. all.TakeWhile(r => r.Id != beforeId).TakeLast(PageSize)];
        var start = query["token"] is [{ } token] ? int.Parse(token[1..], CultureInfo.InvariantCulture) : query["page"].Count > 0 ? (Number("page") - 1) * PageSize : Number("skip");
        var items = all.Skip(start).Take(PageSize).ToList();
        var end = start + items.Count;
        return new JsonObject
        {
            ["items"] = new JsonArray([.. items.Select(r => new JsonObject { ["id"] = r.Id, ["at"] = r.At.ToString("O", CultureInfo.InvariantCulture), ["unix"] = r.At.ToUnixTimeSeconds(), ["number"] = int.Parse(r.Id.TrimStart('r'), CultureInfo.InvariantCulture), ["revision"] = r.Revision })]),
            ["next"] = end < all.Count ? $"s{end}" : null,
            ["more"] = end < all.Count,
            ["sync"] = end < all.Count ? null : $"s{end}",
            ["delta"] = end < all.Count ? null : $"http://{_app.Host}/api/items?token=s{end}",
        }.ToJsonString();
    }
}
