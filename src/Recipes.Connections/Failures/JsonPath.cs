using System.Globalization;
using System.Text.Json;

namespace Recipes.Connections;

/// <summary>Looks a value up by path: property names and list indices.</summary>
internal static class JsonPath
{
    /// <summary>A value as JSON writes it, a text without its quotes; null where there is none.</summary>
    public static string? Text(JsonElement? value) => value switch
    {
        null => null,
        { ValueKind: JsonValueKind.True or JsonValueKind.False } truth => truth.GetRawText(),
        { } other => other.ToString(),
    };

    public static JsonElement? Find(JsonElement json, IReadOnlyList<string> path)
    {
        foreach (var segment in path)
        {
            if (json.ValueKind == JsonValueKind.Object && json.TryGetProperty(segment, out var member))
                json = member;
            else if (json.ValueKind == JsonValueKind.Array && int.TryParse(segment, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < json.GetArrayLength())
                json = json[index];
            else
                return null;
        }

        return json;
    }
}
