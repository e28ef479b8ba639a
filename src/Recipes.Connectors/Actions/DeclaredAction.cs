using Recipes.Connections;

namespace Recipes.Connectors;

/// <summary>An action as a connector file declares it.</summary>
internal sealed class DeclaredAction(
    string type, string displayName, string? description, ConnectorProfile connector, IReadOnlyList<string> scopes, IReadOnlyList<ActionInput> inputs,
    RequestTemplate request, ResponseMapping response, PageRules? pages, bool isRepeatable, string? idempotencyHeader, TimeProvider time) : HttpAction(time)
{
    public override string Type => type;
    public override string DisplayName => displayName;
    public override string? Description => description;
    public override ConnectorProfile Connector => connector;
    public override IReadOnlyList<ActionInput> Inputs => inputs;
    public override IReadOnlyList<string> Scopes => scopes;
    protected override ResponseMapping Response => response;
    protected override PageRules? Pagination => pages;
    protected override bool IsRepeatable => isRepeatable;

    protected override HttpMethod MethodOf(IReadOnlyDictionary<string, object?> inputs) => request.Method;

    protected override string? IdempotencyHeader => Doubt.IsPossible(request.Method) ? idempotencyHeader : null;

    protected override HttpRequestMessage Build(ConnectionClient client, IReadOnlyDictionary<string, object?> inputs, NextPage? page) =>
        request.Build(new Dictionary<string, object?> { ["input"] = inputs, ["fields"] = client.Fields }, page);
}
