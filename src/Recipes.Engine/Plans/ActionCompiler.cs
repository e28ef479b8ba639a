using System.Text.Json;
using Recipes.Connections;
using Recipes.Connectors;
using ValueType = Recipes.Connectors.ValueType;

namespace Recipes.Engine;

/// <summary>Compiles steps that are actions of connectors.</summary>
internal sealed class ActionCompiler(ExpressionReader reader, RecipeNames names, IActionCatalogue actions)
{
    public const string KeyMember = "connection";

    private readonly Dictionary<StableKey, string> _connectors = new();
    private readonly Dictionary<ActivityDocument, StableKey> _keys = new();
    private readonly List<(ActivityDocument Activity, StableKey Key, ConnectorProfile Connector, IReadOnlyList<string> Scopes)> _uses = [];

    public IReadOnlyDictionary<StableKey, string> Connectors => _connectors;

    /// <summary>What the actions and triggers need that use a key, in the order of the recipe.</summary>
    public IReadOnlyList<string> ScopesOf(StableKey key) => [.. _uses.Where(u => u.Key == key).SelectMany(u => u.Scopes).Distinct()];

    public void CollectKey(ActivityDocument activity, ConnectorProfile connector, IReadOnlyList<string> scopes)
    {
        if (ReadKey(activity) is not { } key)
            return;
        _keys[activity] = key;
        names.Keys.Add(key);
        _uses.Add((activity, key, connector, scopes));
    }

    /// <summary>The key that an activity names; null when it is missing or has a fault.</summary>
    public StableKey? ReadKey(ActivityDocument activity)
    {
        if (reader.ReadFixedText(activity, KeyMember, "The connection (its stable key)") is not { } text)
            return null;
        if (StableKey.TryParse(text, out var key))
            return key;
        reader.Fault(activity, $"{activity.Path}.{KeyMember}", $"'{text}' is no stable key: use 1 to 63 lower-case letters, digits and hyphens, beginning with a letter.");
        return null;
    }

    /// <summary>The key that was collected of an activity; null when there was none, or it has a fault.</summary>
    public StableKey? KeyOf(ActivityDocument activity) => _keys.TryGetValue(activity, out var key) ? key : null;

    /// <summary>One connector per key and, unless the connector says otherwise, one key per connector.</summary>
    public void CheckKeys()
    {
        var keys = new Dictionary<string, StableKey>();
        foreach (var (activity, key, connector, _) in _uses)
        {
            var path = $"{activity.Path}.{KeyMember}";
            if (!_connectors.TryAdd(key, connector.Name) && _connectors[key] != connector.Name)
                reader.Fault(activity, path, $"The connection '{key}' is used with the connector {_connectors[key]} elsewhere in this recipe, here with {connector.Name}.");
            else if (!keys.TryAdd(connector.Name, key) && keys[connector.Name] != key && !connector.SeveralPerRecipe)
                reader.Fault(activity, path, $"This recipe already uses the connection '{keys[connector.Name]}' for {connector.DisplayName}: one recipe uses one connection per connector.");
        }
    }

    public PlanNode Compile(ActivityDocument activity, int index)
    {
        if (actions.FindAction(activity.Type) is not { } action)
        {
            reader.Fault(activity, $"{activity.Path}.type", DescribeUnknown(activity.Type));
            return new UnknownNode { Index = index, Recipe = names.Document.Recipe, Id = activity.Id, Step = activity.Step, Type = activity.Type };
        }

        CheckMembers(activity, [KeyMember, "result", .. action.Inputs.Select(i => i.Name), .. action.Outputs.Select(o => o.Name)]);
        var inputs = new List<StepInput>();
        foreach (var declared in action.Inputs)
        {
            if (ReadInput(activity, declared) is { } input)
                inputs.Add(input);
        }

        return new ActionNode
        {
            Index = index,
            Recipe = names.Document.Recipe,
            Id = activity.Id,
            Step = activity.Step,
            Type = activity.Type,
            Action = action,
            Key = _keys.GetValueOrDefault(activity),
            Inputs = [.. inputs],
            Outputs = [.. ReadBindings(activity, action.Outputs)],
            Retry = RetryReader.Read(activity.Json, names.Document.Retry, (path, message) => reader.Fault(activity, $"{activity.Path}.{path}", message)),
        };
    }

    /// <summary>Notes members that are neither part of the format nor among <paramref name="known"/>.</summary>
    public void CheckMembers(ActivityDocument activity, IReadOnlyList<string> known)
    {
        foreach (var member in activity.Json.EnumerateObject())
        {
            if (member.Value.ValueKind != JsonValueKind.Null && !known.Contains(member.Name) && !ActivityTypes.ReservedMembers.Contains(member.Name))
                reader.Fault(activity, $"{activity.Path}.{member.Name}", $"{activity.Type} has no input '{member.Name}'.{DidYouMean.Hint(member.Name, known)}");
        }
    }

    /// <summary>The input that a connector declares; null when it is not set or has a fault.</summary>
    public StepInput? ReadInput(ActivityDocument activity, ActionInput declared)
    {
        var path = $"{activity.Path}.{declared.Name}";
        if (ActivityTypes.ReservedMembers.Contains(declared.Name))
        {
            reader.Fault(activity, path, $"{activity.Type} declares an input '{declared.Name}', a name that the recipe format reserves: the connector has to call it something else.");
            return null;
        }

        var input = reader.Read(activity, declared.Name, TypeOf(declared.Type));
        if (input is null or { Expression: Expression.Constant { Value: "" } } && declared is { Required: true, Default: null } && reader.IsSound(activity, declared.Name))
            reader.Fault(activity, path, $"The input '{declared.Name}' ({declared.Label}) is missing.");
        if (declared.Choices.Count > 0 && input?.Expression is Expression.Constant { Value: string chosen } && chosen.Length > 0 && !declared.Choices.Contains(chosen))
            reader.Fault(activity, path, $"'{chosen}' is none of the choices {string.Join(", ", declared.Choices)}.");
        return input;
    }

    /// <summary>Where the outputs go that the activity binds to variables.</summary>
    public IEnumerable<OutputBinding> ReadBindings(ActivityDocument activity, IReadOnlyList<ActionOutput> outputs)
    {
        foreach (var output in (string?[])[null, .. outputs.Select(o => o.Name)])
        {
            var slot = reader.ReadBinding(activity, output ?? "result");
            if (slot >= 0)
                yield return new(output, slot, names.Variables[slot].Type);
        }
    }

    private string DescribeUnknown(string type)
    {
        var dot = type.LastIndexOf('.');
        if (dot <= 0 || type.StartsWith("Elsa.", StringComparison.Ordinal) || type.StartsWith("Recipes.", StringComparison.Ordinal))
            return $"There is no activity '{type}' here.{DidYouMean.Hint(type, ActivityTypes.All.Concat(actions.ActionTypes))}";
        var prefix = type[..dot];
        var prefixes = actions.ActionTypes.Select(t => t[..t.LastIndexOf('.')]).Distinct().ToList();
        return prefixes.Contains(prefix)
            ? $"The connector {prefix} has no action '{type[(dot + 1)..]}'.{DidYouMean.Hint(type, actions.ActionTypes)}"
            : $"There is no connector '{prefix}' here.{DidYouMean.Hint(prefix, prefixes)}";
    }

    private static DataType TypeOf(ValueType type) => type switch
    {
        ValueType.Text => DataType.Text,
        ValueType.Number => DataType.Number,
        ValueType.Boolean => DataType.Boolean,
        ValueType.Object => DataType.Dictionary,
        ValueType.List => DataType.List,
        ValueType.Any => DataType.Any,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, null),
    };
}
