using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Recipes.Host;

/// <summary>Reading activities in a definition's JSON, known ones and others alike.</summary>
internal static class ActivityJson
{
    private static readonly string[] s_holders = ["activities", "branches", "cases", "body", "then", "else", "default"];

    public static string? Text(this JsonNode? node, string member) => (node as JsonObject)?[member] is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;

    /// <summary>Whether an object is an activity: nothing else in the format has both an id and a type of its own.</summary>
    public static bool IsActivity([NotNullWhen(true)] JsonNode? node) => node is JsonObject && node.Text("type") is { Length: > 0 } && node.Text("id") is { Length: > 0 };

    /// <summary>Whether a value is an input as Elsa wraps it.</summary>
    public static bool IsWrapped(JsonNode? node) => node is JsonObject json && (json.ContainsKey("expression") || json.ContainsKey("memoryReference") || json.ContainsKey("typeName"));

    /// <summary>The activities right inside one, wherever its kind keeps them, each with the object or list that holds it and its place there.</summary>
    public static IEnumerable<JsonObject> ChildrenOf(JsonObject activity)
    {
        foreach (var (_, value) in activity)
        {
            foreach (var child in Within(value))
                yield return child;
        }
    }

    /// <summary>An activity and all that are inside it.</summary>
    public static IEnumerable<JsonObject> AllOf(JsonObject activity)
    {
        yield return activity;
        foreach (var child in ChildrenOf(activity).SelectMany(AllOf))
            yield return child;
    }

    /// <summary>Gives every activity its <c>nodeId</c>: the ids on the way to it.</summary>
    public static void SetNodeIds(JsonObject activity, string parent = "Workflow1")
    {
        var node = $"{parent}:{activity.Text("id")}";
        activity["nodeId"] = node;
        foreach (var child in ChildrenOf(activity))
            SetNodeIds(child, node);
    }

    public static void RemoveNodeIds(JsonNode? root)
    {
        if (root is not JsonObject activity || !IsActivity(activity))
            return;
        foreach (var one in AllOf(activity))
            one.Remove("nodeId");
    }

    /// <summary>Gives an id to every activity that was written without one, so that it can be shown, and told from others.</summary>
    public static void AddMissingIds(JsonNode? activity, string parent = "step")
    {
        if (activity is not JsonObject json || json.Text("type") is null)
            return;
        if (string.IsNullOrEmpty(json.Text("id")))
            json["id"] = parent;
        var id = json.Text("id");
        foreach (var member in s_holders)
        {
            if (json[member] is JsonArray list)
            {
                for (var i = 0; i < list.Count; i++)
                    AddMissingIds(member == "cases" ? list[i]?["activity"] : list[i], $"{id}-{member}-{i + 1}");
            }
            else
            {
                AddMissingIds(json[member], $"{id}-{member}");
            }
        }
    }

    private static IEnumerable<JsonObject> Within(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject json when IsActivity(json):
                yield return json;
                break;
            case JsonObject json:
                // Cases of a switch hold theirs one deeper; inputs hold none.
                if (IsWrapped(json))
                    break;
                if (json["activity"] is JsonObject inner && IsActivity(inner))
                    yield return inner;
                break;
            case JsonArray list:
                foreach (var child in list.SelectMany(Within))
                    yield return child;
                break;
        }
    }
}
