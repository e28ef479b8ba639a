using Recipes.Connections;

namespace Recipes.Connectors;

/// <summary>Checks fields as a file declares them: alone, and the conditions between them.</summary>
internal static class FieldChecks
{
    public static void Check(YamlMap map, Field field)
    {
        if (field.Kind == FieldKind.Choice != field.Choices.Count > 0)
            map.Fault(field.Kind == FieldKind.Choice ? "kind" : "choices", "a field of kind choice has 'choices', and no other has.");
        if (field is { Automatic: true, Kind: FieldKind.Secret })
            map.Fault("automatic", "a secret is captured beside the token ('secret:' of a capture), not into a field.");
        if (field is { Automatic: true, When: not null })
            map.Fault("when", "a field that the flow fills in is asked for never, so it has no condition.");
        Only(map, "format", field.Format is not null, field.Kind == FieldKind.Text, "text");
        Only(map, "multiline", field.Multiline, field.Kind is FieldKind.Text or FieldKind.Secret, "text or secret");
        Only(map, "min", field.Min is not null, field.Kind == FieldKind.Number, "number");
        Only(map, "max", field.Max is not null, field.Kind == FieldKind.Number, "number");
        Only(map, "prefix", field.Prefix is not null, field is { Multiline: false, Kind: FieldKind.Text or FieldKind.Number }, "text or number, on one line,");
        Only(map, "suffix", field.Suffix is not null, field is { Multiline: false, Kind: FieldKind.Text or FieldKind.Number }, "text or number, on one line,");
        if (field.Min > field.Max)
            map.Fault("max", "'max' is less than 'min'.");
        if (field is { PatternHelp: not null, Pattern: null })
            map.Fault("patternHelp", "'patternHelp' says what 'pattern' expects, and there is none.");
        CheckDefault(map, field);
    }

    /// <summary>Conditions refer to plain fields that people fill in, by values that these can have, and never in a circle.</summary>
    public static void CheckConditions(IReadOnlyList<(YamlMap Map, Field Field)> read, IReadOnlyList<Field> shared)
    {
        var all = shared.Concat(read.Select(r => r.Field)).DistinctBy(f => f.Name).ToDictionary(f => f.Name);
        foreach (var (map, field) in read)
        {
            if (field.When is not { } condition)
                continue;
            var others = all.Values.Where(f => f is { Automatic: false, Kind: not FieldKind.Secret } && f.Name != field.Name).Select(f => f.Name).ToArray();
            if (!all.TryGetValue(condition.Field, out var other))
                map.Fault("when", $"there is no field '{condition.Field}' here{Suggestion.Hint(condition.Field, others)}{(Suggestion.Nearest(condition.Field, others) is null ? "." : "")}");
            else if (other.Kind == FieldKind.Secret)
                map.Fault("when", $"'{other.Name}' is a secret field; what a form shows never depends on one.");
            else if (other.Automatic)
                map.Fault("when", $"'{other.Name}' is filled in by the flow, so nothing can depend on it when the form is shown.");
            else if (condition.Is.FirstOrDefault(v => !CanBe(other, v)) is { } impossible)
                map.Fault("when", $"'{other.Name}' is never '{impossible}'.");
            else if (IsInCircle(field, all))
                map.Fault("when", $"'{field.Name}' depends on itself.");
        }
    }

    private static void Only(YamlMap map, string key, bool isGiven, bool fits, string kinds)
    {
        if (isGiven && !fits)
            map.Fault(key, $"'{key}' is for fields of kind {kinds} only.");
    }

    private static void CheckDefault(YamlMap map, Field field)
    {
        if (field.Default is null)
            return;
        if (field.Kind == FieldKind.Secret)
            map.Fault("default", "a secret has no default: everybody who has the file would know it.");
        else if (field.Choices.Count > 0 && !field.Choices.Any(c => c.Value == field.Default))
            map.Fault("default", $"'{field.Default}' is none of the choices.");
        else if (field.Kind == FieldKind.Url && !(Uri.TryCreate(field.Default, UriKind.Absolute, out var url) && url.Scheme is ("http" or "https")))
            map.Fault("default", $"'{field.Default}' is no absolute http or https address.");
    }

    private static bool CanBe(Field field, string value) => field.Kind switch
    {
        FieldKind.Choice => field.Choices.Any(c => c.Value == value),
        FieldKind.Boolean => value is "true" or "false",
        _ => true,
    };

    private static bool IsInCircle(Field field, Dictionary<string, Field> all)
    {
        var seen = new HashSet<string>();
        for (var next = field; next is not null; next = next.When is { } condition ? all.GetValueOrDefault(condition.Field) : null)
        {
            if (!seen.Add(next.Name))
                return true;
        }

        return false;
    }
}
