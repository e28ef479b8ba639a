using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Recipes.Host;

/// <summary>Recipes as text that is good to read and to compare: what fits is on one line, everything else on a line of its own, always the same way.</summary>
internal static class RecipeText
{
    /// <summary>What fits on one line, in characters.</summary>
    private const int Width = 140;

    private static readonly JsonSerializerOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 512 };

    public static byte[] Write(JsonObject recipe)
    {
        var text = new StringBuilder();
        Write(text, recipe, 0, 0);
        return Encoding.UTF8.GetBytes(text.Append('\n').ToString());
    }

    // Activities and whole definitions are read from top to bottom; small things from left to right.
    private static void Write(StringBuilder text, JsonNode? node, int depth, int before)
    {
        var line = OneLine(node);
        if (node is not (JsonObject { Count: > 0 } or JsonArray { Count: > 0 }) || (depth > 0 && !HasActivity(node) && (depth * 2) + before + line.Length <= Width))
        {
            text.Append(line);
            return;
        }

        var isObject = node is JsonObject;
        text.Append(isObject ? '{' : '[');
        var isFirst = true;
        foreach (var (name, value) in isObject ? node.AsObject().Select(m => (m.Key, m.Value)) : node.AsArray().Select(i => ("", i)))
        {
            text.Append(isFirst ? "\n" : ",\n").Append(' ', (depth + 1) * 2);
            isFirst = false;
            var length = 0;
            if (isObject)
            {
                var key = $"{JsonSerializer.Serialize(name, s_options)}: ";
                text.Append(key);
                length = key.Length;
            }

            Write(text, value, depth + 1, length);
        }

        text.Append('\n').Append(' ', depth * 2).Append(isObject ? '}' : ']');
    }

    private static bool HasActivity(JsonNode? node) => node switch
    {
        JsonObject json => ActivityJson.IsActivity(json) || json.Any(m => HasActivity(m.Value)),
        JsonArray list => list.Any(HasActivity),
        _ => false,
    };

    private static string OneLine(JsonNode? node) => node switch
    {
        JsonObject { Count: 0 } => "{}",
        JsonObject json => $"{{ {string.Join(", ", json.Select(m => $"{JsonSerializer.Serialize(m.Key, s_options)}: {OneLine(m.Value)}"))} }}",
        JsonArray list => $"[{string.Join(", ", list.Select(OneLine))}]",
        null => "null",
        _ => node.ToJsonString(s_options),
    };
}
