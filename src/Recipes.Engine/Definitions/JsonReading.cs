using System.Text.Json;

namespace Recipes.Engine;

internal static class JsonReading
{
    /// <summary>The text of a member; null when there is none or it is no text.</summary>
    public static string? Text(this JsonElement json, string member) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>The object a member holds; null when there is none or it is no object.</summary>
    public static JsonElement? Object(this JsonElement json, string member) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.Object ? value : null;
}
