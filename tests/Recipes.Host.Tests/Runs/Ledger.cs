using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Recipes.Host.Tests.Runs;

/// <summary>An app that writes entries, and keeps a record of its own of who asked for which: at one address it knows a request that comes again by its key, at the other it does not.</summary>
internal sealed class Ledger : IAsyncDisposable
{
    /// <summary>Actions of a recipe take turns: those with odd numbers go with a key, the others without.</summary>
    public const int Steps = 10;

    private readonly WebApplication _app;
    private readonly ConcurrentQueue<LedgerRequest> _requests = new();
    private readonly ConcurrentQueue<string> _polls = new();
    private readonly ConcurrentDictionary<string, byte> _keys = new();
    private readonly ConcurrentDictionary<string, string> _passwords = new();
    private readonly ConcurrentDictionary<string, int> _atOnce = new();
    private readonly ConcurrentDictionary<string, int> _mostAtOnce = new();
    private int _count;
    private int _entries;

    private Ledger(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.Single());

    /// <summary>Of so many writes the reply to one is lost; 0 for none.</summary>
    public int DropEvery { get; set; }

    /// <summary>How long it takes to write an entry, and to answer then, at most.</summary>
    public TimeSpan Slowness { get; set; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Writes so far.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Entries of others that it tells of, named <c>entry-1</c> and so on: raise it to add some.</summary>
    public int Entries
    {
        get => Volatile.Read(ref _entries);
        set => Volatile.Write(ref _entries, value);
    }

    /// <summary>Which process asked for entries, in the order of asking.</summary>
    public IReadOnlyList<string> Polls => [.. _polls];

    /// <summary>Everything it was asked to write, in the order of coming.</summary>
    public IReadOnlyList<LedgerRequest> Requests => [.. _requests.OrderBy(r => r.Place)];

    public static bool HasKey(int step) => step % 2 == 1;

    public static async Task<Ledger> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var ledger = new Ledger(builder.Build());
        ledger._app.MapGet("/me", context => AnswerAsync(context, ledger.Accepts(context) is null ? 401 : 200));
        ledger._app.MapGet("/entries", ledger.ListAsync);
        ledger._app.MapPost("/once", context => ledger.WriteAsync(context, hasKey: true));
        ledger._app.MapPost("/plain", context => ledger.WriteAsync(context, hasKey: false));
        await ledger._app.StartAsync();
        return ledger;
    }

    /// <summary>The connector file, as one node has it.</summary>
    /// <param name="node">What that node calls itself in its requests.</param>
    public string Connector(string node) => $$$"""
        connector: 1
        name: ledger
        displayName: Ledger
        baseAddress: {{{Address.AbsoluteUri.TrimEnd('/')}}}
        headers: { X-Node: {{{node}}} }
        schemes: [{ type: basic }]
        probe: { path: /me }
        actions:
          - name: WriteOnce
            idempotencyHeader: Idempotency-Key
            inputs: [{ name: call, required: true }, { name: step, required: true }]
            request: { method: POST, path: /once, body: { call: "{{input.call}}", step: "{{input.step}}" } }
          - name: Write
            inputs: [{ name: call, required: true }, { name: step, required: true }]
            request: { method: POST, path: /plain, body: { call: "{{input.call}}", step: "{{input.step}}" } }
        triggers:
          - kind: poll
            name: EntryAdded
            every: 10
            first: all
            request: { path: /entries, query: { after: "{{default cursor '0'}}" } }
            list: items
            order: ascending
            recordId: id
            cursor: { kind: maximum, path: number, type: number, overlap: 2 }
            output: { entry: id }
        """;

    /// <summary>A recipe that writes ten entries, through the connection of that key.</summary>
    public static string Recipe(string name, string key = "ledger") => RecipeFiles.Sequence(
        name,
        string.Join(",\n", Enumerable.Range(1, Steps).Select(i =>
            $$$"""{ "id": "s{{{i}}}", "name": "s{{{i}}}", "type": "Ledger.{{{(HasKey(i) ? "WriteOnce" : "Write")}}}", "version": 1, "connection": {{{RecipeFiles.Literal(key)}}}, "call": {{{RecipeFiles.Template("{{input.call}}")}}}, "step": {{{RecipeFiles.Literal(i.ToString(CultureInfo.InvariantCulture))}}} }""")),
        """ "inputs": [{ "name": "call", "type": "String" }], "customProperties": { "Recipes": { "retry": { "attempts": 5, "first": "00:00:00.2" } } }, """);

    /// <summary>From now on the account has this password; one that it never had is taken whatever the password.</summary>
    public void SetPassword(string account, string password) => _passwords[account] = password;

    /// <summary>Most writes of an account that were under way at the same time since this was asked last.</summary>
    public int TakeMostAtOnce(string account) => _mostAtOnce.TryRemove(account, out var most) ? most : 0;

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task ListAsync(HttpContext context)
    {
        _polls.Enqueue(context.Request.Headers["X-Node"].ToString());
        var after = int.Parse(context.Request.Query["after"].ToString(), CultureInfo.InvariantCulture);
        var items = Enumerable.Range(1, Entries).Where(n => n >= after).Take(100).Select(n => new JsonObject { ["id"] = string.Create(CultureInfo.InvariantCulture, $"entry-{n}"), ["number"] = n });
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(new JsonObject { ["items"] = new JsonArray([.. items]) }.ToJsonString());
    }

    private async Task WriteAsync(HttpContext context, bool hasKey)
    {
        var body = await JsonNode.ParseAsync(context.Request.Body);
        var account = Accepts(context);
        var request = new LedgerRequest(
            Interlocked.Increment(ref _count), (string)body!["call"]!, int.Parse((string)body["step"]!, CultureInfo.InvariantCulture), hasKey ? context.Request.Headers["Idempotency-Key"].Single() : null,
            context.Request.Headers["X-Node"].ToString(), account ?? "", TimeProvider.System.GetUtcNow());
        _requests.Enqueue(request);
        request.Status = account is null ? 401 : 201;
        if (account is null)
        {
            await AnswerAsync(context, 401);
            return;
        }

        var now = _atOnce.AddOrUpdate(account, 1, (_, n) => n + 1);
        _mostAtOnce.AddOrUpdate(account, now, (_, most) => Math.Max(most, now));
        await WorkAsync();
        var isFirst = request.Key is null || _keys.TryAdd(request.Key, 0);
        request.IsDropped = DropEvery > 0 && isFirst && request.Place % DropEvery == 0;
        // Whether the reply is lost before or after the entry is written, nobody can tell from outside; nor what an app does whose caller has gone.
        if (request.IsDropped && request.Place % 2 == 0 && request.Key is null)
            isFirst = false;
        request.IsEffect = isFirst && !(context.RequestAborted.IsCancellationRequested && request.Key is null && request.Place % 2 == 0);
        await WorkAsync();
        _atOnce.AddOrUpdate(account, 0, (_, n) => n - 1);
        if (request.IsDropped)
        {
            context.Abort();
            return;
        }

        request.IsAnswered = !context.RequestAborted.IsCancellationRequested;
        await AnswerAsync(context, 201);
    }

    // The app is at work meanwhile.
    private Task WorkAsync() => Task.Delay(Slowness * Random.Shared.NextDouble());

    /// <returns>The account; null when it is refused.</returns>
    private string? Accepts(HttpContext context)
    {
        var given = Encoding.UTF8.GetString(Convert.FromBase64String(context.Request.Headers.Authorization.ToString()["Basic ".Length..])).Split(':', 2);
        return _passwords.GetValueOrDefault(given[0], given[1]) == given[1] ? given[0] : null;
    }

    private static Task AnswerAsync(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync("{}");
    }
}
