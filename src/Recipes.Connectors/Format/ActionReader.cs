using Recipes.Connections;

namespace Recipes.Connectors;

/// <summary>Reads the actions of a connector.</summary>
internal sealed class ActionReader(ConnectorProfile profile, string typePrefix, FieldNames fields, string? idempotencyHeader, TimeProvider time)
{
    private static readonly Dictionary<string, ValueType> s_types =
        Enum.GetValues<ValueType>().ToDictionary(type => type.ToString().ToLowerInvariant());

    public static IReadOnlyDictionary<string, ValueType> Types => s_types;

    public List<ConnectorAction> Read(YamlMap connector)
    {
        var actions = new List<ConnectorAction>();
        foreach (var map in connector.Maps("actions", Shape.Action))
        {
            var name = map.Text("name", required: true) ?? "";
            if (name.Length > 0 && !Names.IsPascal(name))
                map.Fault("name", $"'{name}' cannot be an action's name: letters and digits, a capital first, such as 'CreateOpportunity'.");
            else if (name == SendRequestAction.ActionName)
                map.Fault("name", "every connector has 'SendRequest' already.");
            else if (actions.Exists(a => string.Equals(a.Type, $"{typePrefix}.{name}", StringComparison.OrdinalIgnoreCase)))
                map.Fault("name", $"there is an action '{name}' already.");
            var inputs = ReadInputs(map);
            var pages = PaginationReader.Read(map);
            if (pages is not null && !inputs.Exists(i => i.Name == PageRules.LimitInput))
                inputs.Add(PageRules.Limit);
            var request = new RequestReader(inputs, fields, TemplateScope.Action).Read(map);
            var response = ResponseReader.Read(map, inputs);
            if (request is not null && name.Length > 0)
                actions.Add(new DeclaredAction($"{typePrefix}.{name}", map.Text("displayName") ?? Names.ToLabel(name), map.Text("description"), profile, ReadScopes(map, profile), inputs, request, response, pages,
                    map.Flag("repeatable", otherwise: false), ReadIdempotencyHeader(map) ?? idempotencyHeader, time));
        }

        return actions;
    }

    /// <summary>The header by which an app knows a request that comes again; null when none is declared.</summary>
    public static string? ReadIdempotencyHeader(YamlMap map)
    {
        if (map.Text("idempotencyHeader") is not { } header)
            return null;
        if (!ApplyRules.IsHeader(header))
            map.Fault("idempotencyHeader", $"'{header}' is no name of a header, such as 'Idempotency-Key'.");
        return header;
    }

    /// <summary>The scopes that an action or trigger needs. One that no scheme knows would be missing for ever.</summary>
    public static IReadOnlyList<string> ReadScopes(YamlMap action, ConnectorProfile profile)
    {
        var scopes = action.Texts("scopes");
        var choices = profile.Schemes.OfType<OAuth2Scheme>().SelectMany(s => s.ScopeChoices).ToList();
        var known = choices.Select(c => c.Name).Concat(choices.SelectMany(c => c.Includes ?? [])).Distinct().ToList();
        foreach (var scope in scopes.Where(s => !known.Contains(s)))
            action.Fault("scopes", known.Count == 0 ? "'scopes' are those of a scheme of OAuth 2.0, and none offers any." : $"no scheme offers a scope '{scope}'{Suggestion.Hint(scope, known)}{(Suggestion.Nearest(scope, known) is null ? "." : "")}");
        return scopes;
    }

    /// <summary>The form of an action or trigger.</summary>
    public static List<ActionInput> ReadInputs(YamlMap action)
    {
        var inputs = new List<ActionInput>();
        foreach (var map in action.Maps("inputs", Shape.Input))
        {
            if (map.Text("name", required: true) is not { } name)
                continue;
            if (!Names.IsCamel(name))
                map.Fault("name", $"'{name}' cannot be an input's name: letters and digits, a small letter first.");
            else if (Names.IsReserved(name))
                map.Fault("name", $"an input cannot be called '{name}': activities have a member of that name; say what it is the {name} of, such as 'account{char.ToUpperInvariant(name[0])}{name[1..]}'.");
            else if (inputs.Exists(i => string.Equals(i.Name, name, StringComparison.OrdinalIgnoreCase)))
                map.Fault("name", $"there is an input '{name}' already.");
            var input = new ActionInput
            {
                Name = name,
                Label = map.Text("label") ?? Names.ToLabel(name),
                Type = map.Choice("type", s_types, ValueType.Text),
                Required = map.Flag("required", otherwise: false),
                Default = map.Has("default") ? PlainYaml.Read(map.At("default")) : null,
                Help = map.Text("help"),
                Example = map.Text("example"),
                Choices = map.Texts("choices"),
                Options = ReadOptions(map),
            };
            CheckDefault(map, input);
            inputs.Add(input);
        }

        return inputs;
    }

    /// <summary>Whether inputs name actions that there are, and that list something.</summary>
    public static void CheckOptions(YamlMap connector, IReadOnlyList<ConnectorAction> actions, params string[] holders)
    {
        foreach (var input in holders.SelectMany(h => connector.Maps(h, null)).SelectMany(holder => holder.Maps("inputs", null)))
        {
            if (input.Map("options", null)?.Text("action") is not { Length: > 0 } name)
                continue;
            var listing = actions.FirstOrDefault(a => a.Type[(a.Type.LastIndexOf('.') + 1)..] == name);
            var names = actions.Select(a => a.Type[(a.Type.LastIndexOf('.') + 1)..]).ToList();
            if (listing is null)
                input.Fault("options", $"there is no action '{name}'{Suggestion.Hint(name, names)}{(Suggestion.Nearest(name, names) is null ? "." : "")}");
            else if (listing.Outputs.All(o => o.Name != InputOptions.Items))
                input.Fault("options", $"the action '{name}' lists nothing: its response has no 'list'.");
        }
    }

    private static InputOptions? ReadOptions(YamlMap input)
    {
        if (input.Map("options", Shape.Options) is not { } map || map.Text("action", required: true) is not { } action)
            return null;
        var value = DottedPath.Parse(map.Text("value") ?? "id");
        return new(action, value, map.Text("text") is { } text ? DottedPath.Parse(text) : value);
    }

    private static void CheckDefault(YamlMap map, ActionInput input)
    {
        if (input.Default is null)
            return;
        try
        {
            InputValues.Check([input], new Dictionary<string, object?>());
        }
        catch (InputException)
        {
            map.Fault("default", $"the default does not fit the type '{input.Type.ToString().ToLowerInvariant()}' or the choices.");
        }
    }
}
