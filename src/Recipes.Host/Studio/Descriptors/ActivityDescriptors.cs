using System.Collections.Frozen;
using Recipes.Connectors;
using ValueType = Recipes.Connectors.ValueType;

namespace Recipes.Host;

/// <summary>All activities that can stand in a recipe: the engine's own, and the actions and triggers of every connector.</summary>
internal sealed class ActivityDescriptors(ConnectorCatalogue connectors)
{
    /// <summary>Name of the input that takes the stable key.</summary>
    public const string Connection = "Connection";

    // Connectors are read when the host starts, so it stays the same.
    private readonly Lazy<FrozenDictionary<string, ActivityDescriptor>> _byType = new(() => EngineActivities.All.Concat(connectors.Connectors.SelectMany(OfConnector)).ToFrozenDictionary(d => d.Type));

    public IEnumerable<ActivityDescriptor> All => _byType.Value.Values;

    public ActivityDescriptor? Find(string type) => _byType.Value.GetValueOrDefault(type);

    private static IEnumerable<ActivityDescriptor> OfConnector(Connector connector) => connector.Triggers.Select(Of).Concat(connector.Actions.Select(Of));

    private static ActivityDescriptor Of(ConnectorAction action) => new(action.Type, action.Connector.DisplayName, action.DisplayName, action.Description)
    {
        Connector = action.Connector.Name,
        Outcomes = ["Done", "Failed"],
        Inputs = [KeyOf(action.Connector), .. action.Inputs.Select(Of)],
        Outputs = [.. action.Outputs.Select(Of)],
    };

    private static ActivityDescriptor Of(ConnectorTrigger trigger) => new(trigger.Type, trigger.Connector.DisplayName, trigger.DisplayName, trigger.Description)
    {
        Connector = trigger.Connector.Name,
        Kind = "Trigger",
        Inputs =
        [
            KeyOf(trigger.Connector),
            .. trigger is not PollTrigger poll ? Array.Empty<InputDescriptor>() :
            [
                new("Every", "TimeSpan", "Pause between two polls", Help: "10 seconds to 7 days, such as 00:05:00.") { Default = poll.Every.ToString("c") },
                new("First", "String", "What the first poll hands over", "dropdown", "now: only what comes after the trigger was switched on; all: everything there is.") { Choices = ["now", "all"], Default = poll.First.ToString().ToLowerInvariant() },
            ],
            .. trigger.Inputs.Select(Of),
        ],
        Outputs = [.. trigger.Outputs.Select(Of)],
    };

    private static InputDescriptor KeyOf(ConnectorProfile connector) => new(Connection, "String", "Connection", "dropdown", $"Through which connection to {connector.DisplayName}.") { IsDynamic = true };

    private static InputDescriptor Of(ActionInput input)
    {
        var help = input.Example is null ? input.Help : $"{input.Help}{(input.Help is null ? "" : " ")}Such as {input.Example}.";
        var (type, hint, syntax, language) = input switch
        {
            { Options: not null } => ("String", "dropdown", "Literal", null),
            { Choices.Count: > 0 } => ("String", "dropdown", "Literal", null),
            { Type: ValueType.Boolean } => ("Boolean", "checkbox", "Literal", null),
            { Type: ValueType.Number } => ("Decimal", "singleline", "Literal", null),
            { Type: ValueType.Object } => ("ObjectDictionary", "json-editor", "Object", "json"),
            { Type: ValueType.List } => ("List<Object>", "json-editor", "Object", "json"),
            { Type: ValueType.Any } => ("Object", "multiline", "Literal", null),
            _ => ("String", "singleline", "Literal", (string?)null),
        };
        return new(Pascal(input.Name), type, input.Required ? $"{input.Label} *" : input.Label, hint, help) { Choices = input.Choices, IsDynamic = input.Options is not null, Default = input.Default, Syntax = syntax, Language = language };
    }

    private static OutputDescriptor Of(ActionOutput output) => new(Pascal(output.Name), output.Type switch
    {
        ValueType.Text => "String",
        ValueType.Number => "Decimal",
        ValueType.Boolean => "Boolean",
        ValueType.Object => "ObjectDictionary",
        ValueType.List => "List<Object>",
        _ => "Object",
    }, output.Label);

    private static string Pascal(string name) => $"{char.ToUpperInvariant(name[0])}{name.AsSpan(1)}";
}
