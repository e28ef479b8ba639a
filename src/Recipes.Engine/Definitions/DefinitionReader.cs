using System.Text.Json;
using Recipes.Connections;
using Recipes.Connectors;

namespace Recipes.Engine;

/// <summary>Reads the JSON of a workflow definition into a <see cref="RecipeDocument"/> and notes every fault of its shape.</summary>
/// <remarks>Source: Elsa 3 workflow definitions, as its server exports them and its Studio saves them.</remarks>
internal sealed class DefinitionReader(string recipe, List<RecipeFault> faults)
{
    private static readonly JsonDocumentOptions s_options = new() { MaxDepth = 256, AllowDuplicateProperties = false };

    /// <summary>The document, or null when the JSON itself cannot be read.</summary>
    public RecipeDocument? Read(ReadOnlyMemory<byte> utf8Json)
    {
        if (utf8Json.Span.StartsWith("\uFEFF"u8))
            utf8Json = utf8Json[3..];
        JsonElement json;
        try
        {
            using var document = JsonDocument.Parse(utf8Json, s_options);
            json = document.RootElement.Clone();
            // Texts and numbers are read lazily: what none of them may hold is found here, once, and not in the middle of something else.
            _ = PlainData.FromJson(json);
        }
        catch (JsonException e)
        {
            var words = e.Message.Split(" LineNumber:", 2)[0].Split(" Path:", 2)[0];
            faults.Add(new(recipe, $"This is no JSON: {words}", Line: (int?)e.LineNumber + 1, Column: (int?)e.BytePositionInLine + 1));
            return null;
        }

        if (json.ValueKind != JsonValueKind.Object)
        {
            faults.Add(new(recipe, "A recipe is a JSON object: the workflow definition.", Path: ""));
            return null;
        }

        if (json.Text("definitionId") is { Length: > 0 } id && id != recipe)
            faults.Add(new(recipe, $"The definitionId is '{id}', but the file is called '{recipe}.json': they must be the same, because the file name is the recipe's name.", Path: "definitionId"));

        var own = json.Object("customProperties")?.Object("Recipes");
        var optional = OptionalInputs(own);
        var inputs = new List<RecipeInput>();
        foreach (var (item, path) in Items(json, "inputs", ""))
            ReadInput(item, path, optional, inputs);
        foreach (var name in optional.Where(n => inputs.TrueForAll(i => i.Name != n)))
            faults.Add(new(recipe, $"optionalInputs names '{name}', which is no input of this recipe.", Path: "customProperties.Recipes.optionalInputs"));
        var outputs = new List<RecipeOutput>();
        foreach (var (item, path) in Items(json, "outputs", ""))
        {
            if (ReadName(item, path, "output", outputs.ConvertAll(o => o.Name)) is { } name && ReadType(item, "type", path) is { } type)
                outputs.Add(new(name, type, item.Text("displayName"), item.Text("description")));
        }

        return new()
        {
            Recipe = recipe,
            DisplayName = json.Text("name"),
            Description = json.Text("description"),
            Inputs = inputs,
            Outputs = outputs,
            Variables = ReadVariables(json, ""),
            Policies = ReadPolicies(own),
            Retry = RetryReader.Read(json, RetryRules.Default, (path, message) => faults.Add(new(recipe, message, Path: path))),
            TimeLimit = ReadTimeLimit(own),
            Concurrency = ReadConcurrency(own),
            Root = json.TryGetProperty("root", out var root) && root.ValueKind == JsonValueKind.Object
                ? ReadActivity(root, "root")
                : Missing("The recipe has no root activity.", "root"),
        };
    }

    private ActivityDocument? Missing(string message, string path)
    {
        faults.Add(new(recipe, message, Path: path));
        return null;
    }

    private void ReadInput(JsonElement item, string path, IReadOnlyList<string> optional, List<RecipeInput> inputs)
    {
        if (ReadName(item, path, "input", inputs.ConvertAll(i => i.Name)) is not { } name || ReadType(item, "type", path) is not { } type)
            return;
        object? initial = null;
        if (item.TryGetProperty("defaultValue", out var given) && given.ValueKind != JsonValueKind.Null)
        {
            // Either the bare value, or wrapped as inputs of activities are.
            var value = given.Object("expression") is { } expression && expression.TryGetProperty("value", out var wrapped) ? wrapped : given;
            initial = Initial(type, value, $"{path}.defaultValue");
        }

        inputs.Add(new(name, type, item.Text("displayName"), item.Text("description"), initial is null && !optional.Contains(name), initial));
    }

    private List<string> OptionalInputs(JsonElement? own)
    {
        var names = new List<string>();
        if (own is not { } json || !json.TryGetProperty("optionalInputs", out var list))
            return names;
        if (list.ValueKind != JsonValueKind.Array || list.EnumerateArray().Any(i => i.ValueKind != JsonValueKind.String))
        {
            faults.Add(new(recipe, "optionalInputs is a list of names of inputs.", Path: "customProperties.Recipes.optionalInputs"));
            return names;
        }

        names.AddRange(list.EnumerateArray().Select(i => i.GetString()!));
        return names;
    }

    private Dictionary<StableKey, RuntimeUserPolicy> ReadPolicies(JsonElement? own)
    {
        var policies = new Dictionary<StableKey, RuntimeUserPolicy>();
        if (own is not { } json || !json.TryGetProperty("runtimeUser", out var map))
            return policies;
        const string Path = "customProperties.Recipes.runtimeUser";
        if (map.ValueKind != JsonValueKind.Object)
        {
            faults.Add(new(recipe, "runtimeUser is an object of stable keys, each with 'required' or 'optional'.", Path: Path));
            return policies;
        }

        foreach (var entry in map.EnumerateObject())
        {
            var policy = entry.Value.ValueKind == JsonValueKind.String ? entry.Value.GetString() : null;
            if (!StableKey.TryParse(entry.Name, out var key))
                faults.Add(new(recipe, $"'{entry.Name}' is no stable key.", Path: $"{Path}.{entry.Name}"));
            else if (policy == "required")
                policies[key] = RuntimeUserPolicy.Required;
            else if (policy == "optional")
                policies[key] = RuntimeUserPolicy.Optional;
            else
                faults.Add(new(recipe, "A recipe can only tighten the policy of a connection definition: write 'required' or 'optional'.", Path: $"{Path}.{entry.Name}"));
        }

        return policies;
    }

    private TimeSpan? ReadTimeLimit(JsonElement? own)
    {
        if (own is not { } json || !json.TryGetProperty("timeLimit", out var given) || given.ValueKind == JsonValueKind.Null)
            return null;
        if (given.ValueKind == JsonValueKind.String && Durations.TryParse(given.GetString()!, out var time) && time >= RunLimits.ShortestTime && time <= RunLimits.LongestTime)
            return time;
        faults.Add(new(recipe, "timeLimit is how long a run may take, from 1 second to 366 days, such as \"02:00:00\" or \"PT2H\".", Path: "customProperties.Recipes.timeLimit"));
        return null;
    }

    private int? ReadConcurrency(JsonElement? own)
    {
        if (own is not { } json || !json.TryGetProperty("concurrency", out var given) || given.ValueKind == JsonValueKind.Null)
            return null;
        if (given.ValueKind == JsonValueKind.Number && given.TryGetInt32(out var most) && most is >= 1 and <= RunLimits.MostAtOnce)
            return most;
        faults.Add(new(recipe, $"concurrency is how many runs of this recipe may be under way at once: a whole number from 1 to {RunLimits.MostAtOnce}.", Path: "customProperties.Recipes.concurrency"));
        return null;
    }

    private List<RecipeVariable> ReadVariables(JsonElement holder, string at)
    {
        var variables = new List<RecipeVariable>();
        foreach (var (item, path) in Items(holder, "variables", at))
        {
            if (item.Text("name") is not { Length: > 0 } name)
                faults.Add(new(recipe, "A variable needs a name.", Path: path));
            else if (ReadType(item, "typeName", path) is { } type)
                variables.Add(new(item.Text("id") is { Length: > 0 } id ? id : name, name, type, item.TryGetProperty("value", out var value) ? Initial(type, value, $"{path}.value") : null));
        }

        return variables;
    }

    private object? Initial(DataType type, JsonElement value, string path)
    {
        var given = PlainData.FromJson(value);
        // Studio saves an untouched value as empty text, whatever the type.
        if (given is null or "" && type is not { Kind: DataKind.Text, IsList: false })
            return null;
        if (DataConversion.TryConvert(type, given, out var initial, out var problem))
            return initial;
        faults.Add(new(recipe, $"The value {problem}.", Path: path));
        return null;
    }

    private DataType? ReadType(JsonElement item, string member, string path)
    {
        var name = item.Text(member);
        var type = DataType.Find(name, item.TryGetProperty("isArray", out var array) && array.ValueKind == JsonValueKind.True);
        if (type is null)
            faults.Add(new(recipe, $"There is no type '{name}' for data: use String, Int32, Int64, Double, Decimal, Boolean, DateTimeOffset, DateOnly, TimeOnly, TimeSpan, Guid, Object or ObjectDictionary.", Path: $"{path}.{member}"));
        return type;
    }

    private string? ReadName(JsonElement item, string path, string what, IReadOnlyList<string> taken)
    {
        var name = item.Text("name");
        if (string.IsNullOrEmpty(name) || !name.All(c => char.IsLetterOrDigit(c) || c == '_'))
        {
            faults.Add(new(recipe, $"An {what} needs a name of letters, digits and underscores.", Path: $"{path}.name"));
            return null;
        }

        if (!taken.Contains(name))
            return name;
        faults.Add(new(recipe, $"There are two {what}s called '{name}'.", Path: $"{path}.name"));
        return null;
    }

    private IEnumerable<(JsonElement Item, string Path)> Items(JsonElement holder, string member, string at)
    {
        var path = at.Length == 0 ? member : $"{at}.{member}";
        if (!holder.TryGetProperty(member, out var list) || list.ValueKind == JsonValueKind.Null)
            yield break;
        if (list.ValueKind != JsonValueKind.Array)
        {
            faults.Add(new(recipe, $"'{member}' is a list.", Path: path));
            yield break;
        }

        var index = 0;
        foreach (var item in list.EnumerateArray())
        {
            var place = $"{path}[{index++}]";
            if (item.ValueKind == JsonValueKind.Object)
                yield return (item, place);
            else
                faults.Add(new(recipe, $"An item of '{member}' is an object.", Path: place));
        }
    }

    private ActivityDocument? ReadActivity(JsonElement json, string path)
    {
        if (json.Text("type") is not { Length: > 0 } type)
            return Missing("An activity needs a type.", path);
        if (json.Text("id") is not { Length: > 0 } id)
            return Missing("An activity needs an id.", path);
        var children = new List<ActivityDocument>();
        foreach (var (item, place) in Items(json, "activities", path))
        {
            if (ReadActivity(item, place) is { } child)
                children.Add(child);
        }

        return new()
        {
            Id = id,
            Name = json.Text("name"),
            Type = type,
            Path = path,
            Json = json,
            CanStart = json.Object("customProperties") is { } own && own.TryGetProperty("canStartWorkflow", out var start) && start.ValueKind == JsonValueKind.True,
            Variables = ReadVariables(json, path),
            Children = children,
            Then = json.Object("then") is { } then ? ReadActivity(then, $"{path}.then") : null,
            Else = json.Object("else") is { } otherwise ? ReadActivity(otherwise, $"{path}.else") : null,
            Body = type is ActivityTypes.ForEach or ActivityTypes.While && json.Object("body") is { } body ? ReadActivity(body, $"{path}.body") : null,
            Cases = type is ActivityTypes.Switch or ActivityTypes.FlowSwitch ? [.. Items(json, "cases", path).Select(c => ReadCase(c.Item, c.Path, type))] : [],
            Default = type == ActivityTypes.Switch && json.Object("default") is { } fallback ? ReadActivity(fallback, $"{path}.default") : null,
            Branches = type == ActivityTypes.Fork ? [.. Items(json, "branches", path).Select(b => ReadActivity(b.Item, b.Path)).OfType<ActivityDocument>()] : [],
        };
    }

    private CaseDocument ReadCase(JsonElement json, string path, string type) => new(
        json.Text("label"),
        json.TryGetProperty("condition", out var condition) ? condition : null,
        type == ActivityTypes.Switch && json.Object("activity") is { } activity ? ReadActivity(activity, $"{path}.activity") : null,
        path);
}
