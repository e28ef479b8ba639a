using System.Text.Json;
using Recipes.Connections;
using Recipes.Connectors;

namespace Recipes.Engine;

/// <summary>Compiles the inputs of activities and notes what is wrong with them.</summary>
internal sealed class ExpressionReader(RecipeNames names, List<RecipeFault> faults, List<RecipeFault> warnings)
{
    private static readonly JsonDocumentOptions s_options = new() { MaxDepth = 64, AllowDuplicateProperties = false };

    /// <summary>The input <paramref name="member"/> of an activity; null when it is not set or has a fault.</summary>
    public StepInput? Read(ActivityDocument activity, string member, DataType type)
    {
        if (!activity.Json.TryGetProperty(member, out var json))
            return null;
        var at = new Place(activity, $"{activity.Path}.{member}", type);
        var expression = IsWrapped(json) ? ReadWrapped(json, at) : ReadLiteral(json, at);
        return expression is null or Expression.Constant { Value: null } ? null : new StepInput(member, type, expression);
    }

    /// <summary>An expression that stands somewhere else than in an input: <c>{"type": …, "value": …}</c>, wrapped as inputs are, or a bare value. Null when it is missing or has a fault.</summary>
    /// <param name="name">What messages call it while it runs.</param>
    public StepInput? ReadElsewhere(ActivityDocument activity, JsonElement? json, string path, string name, DataType type)
    {
        if (json is not { } given || given.ValueKind == JsonValueKind.Null)
            return null;
        var at = new Place(activity, path, type);
        var expression = IsWrapped(given) ? ReadWrapped(given, at) : given.ValueKind == JsonValueKind.Object ? ReadExpression(given, at) : ReadLiteral(given, at);
        return expression is null or Expression.Constant { Value: null } ? null : new StepInput(name, type, expression);
    }

    /// <summary>A choice that has to be fixed in the recipe.</summary>
    /// <param name="choices">What there is; the first counts where nothing is said.</param>
    public string ReadChoice(ActivityDocument activity, string member, params string[] choices)
    {
        if (Read(activity, member, DataType.Text) is not { } input || input.Expression is Expression.Constant { Value: "" })
            return choices[0];
        if (input.Expression is Expression.Constant { Value: string chosen } && choices.Contains(chosen))
            return chosen;
        Fault(activity, $"{activity.Path}.{member}", $"'{member}' has to be one of {string.Join(", ", choices)}, as a literal.");
        return choices[0];
    }

    /// <summary>Whether the input has been given at all, rightly or not.</summary>
    public static bool IsGiven(ActivityDocument activity, string member) =>
        activity.Json.TryGetProperty(member, out var json)
        && (IsWrapped(json) ? json.Object("expression") is { } e && e.TryGetProperty("value", out var value) && value.ValueKind != JsonValueKind.Null : json.ValueKind != JsonValueKind.Null);

    /// <summary>Whether the input is absent or given in a way that had no fault until now.</summary>
    public bool IsSound(ActivityDocument activity, string member) => IsSound($"{activity.Path}.{member}");

    /// <summary>Whether there was no fault until now at a path.</summary>
    public bool IsSound(string path) => !faults.Exists(f => f.Path is { } at && at.StartsWith(path, StringComparison.Ordinal) && (at.Length == path.Length || at[path.Length] is '.' or '['));

    /// <summary>The text of an input that has to be fixed in the recipe; null when it is missing or has a fault.</summary>
    public string? ReadFixedText(ActivityDocument activity, string member, string what)
    {
        if (Read(activity, member, DataType.Text) is { } input)
        {
            if (input.Expression is Expression.Constant { Value: string { Length: > 0 } text })
                return text;
            Fault(activity, $"{activity.Path}.{member}", $"{what} has to be a literal text, so that it is known before the recipe runs.");
        }
        else if (!IsGiven(activity, member))
        {
            Fault(activity, $"{activity.Path}.{member}", $"{what} is missing.");
        }

        return null;
    }

    /// <summary>Slot of the variable an activity's member names, -1 when there is none or it has a fault.</summary>
    public int ReadVariable(ActivityDocument activity, string member)
    {
        var path = $"{activity.Path}.{member}";
        if (!activity.Json.TryGetProperty(member, out var json) || json.ValueKind == JsonValueKind.Null)
        {
            Fault(activity, path, "The variable is missing.");
            return -1;
        }

        return FindVariable(IsWrapped(json) && json.Object("expression") is { } e && e.TryGetProperty("value", out var value) ? value : json, new(activity, path, DataType.Any));
    }

    /// <summary>Slot of the variable that an output goes to; -1 when it goes to none.</summary>
    public int ReadBinding(ActivityDocument activity, string output)
    {
        if (activity.Json.Object(output) is not { } json || json.Object("expression") is not null || json.Object("memoryReference")?.Text("id") is not { Length: > 0 } id)
            return -1;
        var slot = names.FindSlot(id, null);
        // Elsa makes up ids with a colon for places that are no variable of the recipe.
        if (slot < 0 && !id.Contains(':', StringComparison.Ordinal))
            Fault(activity, $"{activity.Path}.{output}.memoryReference", $"There is no variable with the id '{id}'.{DidYouMean.Hint(id, names.Variables.Select(v => v.Id))}");
        return slot;
    }

    public void Fault(ActivityDocument? activity, string path, string message) => faults.Add(new(names.Document.Recipe, message, activity?.Step, path));

    public void Warn(ActivityDocument activity, string path, string message) => warnings.Add(new(names.Document.Recipe, message, activity.Step, path));

    private static bool IsWrapped(JsonElement json) =>
        json.ValueKind == JsonValueKind.Object && (json.TryGetProperty("expression", out _) || json.TryGetProperty("memoryReference", out _) || json.TryGetProperty("typeName", out _));

    private Expression? ReadWrapped(JsonElement json, Place at)
    {
        return json.Object("expression") is { } expression ? ReadExpression(expression, at) : null;
    }

    private Expression? ReadExpression(JsonElement expression, Place at)
    {
        var type = expression.Text("type");
        if (!expression.TryGetProperty("value", out var value) || value.ValueKind == JsonValueKind.Null)
            return null;
        switch (type)
        {
            case "Literal" or null:
                return ReadLiteral(value, at);
            case "Variable":
                return FindVariable(value, at) is >= 0 and var slot ? new Expression.Variable(slot) : null;
            case "Input":
                return FindInput(value, at) is { } name ? new Expression.Input(name) : null;
            case "Handlebars":
                return value.ValueKind == JsonValueKind.String ? ReadTemplate(value.GetString()!, at) : ReadLiteral(value, at);
            case "Object":
                return ReadObject(value, at);
            default:
                Fault(at, $"Expressions in {type} are not run here: write a template instead (type Handlebars), for instance {{{{input.amount}}}} or {{{{gt variables.total 100}}}}.");
                return null;
        }
    }

    private Expression.Constant? ReadLiteral(JsonElement json, Place at)
    {
        var value = PlainData.FromJson(json);
        if (value is string text && text.Contains("{{", StringComparison.Ordinal))
            Warn(at.Activity, at.Path, "The text has {{ in it but is a literal, so it stays as it is: choose Template (type Handlebars) to have it filled in.");
        return Convert(value, at);
    }

    private Expression.Constant? Convert(object? value, Place at)
    {
        if (DataConversion.TryConvert(at.Type, value, out var converted, out var problem))
            return new(converted);
        Fault(at, $"The value {problem}.");
        return null;
    }

    private int FindVariable(JsonElement json, Place at)
    {
        var (id, name) = ReadReference(json);
        if (id is null && name is null)
            return -1;
        var slot = names.FindSlot(id, name ?? id);
        if (slot < 0)
            Fault(at, $"There is no variable '{name ?? id}'.{DidYouMean.Hint((name ?? id)!, names.VariableNames)}");
        return slot;
    }

    private string? FindInput(JsonElement json, Place at)
    {
        var name = ReadReference(json).Name;
        if (string.IsNullOrEmpty(name))
            return null;
        if (names.Document.Inputs.Any(i => i.Name == name))
            return name;
        Fault(at, $"There is no input '{name}'.{DidYouMean.Hint(name, names.Document.Inputs.Select(i => i.Name))}");
        return null;
    }

    // A variable or an input as an object, as the JSON text of one, or as its name alone.
    private static (string? Id, string? Name) ReadReference(JsonElement json)
    {
        if (json.ValueKind == JsonValueKind.Object)
            return (json.Text("id"), json.Text("name"));
        if (json.ValueKind != JsonValueKind.String || json.GetString() is not { Length: > 0 } text)
            return default;
        if (text[0] != '{')
            return (null, text);
        try
        {
            using var document = JsonDocument.Parse(text, s_options);
            return (document.RootElement.Text("id"), document.RootElement.Text("name"));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return (null, text);
        }
    }

    private Expression? ReadTemplate(string source, Place at)
    {
        if (!Template.TryParse(source, TemplateScope.Recipe, out var template, out var error))
        {
            Fault(at, $"The template is wrong at {error}");
            return null;
        }

        if (template.IsConstant)
            return Convert(source, at);
        var sound = true;
        foreach (var path in template.Paths)
            sound &= CheckPath(path, at);
        return sound ? new Expression.Text(template) : null;
    }

    private bool CheckPath(TemplatePath path, Place at)
    {
        var segments = path.Segments;
        var problem = (segments[0], segments.Count) switch
        {
            ("input", 1) => null,
            ("input", _) => names.Document.Inputs.Any(i => i.Name == segments[1])
                ? null
                : $"this recipe has no input '{segments[1]}'.{DidYouMean.Hint(segments[1], names.Document.Inputs.Select(i => i.Name))}",
            (var root, 1) => $"'{root}' alone cannot be read: name what you need of it.",
            ("variables", _) => names.FindSlot(null, segments[1]) >= 0
                ? null
                : $"this recipe has no variable '{segments[1]}'.{DidYouMean.Hint(segments[1], names.VariableNames)}",
            ("steps", _) => CheckStep(segments),
            _ => CheckConnection(segments, at),
        };
        if (problem is not null)
            Fault(at, $"The template reads '{path}' (position {path.Position}), but {problem}");
        return problem is null;
    }

    private string? CheckStep(IReadOnlyList<string> segments)
    {
        if (!names.Steps.TryGetValue(segments[1], out var outputs))
            return $"this recipe has no step '{segments[1]}'.{DidYouMean.Hint(segments[1], names.Steps.Keys)}";
        if (outputs is null)
            return null;
        if (outputs.Count == 0)
            return $"the step '{segments[1]}' has no output.";
        return segments.Count < 3 || outputs.Contains(segments[2])
            ? null
            : $"the step '{segments[1]}' has no output '{segments[2]}'; it has {string.Join(", ", outputs)}.";
    }

    private string? CheckConnection(IReadOnlyList<string> segments, Place at)
    {
        if (!StableKey.TryParse(segments[1], out var key) || !names.Keys.Contains(key))
            return $"no step of this recipe uses a connection '{segments[1]}'.{DidYouMean.Hint(segments[1], names.Keys.Select(k => k.Value))}";
        if (segments.Count < 4 || segments[2] != "fields")
            return $"of a connection only its fields can be read: connections.{key}.fields.<name>.";
        names.FieldKeys.TryAdd(key, (at.Activity, at.Path));
        return null;
    }

    private Expression? ReadObject(JsonElement json, Place at)
    {
        if (json.ValueKind != JsonValueKind.String)
            return Compile(json, at);
        var text = json.GetString()!;
        if (string.IsNullOrWhiteSpace(text))
            return null;
        try
        {
            using var document = JsonDocument.Parse(text, s_options);
            _ = PlainData.FromJson(document.RootElement);
            return Compile(document.RootElement, at);
        }
        catch (JsonException e)
        {
            var hint = text.Contains("{{", StringComparison.Ordinal) ? " A template goes inside a text: {\"amount\": \"{{input.amount}}\"} keeps the number." : "";
            Fault(at, e.LineNumber is { } line ? $"The object is no JSON (line {line + 1}, column {e.BytePositionInLine + 1}).{hint}" : $"The object cannot be used: {e.Message}");
            return null;
        }
    }

    private Expression? Compile(JsonElement json, Place at)
    {
        var before = faults.Count;
        var expression = CompilePart(json, at with { Type = DataType.Any });
        if (faults.Count > before)
            return null;
        return expression is Expression.Constant constant ? Convert(constant.Value, at) : expression;
    }

    private Expression CompilePart(JsonElement json, Place at)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Object:
                var members = new List<KeyValuePair<string, Expression>>();
                foreach (var member in json.EnumerateObject())
                    members.Add(new(member.Name, CompilePart(member.Value, at with { Path = $"{at.Path}.{member.Name}" })));
                return members.TrueForAll(m => m.Value is Expression.Constant) ? new Expression.Constant(PlainData.FromJson(json)) : new Expression.Map([.. members]);
            case JsonValueKind.Array:
                var items = new List<Expression>();
                foreach (var item in json.EnumerateArray())
                    items.Add(CompilePart(item, at with { Path = $"{at.Path}[{items.Count}]" }));
                return items.TrueForAll(i => i is Expression.Constant) ? new Expression.Constant(PlainData.FromJson(json)) : new Expression.Items([.. items]);
            case JsonValueKind.String when json.GetString()!.Contains("{{", StringComparison.Ordinal):
                return ReadTemplate(json.GetString()!, at) ?? new Expression.Constant(null);
            default:
                return new Expression.Constant(PlainData.FromJson(json));
        }
    }

    private void Fault(Place at, string message) => Fault(at.Activity, at.Path, message);

    private readonly record struct Place(ActivityDocument Activity, string Path, DataType Type);
}
