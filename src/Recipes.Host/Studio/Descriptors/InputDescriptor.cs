using System.Text.Json.Nodes;
using Recipes.Connectors;

namespace Recipes.Host;

/// <summary>One input of an activity, as Studio's editor shows it.</summary>
/// <param name="Name">PascalCase; the activity's JSON has it in camelCase.</param>
/// <param name="TypeName">Elsa's name of its type.</param>
/// <param name="Hint">Which of Studio's editors: <c>singleline</c>, <c>dropdown</c>, …</param>
internal sealed record InputDescriptor(string Name, string TypeName, string Label, string Hint = "singleline", string? Help = null)
{
    /// <summary>Whether its value is an expression; otherwise the bare value is stored.</summary>
    public bool IsWrapped { get; init; } = true;

    /// <summary>What the editor shows where nothing is set.</summary>
    public object? Default { get; init; }

    /// <summary>The kind of expression that the editor begins with.</summary>
    public string Syntax { get; init; } = "Literal";

    /// <summary>Of a drop-down.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>Whether its drop-down is filled when the activity is selected.</summary>
    public bool IsDynamic { get; init; }

    /// <summary>Of an editor of code.</summary>
    public string? Language { get; init; }

    /// <summary>Name of its property in an activity's JSON.</summary>
    public string Member { get; } = $"{char.ToLowerInvariant(Name[0])}{Name.AsSpan(1)}";

    public JsonObject ToJson(int order)
    {
        var json = new JsonObject
        {
            ["name"] = Name,
            ["typeName"] = TypeName,
            ["displayName"] = Label,
            ["description"] = Help,
            ["order"] = order,
            ["isBrowsable"] = true,
            ["isWrapped"] = IsWrapped,
            ["uiHint"] = Hint,
            ["defaultSyntax"] = Syntax,
        };
        if (Default is not null)
            json["defaultValue"] = JsonNode.Parse(PlainData.ToJson(Default));
        if (Specification() is { } specification)
            json["uiSpecifications"] = specification;
        return json;
    }

    private JsonObject? Specification() => this switch
    {
        { IsDynamic: true } => new() { ["Refresh"] = true, ["dropdown"] = SelectList.Of([]) },
        { Hint: "dropdown" } => new() { ["dropdown"] = SelectList.Of(Choices.Select(c => new SelectItem(c, c))) },
        { Language: { } language } => new() { ["code-editor"] = new JsonObject { ["language"] = language } },
        _ => null,
    };
}
