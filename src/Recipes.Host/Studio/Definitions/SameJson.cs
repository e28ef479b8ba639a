using System.Text.Json;
using System.Text.Json.Nodes;

namespace Recipes.Host;

/// <summary>Whether two pieces of JSON say the same: a member that is null is one that is absent, and the order of members says nothing.</summary>
internal static class SameJson
{
    public static bool Of(JsonNode? one, JsonNode? other)
    {
        switch (one, other)
        {
            case (null, null):
                return true;
            case (JsonObject a, JsonObject b):
                foreach (var (name, value) in a)
                {
                    if (!Of(value, b[name]))
                        return false;
                }

                foreach (var (name, value) in b)
                {
                    if (value is not null && !a.ContainsKey(name))
                        return false;
                }

                return true;
            case (JsonArray a, JsonArray b):
                if (a.Count != b.Count)
                    return false;
                for (var i = 0; i < a.Count; i++)
                {
                    if (!Of(a[i], b[i]))
                        return false;
                }

                return true;
            case (JsonValue a, JsonValue b):
                return a.GetValueKind() == b.GetValueKind() && (a.GetValueKind() switch
                {
                    JsonValueKind.String => a.GetValue<string>() == b.GetValue<string>(),
                    JsonValueKind.Number => JsonNode.DeepEquals(a, b) || a.ToJsonString() == b.ToJsonString() || (double.TryParse(a.ToJsonString(), System.Globalization.CultureInfo.InvariantCulture, out var x) && double.TryParse(b.ToJsonString(), System.Globalization.CultureInfo.InvariantCulture, out var y) && x.Equals(y)),
                    _ => true,
                });
            default:
                return false;
        }
    }
}
