using System.Text.Json.Nodes;

namespace Recipes.Host;

/// <summary>Where the activities of one version of a recipe are in it, as Studio spells it: <c>Workflow1:Flowchart1:find</c>, the way through whatever contains it.</summary>
/// <param name="Places">By the id of the activity.</param>
/// <param name="Variables">Ids of its variables by name, those of containers included.</param>
internal sealed record RecipeNodes(IReadOnlyDictionary<string, RecipeNode> Places, IReadOnlyDictionary<string, string> Variables)
{
    public static RecipeNodes None { get; } = new(new Dictionary<string, RecipeNode>(), new Dictionary<string, string>());

    /// <param name="definition">Node ids are put into it.</param>
    public static RecipeNodes Of(JsonObject definition)
    {
        var (places, variables) = (new Dictionary<string, RecipeNode>(), new Dictionary<string, string>());
        ReadVariables(definition, variables);
        if (definition["root"] is not JsonObject root || !ActivityJson.IsActivity(root))
            return new(places, variables);
        ActivityJson.SetNodeIds(root);
        foreach (var activity in ActivityJson.AllOf(root))
        {
            places.TryAdd(activity.Text("id")!, new(activity.Text("nodeId")!, activity["version"] is JsonValue version && version.TryGetValue<int>(out var number) ? number : 1));
            ReadVariables(activity, variables);
        }

        return new(places, variables);
    }

    /// <summary>The place of an activity; directly in the workflow where it is not known.</summary>
    public RecipeNode Find(string activityId) => Places.GetValueOrDefault(activityId) ?? new($"Workflow1:{activityId}", 1);

    private static void ReadVariables(JsonObject owner, Dictionary<string, string> variables)
    {
        foreach (var variable in owner["variables"] as JsonArray ?? [])
        {
            if (variable.Text("name") is { } name)
                variables.TryAdd(name, variable.Text("id") ?? name);
        }
    }
}

/// <param name="Id">The whole way to it.</param>
/// <param name="TypeVersion">Version of its type.</param>
internal sealed record RecipeNode(string Id, int TypeVersion);
