using System.Text.Json;
using System.Text.Json.Nodes;

namespace Recipes.Host;

/// <summary>A definition as Studio needs it: everything filled in that it counts on, and what it does not know wrapped up.</summary>
/// <remarks>
/// Studio draws nothing where a single activity is unknown to it, and saves what it then shows; so each unknown one is shown as
/// <see cref="EngineActivities.NotFound"/>, with the original inside it.
/// </remarks>
internal sealed class StudioForm(ActivityDescriptors descriptors)
{
    /// <summary>Where the original of an unknown activity travels, as text.</summary>
    public const string Original = "originalActivityJson";

    private const string Flowchart = "Elsa.Flowchart";
    private const string Sequence = "Elsa.Sequence";

    /// <summary>The parts of a definition that Studio edits.</summary>
    public static readonly string[] Edited = ["name", "description", "variables", "inputs", "outputs", "outcomes", "customProperties", "options", "root"];

    /// <param name="source">As in the file; left as it is.</param>
    /// <param name="fallbackName">What it is called where it has no name.</param>
    public JsonObject Show(JsonObject source, string fallbackName)
    {
        var shown = new JsonObject
        {
            ["name"] = source.Text("name") is { Length: > 0 } name ? name : fallbackName,
            ["description"] = source.Text("description") ?? "",
            ["variables"] = ListOf(source["variables"], ShowVariable),
            ["inputs"] = ListOf(source["inputs"], i => ShowArgument(i, hasHint: true)),
            ["outputs"] = ListOf(source["outputs"], o => ShowArgument(o, hasHint: false)),
            ["outcomes"] = ListOf(source["outcomes"], o => o),
            ["customProperties"] = Clone(source["customProperties"]) as JsonObject ?? [],
            ["options"] = Filled(source["options"], "activationStrategyType", "usableAsActivity", "autoUpdateConsumingWorkflows", "activityCategory", "incidentStrategyType", "commitStrategyName"),
            ["root"] = source["root"] is JsonObject root && ActivityJson.IsActivity(root) ? ShowActivity(root) : EmptyRoot(),
        };
        return shown;
    }

    public bool IsUnknown(string type) => descriptors.Find(type) is null;

    /// <param name="asIs">Whether it is shown as itself even where its kind is unknown.</param>
    public JsonObject ShowActivity(JsonObject activity, bool asIs = false)
    {
        var type = activity.Text("type")!;
        var descriptor = descriptors.Find(type);
        var version = activity["version"] is JsonValue number && number.TryGetValue<int>(out var v) ? v : 1;
        if ((descriptor is null || version != 1) && !asIs)
            return Substitute(activity, type, version);
        var shown = new JsonObject();
        foreach (var (member, value) in activity)
        {
            if (member != "nodeId")
                shown[member] = ShowMember(descriptor, type, member, value);
        }

        shown["version"] = version;
        shown["customProperties"] ??= new JsonObject();
        shown["metadata"] ??= new JsonObject();
        if (type is Flowchart or Sequence)
        {
            shown["activities"] ??= new JsonArray();
            shown["variables"] ??= new JsonArray();
        }

        if (type == Flowchart)
        {
            shown["connections"] ??= new JsonArray();
            FlowchartLayout.Apply(shown);
        }

        return shown;
    }

    private JsonNode? ShowMember(ActivityDescriptor? descriptor, string type, string member, JsonNode? value)
    {
        if (descriptor?.Inputs.FirstOrDefault(i => i.Member == member) is { IsWrapped: true } input && value is not null)
            return ShowInput(input, value);
        if (type == Flowchart && member == "connections")
            return ListOf(value, ShowEdge);
        if (member == "variables")
            return ListOf(value, ShowVariable);
        return ShowInside(value);
    }

    private JsonNode? ShowInside(JsonNode? value)
    {
        switch (value)
        {
            case JsonObject activity when ActivityJson.IsActivity(activity):
                return ShowActivity(activity);
            case JsonObject json when json["activity"] is JsonObject inner && ActivityJson.IsActivity(inner):
                var shown = new JsonObject();
                foreach (var (member, one) in json)
                    shown[member] = ShowInside(one);
                return shown;
            case JsonArray list:
                return new JsonArray([.. list.Select(ShowInside)]);
            default:
                return Clone(value);
        }
    }

    // The editor reads texts only.
    private static JsonObject ShowInput(InputDescriptor input, JsonNode value)
    {
        if (!ActivityJson.IsWrapped(value))
            return new() { ["typeName"] = input.TypeName, ["expression"] = new JsonObject { ["type"] = "Literal", ["value"] = AsText(value) } };
        var shown = (JsonObject)Clone(value)!;
        if (shown["expression"] is JsonObject expression)
            expression["value"] = AsText(expression["value"]);
        return shown;
    }

    private static JsonNode? ShowVariable(JsonNode? variable)
    {
        if (Clone(variable) is not JsonObject shown)
            return Clone(variable);
        shown["id"] ??= shown.Text("name");
        shown["isArray"] ??= false;
        shown["value"] = AsText(shown["value"]) ?? "";
        return shown;
    }

    private static JsonNode? ShowArgument(JsonNode? argument, bool hasHint)
    {
        if (Clone(argument) is not JsonObject shown)
            return Clone(argument);
        shown["isArray"] ??= false;
        shown["displayName"] ??= shown.Text("name");
        shown["description"] ??= "";
        shown["category"] ??= "Primitives";
        if (hasHint)
            shown["uiHint"] ??= "singleline";
        return shown;
    }

    private static JsonNode? ShowEdge(JsonNode? edge)
    {
        if (Clone(edge) is not JsonObject shown)
            return Clone(edge);
        shown["vertices"] ??= new JsonArray();
        if (shown["source"] is JsonObject source)
            source["port"] ??= "Done";
        if (shown["target"] is JsonObject target)
            target["port"] ??= "In";
        return shown;
    }

    private static JsonObject Substitute(JsonObject activity, string type, int version) => new()
    {
        ["id"] = activity.Text("id"),
        ["name"] = activity.Text("name"),
        ["type"] = EngineActivities.NotFound,
        ["version"] = 1,
        ["customProperties"] = new JsonObject(),
        ["metadata"] = Named(Clone(activity["metadata"]) as JsonObject ?? [], type),
        ["missingTypeName"] = type,
        ["missingTypeVersion"] = version,
        [Original] = activity.ToJsonString(),
    };

    // What stands in its place says what it was.
    private static JsonObject Named(JsonObject metadata, string type)
    {
        metadata["displayText"] ??= $"{type} (not known here)";
        return metadata;
    }

    private static JsonObject EmptyRoot() => new()
    {
        ["id"] = "Flowchart1",
        ["name"] = "Flowchart1",
        ["type"] = Flowchart,
        ["version"] = 1,
        ["customProperties"] = new JsonObject(),
        ["metadata"] = new JsonObject(),
        ["activities"] = new JsonArray(),
        ["variables"] = new JsonArray(),
        ["connections"] = new JsonArray(),
    };

    private static JsonObject Filled(JsonNode? node, params string[] members)
    {
        var filled = Clone(node) as JsonObject ?? [];
        foreach (var member in members)
            filled.TryAdd(member, member is "usableAsActivity" or "autoUpdateConsumingWorkflows" ? false : null);
        return filled;
    }

    private static JsonArray ListOf(JsonNode? node, Func<JsonNode?, JsonNode?> show) => node is JsonArray list ? new([.. list.Select(i => show(i) is { } shown ? shown.Parent is null ? shown : shown.DeepClone() : null)]) : [];

    /// <summary>A value as the editor reads it.</summary>
    public static JsonNode? AsText(JsonNode? value) => value switch
    {
        null => null,
        JsonValue text when text.GetValueKind() == JsonValueKind.String => text.DeepClone(),
        JsonValue flag when flag.GetValueKind() is JsonValueKind.True or JsonValueKind.False => flag.GetValueKind() == JsonValueKind.True ? "True" : "False",
        _ => value.ToJsonString(),
    };

    private static JsonNode? Clone(JsonNode? node) => node?.DeepClone();
}
