using Recipes.Connections;

namespace Recipes.Connectors.Tests;

/// <summary>Requests that an app knows again when they come twice, and those that may come twice anyway.</summary>
public sealed class IdempotencyTests : IAsyncLifetime, IDisposable
{
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

    [Theory]
    [InlineData("POST", "idempotencyHeader: X-Once", "the-key")]
    [InlineData("PATCH", "idempotencyHeader: X-Once", "the-key")]
    [InlineData("GET", "idempotencyHeader: X-Once", null)]
    [InlineData("PUT", "idempotencyHeader: X-Once", null)]
    [InlineData("POST", "repeatable: true", null)]
    public async Task The_key_goes_along_where_sending_twice_would_do_it_twice(string method, string more, string? expected)
    {
        var action = _files.LoadAction($"  - name: Make\n    {more}\n    request: {{ method: {method}, path: /things }}\n");

        await action.ExecuteAsync(_client, new Dictionary<string, object?>(), CancellationToken.None, "the-key");

        _app.RequestHeaders.GetValueOrDefault("X-Once").ShouldBe(expected);
        action.TakesIdempotencyKey.ShouldBe(expected is not null);
    }

    [Theory]
    [InlineData("idempotencyHeader: X-Once", "the-key", false)]
    [InlineData("idempotencyHeader: X-Once", null, true)]
    [InlineData("repeatable: true", null, false)]
    [InlineData("description: A plain one.", "the-key", true)]
    public async Task A_failure_leaves_no_doubt_where_it_may_be_sent_again(string more, string? key, bool expected)
    {
        var action = _files.LoadAction($"  - name: Make\n    {more}\n    request: {{ method: POST, path: /things }}\n");
        _app.Status = 500;
        _client.IsInDoubt = true;

        var result = await action.ExecuteAsync(_client, new Dictionary<string, object?>(), CancellationToken.None, key);

        result.ShouldBeOfType<ActionResult.Failed>().Failure.IsDoubtful.ShouldBe(expected);
    }

    [Fact]
    public void What_is_no_header_is_refused_with_its_place()
    {
        var text = ConnectorFiles.Good[..ConnectorFiles.Good.IndexOf("actions:", StringComparison.Ordinal)];
        _files.Add("app.yaml", text + "actions:\n  - name: Make\n    idempotencyHeader: \"X Once\"\n    request: { method: POST, path: /things }\n");

        _files.Load().Faults.ShouldHaveSingleItem().Message.ShouldContain("'X Once' is no name of a header");
    }
}
