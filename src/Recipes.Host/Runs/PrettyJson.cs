using System.Text.Json;
using System.Text.Json.Nodes;

namespace Recipes.Host;

/// <summary>JSON as people read it.</summary>
internal static class PrettyJson
{
    private static readonly JsonSerializerOptions s_pretty = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Of(ReadOnlySpan<byte> json) => JsonNode.Parse(json)?.ToJsonString(s_pretty) ?? "null";
}
