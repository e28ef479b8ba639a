using System.Text.Json;

namespace Recipes.Host;

/// <summary>Where the activities of one version of a recipe are in it, as Studio spells it: <c>Workflow1:Flowchart1:find</c>, the way through whatever contains it.</summary>
/// <param name="Places">By the id of the activity.</param>
/// <param name="Variables">Ids of its variables by name, those of containers included.</param>
internal sealed record RecipeNodes(IReadOnlyDictionary<string, RecipeNode> Places, IReadOnlyDictionary<string, string> Variables)
{
    /// <summary>What every way begins with.</summary>
    private const string Workflow = "Workflow1";

    // Members of an activity in which there is none, whatever it looks like.
    private static readonly string[] s_notActivities = ["metadata", "customProperties", "connections", "expression", "memoryReference"];

    private static readonly JsonDocumentOptions s_reading = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, MaxDepth = 256 };

    public static RecipeNodes None { get; } = new(new Dictionary<string, RecipeNode>(), new Dictionary<string, string>());

    /// <param name="file">A recipe's file, UTF-8; nothing is known of one that is no JSON.</param>
    public static RecipeNodes Read(ReadOnlyMemory<byte> file)
    {
        try
        {
            using var json = JsonDocument.Parse(file, s_reading);
            var (places, variables) = (new Dictionary<string, RecipeNode>(), new Dictionary<string, string>());
            if (json.RootElement is not { ValueKind: JsonValueKind.Object } definition)
                return None;
            ReadVariables(definition, variables);
            if (definition.TryGetProperty("root", out var root) && IdOf(root) is { } id)
                Walk(root, id, Workflow, places, variables);
            return new(places, variables);
        }
        catch (JsonException)
        {
            return None;
        }
    }

    /// <summary>The place of an activity; directly in the workflow where it is not known.</summary>
    public RecipeNode Find(string activityId) => Places.GetValueOrDefault(activityId) ?? new($"{Workflow}:{activityId}", 1);

    private static void Walk(JsonElement activity, string id, string parent, Dictionary<string, RecipeNode> places, Dictionary<string, string> variables)
    {
        var own = $"{parent}:{id}";
        places.TryAdd(id, new(own, activity.TryGetProperty("version", out var version) && version.ValueKind == JsonValueKind.Number && version.TryGetInt32(out var number) ? number : 1));
        ReadVariables(activity, variables);
        Search(activity, own, places, variables);
    }

    private static void Search(JsonElement within, string parent, Dictionary<string, RecipeNode> places, Dictionary<string, string> variables)
    {
        if (within.ValueKind == JsonValueKind.Array)
        {
            foreach (var element in within.EnumerateArray())
                Visit(element, parent, places, variables);
        }
        else if (within.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in within.EnumerateObject().Where(m => !s_notActivities.Contains(m.Name)))
                Visit(member.Value, parent, places, variables);
        }
    }

    private static void Visit(JsonElement element, string parent, Dictionary<string, RecipeNode> places, Dictionary<string, string> variables)
    {
        if (IdOf(element) is { } id)
            Walk(element, id, parent, places, variables);
        else
            Search(element, parent, places, variables);
    }

    // An activity has an id and a type, both text; nothing else has.
    private static string? IdOf(JsonElement element) =>
        element.ValueKind == JsonValueKind.Object && TextOf(element, "type") is not null ? TextOf(element, "id") : null;

    private static void ReadVariables(JsonElement element, Dictionary<string, string> variables)
    {
        if (!element.TryGetProperty("variables", out var list) || list.ValueKind != JsonValueKind.Array)
            return;
        foreach (var variable in list.EnumerateArray().Where(v => v.ValueKind == JsonValueKind.Object))
        {
            if (TextOf(variable, "name") is { } name)
                variables.TryAdd(name, TextOf(variable, "id") ?? name);
        }
    }

    private static string? TextOf(JsonElement element, string member) =>
        element.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}

/// <param name="Id">The whole way to it.</param>
/// <param name="TypeVersion">Version of its type.</param>
internal sealed record RecipeNode(string Id, int TypeVersion);
