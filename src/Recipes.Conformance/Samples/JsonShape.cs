using System.Globalization;
using System.Text.Json.Nodes;

namespace Recipes.Conformance;

/// <summary>Builds JSON by dotted paths, as an app would have it: numbers are places in a list.</summary>
internal static class JsonShape
{
    /// <returns>The root, which a first path makes a list or an object.</returns>
    public static JsonNode Set(JsonNode? root, IReadOnlyList<string> path, JsonNode? value)
    {
        root ??= New(path[0]);
        var node = root;
        for (var i = 0; i < path.Count; i++)
        {
            JsonNode? next = i == path.Count - 1 ? value : null;
            if (node is JsonArray list && int.TryParse(path[i], NumberStyles.None, CultureInfo.InvariantCulture, out var index))
            {
                while (list.Count <= index)
                    list.Add(null);
                next ??= list[index] ?? New(path[i + 1]);
                if (!ReferenceEquals(list[index], next))
                    list[index] = next;
            }
            else if (node is JsonObject map)
            {
                next ??= map[path[i]] ?? New(path[i + 1]);
                if (!ReferenceEquals(map[path[i]], next))
                    map[path[i]] = next;
            }

            if (i < path.Count - 1)
                node = next!;
        }

        return root;
    }

    public static JsonNode Set(JsonNode? root, string path, JsonNode? value) => Set(root, path.Split('.'), value);

    /// <summary>What is there; null when nothing is.</summary>
    public static JsonNode? Find(JsonNode? root, IReadOnlyList<string> path)
    {
        foreach (var segment in path)
        {
            root = root switch
            {
                JsonObject map => map[segment],
                JsonArray list when int.TryParse(segment, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < list.Count => list[index],
                _ => null,
            };
        }

        return root;
    }

    /// <summary>A value as text: that of a text without its quotes, everything else as JSON writes it.</summary>
    public static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : node?.ToJsonString();

    /// <summary>As an app would write it: numbers, true, false and null are no texts.</summary>
    public static JsonNode? Literal(string text) => text switch
    {
        "true" => JsonValue.Create(true),
        "false" => JsonValue.Create(false),
        _ when text.Length is > 0 and < 15 && text.All(char.IsAsciiDigit) && (text.Length == 1 || text[0] != '0') => JsonValue.Create(long.Parse(text, CultureInfo.InvariantCulture)),
        _ => JsonValue.Create(text),
    };

    private static JsonNode New(string segment) => segment.Length > 0 && segment.All(char.IsAsciiDigit) ? new JsonArray() : new JsonObject();
}
