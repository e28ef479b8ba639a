using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Recipes.Connections;

namespace Recipes.Connectors.Tests;

public sealed class PaginationTests : IAsyncLifetime, IDisposable
{
    private readonly ConnectorFiles _files = new();
    private readonly List<string> _targets = [];
    private LoopbackApp _app = null!;
    private LoopbackClient _client = null!;

    public async Task InitializeAsync()
    {
        _app = await LoopbackApp.StartAsync();
        _client = new(_app);
    }

    public async Task DisposeAsync() => await _app.DisposeAsync();

    public void Dispose()
    {
        _client.Dispose();
        _files.Dispose();
    }

    // An app with the items 1 to 7, three on a page. It understands every kind of pagination.
    private string Page(HttpContext context, string body)
    {
        _targets.Add($"{context.Request.Path}{context.Request.QueryString}");
        var query = context.Request.Query;
        var start = query["cursor"] is [{ } cursor] ? int.Parse(cursor[1..], CultureInfo.InvariantCulture)
            : query["page"] is [{ } page] ? (int.Parse(page, CultureInfo.InvariantCulture) - 1) * 3
            : query["skip"] is [{ } skip] ? int.Parse(skip, CultureInfo.InvariantCulture)
            : body.Length > 0 ? JsonNode.Parse(body)?["paging"]?["after"]?.GetValue<int>() ?? 0 : 0;
        var items = Enumerable.Range(1, 7).Skip(start).Take(3).ToList();
        var next = start + 3 < 7 ? $"/api/items?kind={query["kind"]}&cursor=c{start + 3}" : null;
        if (next is not null)
            context.Response.Headers.Link = $"<{next}&x=a,b>; title=\"rel=next; <odd>\"; rel=prev, <{next}>; rel=\"last next\"; type=x";
        return new JsonObject
        {
            ["data"] = new JsonObject { ["items"] = new JsonArray([.. items.Select(i => new JsonObject { ["id"] = $"c{i}", ["number"] = i })]) },
            ["after"] = next is null ? null : start + 3,
            ["paging"] = new JsonObject { ["cursor"] = next is null ? "" : $"c{start + 3}", ["@next.link"] = next is null ? null : $"http://{_app.Host}{next}" },
            ["more"] = next is not null,
        }.ToJsonString();
    }

    [Theory]
    [InlineData("kind: cursor, parameter: cursor, path: paging.cursor", "?limit=3 ?limit=3&cursor=c3 ?limit=3&cursor=c6")]
    [InlineData("kind: cursor, parameter: cursor, path: data.items.last.id, more: more", "?limit=3 ?limit=3&cursor=c3 ?limit=3&cursor=c6")]
    [InlineData("kind: page, parameter: page, size: 3", "?limit=3 ?limit=3&page=2 ?limit=3&page=3")]
    [InlineData("kind: page, parameter: page", "?limit=3 ?limit=3&page=2 ?limit=3&page=3 ?limit=3&page=4")]
    [InlineData("kind: offset, parameter: skip, size: 3", "?limit=3 ?limit=3&skip=3 ?limit=3&skip=6")]
    [InlineData("kind: offset, parameter: skip, more: more", "?limit=3 ?limit=3&skip=3 ?limit=3&skip=6")]
    [InlineData("kind: link", "?limit=3 ?kind=&cursor=c3 ?kind=&cursor=c6")]
    [InlineData("kind: nextUrl, path: 'paging.[@next.link]'", "?limit=3 ?kind=&cursor=c3 ?kind=&cursor=c6")]
    public async Task All_pages_are_read_whatever_the_kind(string pagination, string targets)
    {
        _app.AnswersBy = Page;

        var result = await RunAsync(pagination, "{}");

        var output = result.ShouldBeOfType<ActionResult.Succeeded>().Output;
        Numbers(output).ShouldBe([1, 2, 3, 4, 5, 6, 7]);
        (output["count"], output["more"]).ShouldBe((7L, false));
        _targets.ShouldBe(targets.Split(' ').Select(t => $"/api/items{t}"));
    }

    [Fact]
    public async Task A_cursor_may_go_into_the_body()
    {
        _app.AnswersBy = Page;
        var action = Action("kind: cursor, parameter: paging.after, in: body, path: after").Replace("query: { limit: 3 }", "method: POST\n      body: { paging: { size: 3 }, all: true }");

        var result = await _files.LoadAction(action).ExecuteAsync(_client, new Dictionary<string, object?>(), CancellationToken.None);

        Numbers(result.ShouldBeOfType<ActionResult.Succeeded>().Output).ShouldBe([1, 2, 3, 4, 5, 6, 7]);
        _app.RequestBody.ShouldBe("""{"paging":{"size":3,"after":6},"all":true}""");
    }

    [Theory]
    [InlineData("""{ "maximumItems": 4 }""", 4, 2, true)]
    [InlineData("""{ "maximumItems": 3 }""", 3, 1, true)]
    [InlineData("""{ "maximumItems": 7 }""", 7, 3, false)]
    [InlineData("""{ "maximumItems": "0" }""", 1, 1, true)]
    [InlineData("""{ "maximumItems": 5000000000 }""", 7, 3, false)]
    public async Task It_stops_when_there_are_enough_items_and_says_whether_there_are_more(string inputs, long count, int requests, bool more)
    {
        _app.AnswersBy = Page;

        var result = await RunAsync("kind: cursor, parameter: cursor, path: paging.cursor", inputs);

        var output = result.ShouldBeOfType<ActionResult.Succeeded>().Output;
        (output["count"], Numbers(output).Count, output["more"]).ShouldBe((count, (int)count, more));
        _app.Requests.ShouldBe(requests);
    }

    [Fact]
    public async Task It_stops_after_as_many_requests_as_the_file_allows()
    {
        _app.AnswersBy = Page;

        var result = await RunAsync("kind: link, maximumPages: 2", "{}");

        var output = result.ShouldBeOfType<ActionResult.Succeeded>().Output;
        (output["count"], output["more"]).ShouldBe((6L, true));
    }

    [Fact]
    public async Task The_failure_of_a_page_is_the_failure_of_the_action()
    {
        _app.AnswersBy = (context, body) =>
        {
            if (_app.Requests == 2)
                context.Response.StatusCode = 429;
            return Page(context, body);
        };

        var result = await RunAsync("kind: link", "{}");

        var failed = result.ShouldBeOfType<ActionResult.Failed>();
        failed.Status.ShouldBe(429);
        _app.Requests.ShouldBe(2);
    }

    [Theory]
    [InlineData("https://elsewhere.example/items?cursor=c3")]
    [InlineData("//elsewhere.example/items")]
    [InlineData("http://127.0.0.1:1/items")]
    [InlineData("ftp://elsewhere.example/")]
    public async Task A_next_page_elsewhere_is_not_asked_for(string next)
    {
        _app.Answers($$"""{ "data": { "items": [1] }, "next": "{{next}}" }""");

        var result = await RunAsync("kind: nextUrl, path: next", "{}");

        var failed = result.ShouldBeOfType<ActionResult.Failed>();
        failed.Failure.Message.ShouldContain($"a next page that is not at http://{_app.Host}");
        _app.Requests.ShouldBe(1);
    }

    [Fact]
    public async Task A_list_that_leads_back_to_a_page_comes_to_an_end()
    {
        _app.Answers("""{ "data": { "items": [1] }, "next": "/api/items?again" }""");

        var result = await RunAsync("kind: nextUrl, path: next", "{}");

        result.ShouldBeOfType<ActionResult.Failed>().Failure.Message.ShouldContain("the same next page twice");
        _app.Requests.ShouldBe(2);
    }

    [Fact]
    public void A_list_action_has_an_input_and_an_output_for_it()
    {
        var action = _files.LoadAction(Action("kind: link"));

        action.Inputs.ShouldHaveSingleItem().Name.ShouldBe("maximumItems");
        action.Outputs.Select(o => o.Name).ShouldBe(["items", "count", "more"]);
    }

    [Theory]
    [InlineData("kind: links", "'kind' cannot be 'links'; did you mean 'link'?")]
    [InlineData("kind: cursor, path: a", "'parameter' is missing")]
    [InlineData("kind: cursor, parameter: a", "'path' is missing")]
    [InlineData("kind: link, parameter: page", "the next address says all")]
    [InlineData("kind: link, in: query", "the next address says all")]
    [InlineData("kind: page, parameter: page, path: a", "'path' goes with cursor and nextUrl")]
    [InlineData("kind: link, size: 3", "'first' and 'size' go with page and offset")]
    [InlineData("kind: page, parameter: page, size: many", "a whole number from 1 to 10000")]
    public void A_wrong_pagination_is_a_fault(string pagination, string expected)
    {
        _files.Add("app.yaml", ConnectorFiles.Good[..ConnectorFiles.Good.IndexOf("actions:", StringComparison.Ordinal)] + "actions:\n" + Action(pagination));

        var faults = _files.Load().Faults;

        faults.ShouldHaveSingleItem().Message.ShouldContain(expected);
    }

    private static string Action(string pagination) =>
        $"  - name: List\n    request:\n      path: /items\n      query: {{ limit: 3 }}\n    response: {{ list: data.items }}\n    pagination: {{ {pagination} }}\n";

    private async Task<ActionResult> RunAsync(string pagination, string inputs) =>
        await _files.LoadAction(Action(pagination)).ExecuteAsync(_client, (IReadOnlyDictionary<string, object?>)PlainData.Parse(inputs)!, CancellationToken.None);

    private static List<long> Numbers(IReadOnlyDictionary<string, object?> output) =>
        [.. output["items"].ShouldBeOfType<List<object?>>().Select(i => (long)((Dictionary<string, object?>)i!)["number"]!)];
}
