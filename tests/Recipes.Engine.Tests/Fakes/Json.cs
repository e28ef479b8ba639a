using System.Text.Json.Nodes;

namespace Recipes.Engine.Tests;

/// <summary>Writes definitions the way Studio saves them, without the noise.</summary>
internal static class Json
{
    public static JsonObject Literal(object? value) => Wrapped("Literal", value is null ? null : JsonValue.Create(value));

    public static JsonObject Template(string source) => Wrapped("Handlebars", source);

    public static JsonObject Object(string json) => Wrapped("Object", json);

    public static JsonObject Wrapped(string type, JsonNode? value) =>
        new() { ["typeName"] = null, ["expression"] = new JsonObject { ["type"] = type, ["value"] = value }, ["memoryReference"] = null };

    public static JsonObject Into(string variable) => new() { ["typeName"] = "Object", ["memoryReference"] = new JsonObject { ["id"] = variable } };

    public static JsonObject Activity(string id, string type, params (string Name, JsonNode? Value)[] members)
    {
        var json = new JsonObject { ["id"] = id, ["nodeId"] = $"Workflow1:{id}", ["name"] = null, ["type"] = type, ["version"] = 1, ["customProperties"] = new JsonObject(), ["metadata"] = new JsonObject() };
        foreach (var (name, value) in members)
            json[name] = value;
        return json;
    }

    public static JsonObject Callable() => Activity("call", "Recipes.Callable");

    public static JsonObject Say(string id, string template) => Activity(id, "Elsa.WriteLine", ("text", Template(template)));

    public static JsonObject Set(string id, string variable, JsonObject value) => Activity(id, "Elsa.SetVariable", ("variable", new JsonObject { ["id"] = variable, ["name"] = variable }), ("value", value));

    public static JsonObject Output(string id, string output, JsonObject value) => Activity(id, "Elsa.SetOutput", ("outputName", Literal(output)), ("outputValue", value));

    public static JsonObject Decide(string id, string condition) => Activity(id, "Elsa.FlowDecision", ("condition", Template(condition)));

    public static JsonObject Call(string id, string recipe, string? input = null) =>
        input is null ? Activity(id, "Recipes.CallRecipe", ("recipe", Literal(recipe))) : Activity(id, "Recipes.CallRecipe", ("recipe", Literal(recipe)), ("input", Object(input)));

    public static JsonObject Create(string id, string key = "crm") => Activity(id, "Crm.Create", ("connection", Literal(key)), ("title", Literal("a thing")));

    /// <param name="edges">Such as <c>a>b</c> or <c>a:True>b</c>.</param>
    public static JsonObject Flowchart(JsonObject[] activities, params string[] edges)
    {
        var chart = Activity("chart", "Elsa.Flowchart", ("activities", new JsonArray([.. activities])));
        chart["connections"] = new JsonArray([.. edges.Select(edge =>
        {
            var (from, to) = (edge.Split('>')[0].Split(':'), edge.Split('>')[1]);
            return (JsonNode)new JsonObject
            {
                ["source"] = new JsonObject { ["activity"] = from[0], ["port"] = from.Length > 1 ? from[1] : "Done" },
                ["target"] = new JsonObject { ["activity"] = to, ["port"] = "In" },
                ["vertices"] = new JsonArray(),
            };
        })]);
        return chart;
    }

    public static JsonObject Sequence(params JsonObject[] activities) => Sequence(activities, "sequence");

    public static JsonObject Sequence(JsonObject[] activities, string id) => Activity(id, "Elsa.Sequence", ("activities", new JsonArray([.. activities])));

    /// <param name="variable">Takes the current value; null for none.</param>
    public static JsonObject ForEach(string id, JsonObject items, JsonObject body, string? variable = null) =>
        Activity(id, "Elsa.ForEach", ("items", items), ("body", body), ("currentValue", variable is null ? null : Into(variable)));

    public static JsonObject While(string id, string condition, JsonObject body) => Activity(id, "Elsa.While", ("condition", Template(condition)), ("body", body));

    /// <param name="type">Elsa.Switch or Elsa.FlowSwitch.</param>
    public static JsonObject Switch(string type, string mode, params (string Label, string Condition)[] cases) => Activity("switch", type, ("mode", Literal(mode)), ("cases", new JsonArray(
        [.. cases.Select(c => (JsonNode)new JsonObject { ["label"] = c.Label, ["condition"] = new JsonObject { ["type"] = "Handlebars", ["value"] = c.Condition } })])));

    public static JsonObject Join(string? mode) => Activity("join", "Elsa.FlowJoin", ("mode", mode is null ? null : Literal(mode)));

    public static JsonObject Delay(string id, string time) => Activity(id, "Elsa.Delay", ("timeSpan", Literal(time)));

    /// <param name="inputs">Such as <c>amount:Int32</c>.</param>
    public static JsonObject Definition(JsonObject? root, string[]? inputs = null, string[]? outputs = null, string[]? variables = null) => new()
    {
        ["name"] = "Test",
        ["version"] = 1,
        ["inputs"] = Typed(inputs, "type"),
        ["outputs"] = Typed(outputs, "type"),
        ["variables"] = Typed(variables, "typeName"),
        ["customProperties"] = new JsonObject(),
        ["root"] = root,
    };

    // "name:Type" or "name:Type=value"
    private static JsonArray Typed(string[]? items, string member) => new([.. (items ?? []).Select(item =>
    {
        var parts = item.Split(':', '=');
        var json = new JsonObject { ["id"] = parts[0], ["name"] = parts[0], [member] = parts[1], ["isArray"] = false };
        if (parts.Length > 2)
            json["value"] = parts[2];
        return (JsonNode)json;
    })]);
}
