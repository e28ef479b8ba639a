using System.Text;
using Recipes.Connections;

namespace Recipes.Connectors.Tests;

public sealed class DeclaredActionTests : IAsyncLifetime, IDisposable
{
    private const string Create = """
          - name: Create
            inputs:
              - { name: title, label: Title, required: true }
              - { name: amount, type: number }
              - { name: urgent, type: boolean }
              - { name: tags, type: list }
              - { name: colour, choices: [red, blue], default: red }
            request:
              method: POST
              path: /items/{{input.title}}/of/{{upper fields.host}}
              query: { amount: "{{input.amount}}", tag: "{{input.tags}}", q: "{{input.title}} & co", limit: 1 }
              headers: { X-Tags: "{{input.tags}}", X-Colour: "{{input.colour}}", X-Amount: "{{input.amount}}" }
              body:
                title: "{{input.title}}"
                amount: "{{input.amount}}"
                urgent: "{{input.urgent}}"
                big: "{{gt input.amount 10}}"
                fixed: 5
                nothing: null
                nested: { list: [ "{{input.title}}", true ] }
            response:
              output:
                id: id
                deep: { from: nested.0.x, label: Deep, type: number }
                missing: a.b.c
                whole: .
                sum: "{{add body.a body.b}}"
                line: "{{status}}: {{body.id}} for {{input.title}}"
        """;

    private readonly ConnectorFiles _files = new();
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

    [Fact]
    public async Task Values_are_encoded_where_they_go_and_absent_ones_left_out()
    {
        var result = await RunAsync(Create, """{ "title": "a/b?c d&é", "urgent": "true", "tags": ["x", "y z"] }""");

        result.ShouldBeOfType<ActionResult.Succeeded>();
        _app.RequestLine.ShouldBe($"POST /api/items/a%2Fb%3Fc%20d%26%C3%A9/of/{Uri.EscapeDataString(_app.Host)}?tag=x&tag=y%20z&q=a%2Fb%3Fc%20d%26%C3%A9%20%26%20co&limit=1");
        _app.RequestBody.ShouldBe("""{"title":"a/b?c d&é","urgent":true,"big":false,"fixed":5,"nothing":null,"nested":{"list":["a/b?c d&é",true]}}""");
        _app.RequestHeaders["Content-Type"].ShouldBe("application/json; charset=utf-8");
        _app.RequestHeaders["X-Colour"].ShouldBe("red");
        _app.RequestHeaders["X-Tags"].ShouldBe("""["x","y z"]""");
        _app.RequestHeaders.ShouldNotContainKey("X-Amount");
    }

    [Fact]
    public async Task Outputs_are_mapped_and_what_is_not_there_is_null()
    {
        _app.Answers("""{ "id": 9007199254740993, "nested": [ { "x": 1.50 } ], "a": 1 }""");

        var result = await RunAsync(Create, """{ "title": "t", "amount": "12.5" }""");

        var output = result.ShouldBeOfType<ActionResult.Succeeded>().Output;
        output["id"].ShouldBe(9007199254740993L);
        output["deep"].ShouldBe(1.50m);
        output["missing"].ShouldBeNull();
        output["whole"].ShouldBeOfType<Dictionary<string, object?>>();
        output["sum"].ShouldBeNull();
        output["line"].ShouldBe("200: 9007199254740993 for t");
        result.RequestLine.ShouldStartWith("POST /api/items/t");
        result.Status.ShouldBe(200);
        _app.RequestBody!.ShouldContain("\"amount\":12.5,\"big\":true");
    }

    [Theory]
    [InlineData("""{ }""", "'title' (Title) is required")]
    [InlineData("""{ "title": "" }""", "'title' (Title) is required")]
    [InlineData("""{ "title": ["a"] }""", "should be text, but a list was given")]
    [InlineData("""{ "title": "t", "amount": "many" }""", "'amount' (Amount) should be a number, but the text 'many' was given")]
    [InlineData("""{ "title": "t", "amount": true }""", "a boolean (true) was given")]
    [InlineData("""{ "title": "t", "amount": "a text that is much longer than anybody wants to read" }""", "a text of 53 characters was given")]
    [InlineData("""{ "title": "t", "urgent": "perhaps" }""", "should be true or false")]
    [InlineData("""{ "title": "t", "tags": "x" }""", "should be a list")]
    [InlineData("""{ "title": "t", "colour": "green" }""", "one of red, blue")]
    [InlineData("""{ "title": ".." }""", "'.' or '..'")]
    [InlineData("""{ "title": "t", "tags": ["é"] }""", "'X-Tags' contains letters that headers cannot carry")]
    [InlineData("""{ "amount": "x" }""", "is required and was not given. The input 'amount'")]
    public async Task Wrong_inputs_are_named_and_nothing_is_sent(string inputs, string expected)
    {
        var result = await RunAsync(Create, inputs);

        var failed = result.ShouldBeOfType<ActionResult.Failed>();
        failed.Failure.Kind.ShouldBe(FailureKind.Misconfigured);
        failed.Failure.Message.ShouldContain(expected);
        failed.RequestLine.ShouldBeNull();
        _app.Requests.ShouldBe(0);
    }

    [Fact]
    public async Task A_failure_of_the_client_is_the_failure_of_the_action()
    {
        _app.Status = 403;
        _app.Answers("""{"error":"forbidden"}""");

        var result = await RunAsync(Create, """{ "title": "t" }""");

        var failed = result.ShouldBeOfType<ActionResult.Failed>();
        failed.Failure.ProviderWords!.ShouldContain("forbidden");
        failed.Status.ShouldBe(403);
        failed.RequestLine.ShouldNotBeNull();
    }

    [Theory]
    [InlineData("form", "{ a: \"{{input.title}}\", b: [1, 2], c: \"{{input.gone}}\" }", "application/x-www-form-urlencoded", "a=x+y%26&b=1&b=2")]
    [InlineData("text", "\"Hello {{input.title}}\"", "text/plain; charset=utf-8", "Hello x y&")]
    [InlineData("json", "\"{{input.title}}\"", "application/json; charset=utf-8", "\"x y&\"")]
    [InlineData("json", "[ \"{{input.title}}\", { n: 1.50 } ]", "application/json; charset=utf-8", "[\"x y&\",{\"n\":1.50}]")]
    public async Task Bodies_take_their_type(string type, string body, string contentType, string expected)
    {
        var action = $"  - name: Send\n    inputs: [ {{ name: title }}, {{ name: gone }} ]\n    request:\n      method: POST\n      path: /x\n      bodyType: {type}\n      body: {body}\n";

        await RunAsync(action, """{ "title": "x y&" }""");

        _app.RequestBody.ShouldBe(expected);
        _app.RequestHeaders["Content-Type"].ShouldBe(contentType);
    }

    [Fact]
    public async Task An_action_without_outputs_gives_status_and_body()
    {
        _app.Answers("""[1,"two"]""");

        var result = await RunAsync("  - name: Read\n    request: { path: / }\n", "{}");

        var output = result.ShouldBeOfType<ActionResult.Succeeded>().Output;
        output["status"].ShouldBe(200L);
        output["body"].ShouldBe(new List<object?> { 1L, "two" });
        _app.RequestLine.ShouldBe("GET /api/");
    }

    [Theory]
    [InlineData("data.items", """{"data":{"items":[1,2]}}""", 2)]
    [InlineData(".", "[1,2,3]", 3)]
    [InlineData("data.items", "{}", 0)]
    public async Task A_list_gives_items_and_count(string path, string answer, long count)
    {
        _app.Answers(answer);

        var result = await RunAsync($"  - name: List\n    request: {{ path: /l }}\n    response: {{ list: {path} }}\n", "{}");

        var output = result.ShouldBeOfType<ActionResult.Succeeded>().Output;
        output["count"].ShouldBe(count);
        (output["items"] as List<object?>)?.Count.ShouldBe((int)count);
    }

    [Theory]
    [InlineData("text/html", "<p>é</p>", "utf-8", "<p>é</p>")]
    [InlineData("application/json", "not json", "utf-8", "not json")]
    [InlineData("application/problem+json; charset=iso-8859-1", "{\"a\":\"é\"}", "iso-8859-1", "é")]
    [InlineData("application/json; charset=nonsense", "{\"a\":\"é\"}", "utf-8", "é")]
    [InlineData("application/json; charset=utf-16", "{\"a\":\"é\"}", "utf-16", "é")]
    [InlineData("", "{\"a\":\"é\"}", "utf-8", "é")]
    [InlineData("application/json", "", "utf-8", null)]
    public async Task Answers_are_read_by_their_type_and_charset(string type, string text, string encoding, string? expected)
    {
        _app.ContentType = type;
        _app.Answer = Encoding.GetEncoding(encoding).GetBytes(text);

        var result = await RunAsync("  - name: Read\n    request: { path: /r }\n", "{}");

        var body = result.ShouldBeOfType<ActionResult.Succeeded>().Output["body"];
        (body is Dictionary<string, object?> map ? map["a"] : body).ShouldBe(expected);
    }

    [Fact]
    public async Task An_answer_that_is_too_large_is_not_read_to_its_end()
    {
        _app.Answer = new byte[Answer.MaxBytes + 1];

        var result = await RunAsync("  - name: Read\n    request: { path: /r }\n", "{}");

        result.ShouldBeOfType<ActionResult.Failed>().Failure.Message.ShouldContain("larger than 10 MB");
    }

    private async Task<ActionResult> RunAsync(string action, string inputs) =>
        await _files.LoadAction(action).ExecuteAsync(_client, (IReadOnlyDictionary<string, object?>)PlainData.Parse(inputs)!, CancellationToken.None);
}
