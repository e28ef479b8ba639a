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
    [InlineData("idempotencyHeader: X-Once", "the-key", true, true)]
    [InlineData("idempotencyHeader: X-Once", null, true, false)]
    [InlineData("repeatable: true", null, false, false)]
    [InlineData("description: A plain one.", "the-key", true, false)]
    public async Task A_doubt_may_be_repeated_under_its_key_and_there_is_none_where_twice_is_once(string more, string? key, bool isDoubtful, bool mayRepeat)
    {
        var action = _files.LoadAction($"  - name: Make\n    {more}\n    request: {{ method: POST, path: /things }}\n");
        _app.Status = 500;
        _client.IsInDoubt = true;

        var result = await action.ExecuteAsync(_client, new Dictionary<string, object?>(), CancellationToken.None, key);

        var failed = result.ShouldBeOfType<ActionResult.Failed>();
        (failed.Failure.IsDoubtful, failed.MayRepeat).ShouldBe((isDoubtful, mayRepeat));
    }

    [Theory]
    [InlineData("POST", true)]
    [InlineData("GET", false)]
    public async Task A_write_that_is_stopped_on_its_way_is_in_doubt(string method, bool expected)
    {
        var action = _files.LoadAction($"  - name: Make\n    request: {{ method: {method}, path: /things }}\n");
        using var stopping = new CancellationTokenSource();
        _app.AnswersBy = (_, _) =>
        {
            stopping.Cancel();
            return "{}";
        };
        _client.IsStopped = true;

        var result = expected ? await action.ExecuteAsync(_client, new Dictionary<string, object?>(), stopping.Token) : null;

        (result as ActionResult.Failed)?.Failure.IsDoubtful.ShouldBe(expected);
        if (!expected)
            await Should.ThrowAsync<OperationCanceledException>(() => action.ExecuteAsync(_client, new Dictionary<string, object?>(), stopping.Token).AsTask());
    }

    [Fact]
    public void What_is_no_header_is_refused_with_its_place()
    {
        var text = ConnectorFiles.Good[..ConnectorFiles.Good.IndexOf("actions:", StringComparison.Ordinal)];
        _files.Add("app.yaml", text + "actions:\n  - name: Make\n    idempotencyHeader: \"X Once\"\n    request: { method: POST, path: /things }\n");

        _files.Load().Faults.ShouldHaveSingleItem().Message.ShouldContain("'X Once' is no name of a header");
    }
}
