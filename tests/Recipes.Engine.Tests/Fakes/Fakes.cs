using System.Collections.Concurrent;
using Recipes.Connections;
using Recipes.Connectors;

namespace Recipes.Engine.Tests;

/// <summary>An action whose answer the test decides.</summary>
internal sealed class FakeAction(string type, ConnectorProfile connector, ActionInput[] inputs, ActionOutput[] outputs) : ConnectorAction
{
    public Func<ConnectionClient, IReadOnlyDictionary<string, object?>, CancellationToken, ValueTask<ActionResult>> Answer { get; set; } =
        (_, _, _) => ValueTask.FromResult<ActionResult>(new ActionResult.Succeeded(new Dictionary<string, object?>(), "GET /", 200));

    public List<(ConnectionId Connection, IReadOnlyDictionary<string, object?> Inputs)> Sent { get; } = [];

    public List<string?> Keys { get; } = [];
    public bool TakesKeys { get; set; }
    public override bool TakesIdempotencyKey => TakesKeys;
    public bool IsRepeatable { get; set; }
    public override bool MayRepeat(IReadOnlyDictionary<string, object?> inputs) => TakesKeys || IsRepeatable;

    public override IReadOnlyList<string> Scopes => Needs;
    public IReadOnlyList<string> Needs { get; set; } = [];
    public override string Type => type;
    public override string DisplayName => type;
    public override string? Description => null;
    public override ConnectorProfile Connector => connector;
    public override IReadOnlyList<ActionInput> Inputs => inputs;
    public override IReadOnlyList<ActionOutput> Outputs => outputs;

    public override ValueTask<ActionResult> ExecuteAsync(ConnectionClient client, IReadOnlyDictionary<string, object?> inputs, CancellationToken cancellationToken, string? idempotencyKey = null)
    {
        lock (Sent)
        {
            Sent.Add((client.Id, inputs));
            Keys.Add(idempotencyKey);
        }

        return Answer(client, inputs, cancellationToken);
    }

    public void Succeeds(params (string Name, object? Value)[] output) =>
        Answer = (_, _, _) => ValueTask.FromResult<ActionResult>(new ActionResult.Succeeded(output.ToDictionary(o => o.Name, o => o.Value), "POST /things", 201));

    public void Fails(FailureKind kind, string message, int status) => Answer = (_, _, _) => ValueTask.FromResult<ActionResult>(
        new ActionResult.Failed(new() { Kind = kind, Message = message, Status = status, At = default }, "GET /things", status));
}

internal sealed class FakeActions : IActionCatalogue
{
    public FakeAction Create { get; } = new(
        "Crm.Create", Profile("crm"),
        [new() { Name = "title", Label = "Title", Required = true }, new() { Name = "amount", Label = "Amount", Type = Connectors.ValueType.Number }, new() { Name = "stage", Label = "Stage", Choices = ["open", "won"] }],
        [new("thingId", "Thing", Connectors.ValueType.Text), new("by", "By", Connectors.ValueType.Text)]);

    public FakeAction Notify { get; } = new("Crm.Notify", Profile("crm"), [new() { Name = "subject", Label = "Subject", Required = true }], []);

    public FakeAction Post { get; } = new("Chat.Post", Profile("chat"), [new() { Name = "text", Label = "Text", Required = true }], []);

    public FakeAction Bad { get; } = new("Odd.Send", Profile("odd"), [new() { Name = "type", Label = "Type" }], []);

    public IEnumerable<string> ActionTypes => [Create.Type, Notify.Type, Post.Type, Bad.Type, Things.Type];

    public ConnectorAction? FindAction(string type) => new[] { Create, Notify, Post, Bad }.FirstOrDefault(a => a.Type == type);

    public FakePoll Things { get; } = new("Crm.NewThings", Profile("crm"));

    public ConnectorTrigger? FindTrigger(string type) => type == Things.Type ? Things : null;

    private static ConnectorProfile Profile(string name) => new() { Name = name, DisplayName = name, BaseAddress = FieldTemplate.Parse("http://localhost/"), Schemes = [] };
}

internal sealed class FakeClient(ConnectionId id) : ConnectionClient
{
    public override ConnectionId Id => id;
    public override Uri BaseAddress { get; } = new("http://localhost/");
    public override IReadOnlyDictionary<string, string> Fields { get; } = new Dictionary<string, string> { ["host"] = "crm.example" };

    public override ValueTask<ConnectionReply> SendAsync(HttpRequestMessage request, string action, CancellationToken cancellationToken) => throw new NotSupportedException();
}

internal sealed class FakeClients : IConnectionClients
{
    public HashSet<ConnectionId> Gone { get; } = [];

    public ValueTask<ConnectionClient> GetAsync(ConnectionId id, CancellationToken cancellationToken) =>
        Gone.Contains(id) ? throw new KeyNotFoundException() : ValueTask.FromResult<ConnectionClient>(new FakeClient(id));
}

/// <summary>Binds every key to a connection of its own; keys in <see cref="Missing"/> have none.</summary>
internal sealed class FakeResolver : IConnectionResolver
{
    public List<ConnectionRequest> Requests { get; } = [];
    public HashSet<string> Missing { get; } = [];
    public string? Forbid { get; set; }
    public Dictionary<StableKey, BoundConnection> Bound { get; } = new();

    public ValueTask<ConnectionResolution> ResolveAsync(ConnectionRequest request, CancellationToken cancellationToken)
    {
        lock (Bound)
            return ValueTask.FromResult(Resolve(request));
    }

    private ConnectionResolution Resolve(ConnectionRequest request)
    {
        Requests.Add(request);
        if (Forbid is not null)
            return new ConnectionResolution.Forbidden(Forbid);
        var missing = request.Needs.Where(n => Missing.Contains(n.Key.Value)).Select(n => new MissingConnection(n.Key, "You have none.", $"/connect/{n.Key}", [])).ToList();
        if (missing.Count > 0)
            return new ConnectionResolution.Incomplete(missing);
        var user = request.RuntimeUser ?? request.Caller.User;
        foreach (var need in request.Needs)
            Bound.TryAdd(need.Key, new(need.Key, new(Guid.CreateVersion7(DateTimeOffset.UnixEpoch)), $"{need.Key} of {user}", Owner.Of(user), ConnectionChoice.RuntimeUser));
        return new ConnectionResolution.Resolved(user, request.Needs.ToDictionary(n => n.Key, n => Bound[n.Key]));
    }
}

internal sealed class FakeKeys : IStableKeys
{
    public Dictionary<string, string> Connectors { get; } = new() { ["crm"] = "crm", ["chat"] = "chat" };

    public ValueTask<ConnectionDefinition?> FindAsync(TenantId tenant, StableKey key, CancellationToken cancellationToken) => ValueTask.FromResult(
        Connectors.TryGetValue(key.Value, out var connector)
            ? new ConnectionDefinition { Id = default, Tenant = tenant, Key = key, DisplayName = key.Value, Connector = connector, Scheme = "x", CreatedAt = default, RuntimeUser = RuntimeUserPolicy.Optional }
            : null);
}
