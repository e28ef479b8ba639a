using Recipes.Connections;

namespace Recipes.Connectors;

/// <summary>Any request at all, authenticated by the connection. Every connector has it.</summary>
internal sealed class SendRequestAction(string typePrefix, ConnectorProfile connector, string? idempotencyHeader, TimeProvider time) : HttpAction(time)
{
    public const string ActionName = "SendRequest";

    private static readonly IReadOnlyList<ActionInput> s_inputs =
    [
        new() { Name = "method", Label = "Method", Default = "GET", Choices = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] },
        new() { Name = "path", Label = "Path", Required = true, Help = "Below the connector's base address, or an absolute address of the same app.", Example = "/items/42" },
        new() { Name = "query", Label = "Query", Type = ValueType.Object, Help = "Parameters by name; null is left out, a list repeats its name." },
        new() { Name = "headers", Label = "Headers", Type = ValueType.Object, Help = "The connection sets the ones that authenticate." },
        new() { Name = "body", Label = "Body", Type = ValueType.Any, Help = "Text is sent as it is, anything else as JSON." },
    ];

    public override string Type { get; } = $"{typePrefix}.{ActionName}";
    public override string DisplayName => "Send request";
    public override string? Description => $"Sends any request to {connector.DisplayName}, authenticated by the connection.";
    public override ConnectorProfile Connector => connector;
    public override IReadOnlyList<ActionInput> Inputs => s_inputs;
    protected override ResponseMapping Response => ResponseMapping.Everything;
    protected override string? IdempotencyHeader => idempotencyHeader;

    protected override HttpMethod MethodOf(IReadOnlyDictionary<string, object?> inputs) => new(inputs.GetValueOrDefault("method") as string ?? "GET");

    protected override HttpRequestMessage Build(ConnectionClient client, IReadOnlyDictionary<string, object?> inputs, NextPage? page)
    {
        var address = RequestAddress.Create((string)inputs["path"]!, Object(inputs, "query"));
        var request = new HttpRequestMessage(new HttpMethod((string)inputs["method"]!), address);
        try
        {
            request.Content = inputs["body"] switch
            {
                null => null,
                string text => RequestContent.Text(text),
                var body => RequestContent.Json(body),
            };
            foreach (var (name, value) in Object(inputs, "headers"))
                RequestContent.SetHeader(request, name, value);
            return request;
        }
        catch
        {
            request.Dispose();
            throw;
        }
    }

    private static IReadOnlyDictionary<string, object?> Object(IReadOnlyDictionary<string, object?> inputs, string name) =>
        inputs[name] as IReadOnlyDictionary<string, object?> ?? new Dictionary<string, object?>();
}
