using System.Text.Json.Nodes;

namespace Recipes.Host;

/// <summary>A kind of activity, as Studio's toolbox and editor show it. All have version 1.</summary>
/// <param name="Type">As in recipes: <c>Elsa.If</c>, <c>SandboxCrm.FindAccount</c>.</param>
/// <param name="Category">Heading in the toolbox.</param>
internal sealed record ActivityDescriptor(string Type, string Category, string Label, string? Help)
{
    /// <summary><c>Action</c> or <c>Trigger</c>.</summary>
    public string Kind { get; init; } = "Action";
    public bool IsContainer { get; init; }

    /// <summary>Whether it can be drawn at all.</summary>
    public bool IsOffered { get; init; } = true;
    public bool IsTerminal { get; init; }

    /// <summary>Outcomes that edges leave from; empty means <c>Done</c>, or what Studio makes of the inputs.</summary>
    public IReadOnlyList<string> Outcomes { get; init; } = [];

    /// <summary>Activities inside it, by name of the property in PascalCase.</summary>
    public IReadOnlyList<string> Embedded { get; init; } = [];
    public IReadOnlyList<InputDescriptor> Inputs { get; init; } = [];
    public IReadOnlyList<OutputDescriptor> Outputs { get; init; } = [];

    /// <summary>The connector whose action or trigger it is; null for the engine's own.</summary>
    public string? Connector { get; init; }

    public InputDescriptor? FindInput(string name) => Inputs.FirstOrDefault(i => string.Equals(i.Name, name, StringComparison.OrdinalIgnoreCase));

    /// <param name="category">As its heading is sorted.</param>
    /// <param name="isOffered">Whether the toolbox shows it.</param>
    public JsonObject ToJson(string category, bool isOffered)
    {
        var dot = Type.LastIndexOf('.');
        return new()
        {
            ["typeName"] = Type,
            ["namespace"] = Type[..dot],
            ["name"] = Type[(dot + 1)..],
            ["version"] = 1,
            ["category"] = category,
            ["displayName"] = Label,
            ["description"] = Help,
            ["kind"] = Kind,
            ["isContainer"] = IsContainer,
            ["isBrowsable"] = isOffered,
            ["isStart"] = false,
            ["isTerminal"] = IsTerminal,
            ["customProperties"] = new JsonObject(),
            ["constructionProperties"] = new JsonObject(),
            ["ports"] = new JsonArray([.. Outcomes.Select(o => Port(o, "Flow")), .. Embedded.Select(e => Port(e, "Embedded"))]),
            ["inputs"] = new JsonArray([.. Inputs.Select((i, order) => i.ToJson(order))]),
            ["outputs"] = new JsonArray([.. Outputs.Select(o => o.ToJson())]),
        };
    }

    private static JsonObject Port(string name, string type) => new() { ["name"] = name, ["displayName"] = name, ["type"] = type, ["isBrowsable"] = true };
}

/// <summary>One output of an activity.</summary>
/// <param name="Name">PascalCase.</param>
internal sealed record OutputDescriptor(string Name, string TypeName, string Label)
{
    /// <summary>Name of its property in an activity's JSON.</summary>
    public string Member { get; } = $"{char.ToLowerInvariant(Name[0])}{Name.AsSpan(1)}";

    public JsonObject ToJson() => new() { ["name"] = Name, ["typeName"] = TypeName, ["displayName"] = Label, ["description"] = null, ["order"] = 0, ["isBrowsable"] = true };
}
