using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace Recipes.Host.Tests;

/// <summary>What the API answered.</summary>
internal sealed record Answer(HttpStatusCode Status, HttpResponseHeaders Headers, string Text)
{
    private JsonNode? _json;

    /// <summary>The body as JSON.</summary>
    public JsonNode Json => _json ??= JsonNode.Parse(Text)!;

    public JsonNode? this[string member] => Json[member];

    public string? Detail => (string?)Json["detail"];

    /// <summary>Path and message of each fault of problem details.</summary>
    public IReadOnlyList<(string Path, string Message)> Errors =>
        [.. (Json["errors"] as JsonArray ?? []).Select(e => ((string)e!["path"]!, (string)e["message"]!))];

    /// <summary>Checks the status; a failure shows the body.</summary>
    public Answer Is(HttpStatusCode expected)
    {
        Status.ShouldBe(expected, Text);
        return this;
    }
}
