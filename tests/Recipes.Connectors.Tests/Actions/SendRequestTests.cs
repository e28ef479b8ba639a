using Recipes.Connections;

namespace Recipes.Connectors.Tests;

public sealed class SendRequestTests : IAsyncLifetime
{
    private readonly ConnectorAction _action = ConnectorCatalogue.Load([]).FindAction("Basic.SendRequest")!;
    private LoopbackApp _app = null!;

    public async Task InitializeAsync() => _app = await LoopbackApp.StartAsync();

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Fact]
    public async Task Any_request_can_be_sent()
    {
        _app.Answers("""{"ok":true}""");

        var result = await RunAsync("""{ "method": "PUT", "path": "/a b/c?x=1", "query": { "y": [1, 2], "z": null, "t": "ä&" }, "headers": { "X-A": 5, "Content-Type": "application/vnd.a+json" }, "body": { "n": 1.50 } }""");

        _app.RequestLine.ShouldBe("PUT /api/a%20b/c?x=1&y=1&y=2&t=%C3%A4%26");
        _app.RequestBody.ShouldBe("""{"n":1.50}""");
        _app.RequestHeaders["X-A"].ShouldBe("5");
        _app.RequestHeaders["Content-Type"].ShouldBe("application/vnd.a+json");
        var output = result.ShouldBeOfType<ActionResult.Succeeded>().Output;
        output["status"].ShouldBe(200L);
        output["body"].ShouldBeOfType<Dictionary<string, object?>>()["ok"].ShouldBe(true);
        var headers = output["headers"].ShouldBeOfType<Dictionary<string, object?>>();
        headers["x-trace"].ShouldBe("t1");
        headers.ShouldNotContainKey("set-cookie");
    }

    [Theory]
    [InlineData("//app.example/x", "GET /api/app.example/x")]
    [InlineData("/urn:x:1", "GET /api/urn:x:1")]
    [InlineData("", null)]
    [InlineData("http://127.0.0.1:1/x", "absolute")]
    public async Task A_path_stays_below_the_base_address_unless_it_is_absolute(string path, string? expected)
    {
        if (expected == "absolute")
        {
            await Should.ThrowAsync<HttpRequestException>(async () => await RunAsync($$"""{ "path": "{{path}}" }"""));
            _app.Requests.ShouldBe(0);
            return;
        }

        await RunAsync($$"""{ "path": "{{path}}" }""");

        _app.RequestLine.ShouldBe(expected);
    }

    [Theory]
    [InlineData("""{ "path": "/x", "headers": { "authorization": "Bearer x" } }""", "the connection authenticates the request itself")]
    [InlineData("""{ "path": "/x", "headers": { "Host": "x" } }""", "'Host' cannot be set")]
    [InlineData("""{ "path": "/x", "headers": { "a b": "x" } }""", "no name of a header")]
    [InlineData("""{ "path": "/x", "headers": { "X-A": "a\nb" } }""", "line break")]
    [InlineData("""{ "path": "/x", "headers": "X-A" }""", "should be an object")]
    [InlineData("""{ "path": "/x", "method": "get" }""", "one of GET")]
    [InlineData("""{ "path": "/../x" }""", "'.' or '..'")]
    [InlineData("""{ "path": "/%2e%2E/x" }""", "'.' or '..'")]
    [InlineData("""{ "path": "/x\r\nHost: y" }""", "line break")]
    [InlineData("""{ "path": "\\\\app.example\\x" }""", "backslash")]
    [InlineData("""{ }""", "'path' (Path) is required")]
    public async Task What_must_not_be_sent_is_not(string inputs, string expected)
    {
        var result = await RunAsync(inputs);

        var failed = result.ShouldBeOfType<ActionResult.Failed>();
        failed.Failure.Kind.ShouldBe(FailureKind.Misconfigured);
        failed.Failure.Message.ShouldContain(expected);
        _app.Requests.ShouldBe(0);
    }

    private async Task<ActionResult> RunAsync(string inputs)
    {
        using var client = new LoopbackClient(_app);
        return await _action.ExecuteAsync(client, (IReadOnlyDictionary<string, object?>)PlainData.Parse(inputs)!, CancellationToken.None);
    }
}
