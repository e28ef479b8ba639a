using System.Globalization;
using System.Text.RegularExpressions;
using Recipes.Connections;

namespace Recipes.Connectors;

/// <summary>Reads the fields of a connector or a scheme.</summary>
internal static partial class FieldReader
{
    private static readonly Dictionary<string, FieldKind> s_kinds = new()
    {
        ["text"] = FieldKind.Text,
        ["choice"] = FieldKind.Choice,
        ["number"] = FieldKind.Number,
        ["boolean"] = FieldKind.Boolean,
        ["secret"] = FieldKind.Secret,
        ["url"] = FieldKind.Url,
    };

    private static readonly Dictionary<string, FieldFormat> s_formats = new()
    {
        ["hostname"] = FieldFormat.Hostname,
        ["email"] = FieldFormat.Email,
        ["uuid"] = FieldFormat.Uuid,
    };

    public static IReadOnlyCollection<string> Kinds => s_kinds.Keys;
    public static IReadOnlyCollection<string> Formats => s_formats.Keys;

    /// <param name="taken">Fields there are already; conditions may refer to them.</param>
    public static List<Field> Read(YamlMap owner, IEnumerable<Field> taken)
    {
        var read = new List<(YamlMap Map, Field Field)>();
        var shared = taken.ToArray();
        var names = shared.Select(f => f.Name).ToHashSet();
        foreach (var map in owner.Maps("fields", Shape.Field))
        {
            var name = map.Text("name", required: true);
            if (name is null)
                continue;
            if (!FieldName().IsMatch(name))
                map.Fault("name", $"'{name}' cannot be a field's name: letters and digits, a letter first.");
            else if (!names.Add(name))
                map.Fault("name", $"there is a field '{name}' already.");
            var field = ReadField(map, name);
            FieldChecks.Check(map, field);
            read.Add((map, field));
        }

        FieldChecks.CheckConditions(read, shared);
        return [.. read.Select(r => r.Field)];
    }

    private static Field ReadField(YamlMap map, string name)
    {
        var choices = ReadChoices(map);
        return new Field
        {
            Name = name,
            Label = map.Text("label", required: true) ?? name,
            Kind = map.Choice("kind", s_kinds, choices.Count > 0 ? FieldKind.Choice : FieldKind.Text),
            Required = map.Flag("required", otherwise: true),
            Automatic = map.Flag("automatic", otherwise: false),
            Default = map.Text("default"),
            Help = map.Text("help"),
            Link = map.WebAddress("link"),
            Example = map.Text("example"),
            Pattern = map.Pattern("pattern"),
            PatternHelp = map.Text("patternHelp"),
            Format = map.Has("format") ? map.Choice("format", s_formats, default) : null,
            Min = Number(map, "min"),
            Max = Number(map, "max"),
            Prefix = map.Text("prefix"),
            Suffix = map.Text("suffix"),
            Multiline = map.Flag("multiline", otherwise: false),
            Trim = map.Has("trim") ? map.Flag("trim", otherwise: true) : null,
            When = ReadCondition(map),
            Choices = choices,
        };
    }

    private static List<FieldChoice> ReadChoices(YamlMap map)
    {
        var choices = new List<FieldChoice>();
        foreach (var item in map.TextsOrMaps("choices", Shape.Choice))
        {
            if (item.Text is { } text)
                choices.Add(new(text, text));
            else if (item.Map is { } choice && choice.Text("value", required: true) is { } value)
                choices.Add(new(value, choice.Text("label") ?? value));
        }

        foreach (var value in choices.GroupBy(c => c.Value).Where(g => g.Count() > 1).Select(g => g.Key))
            map.Fault("choices", $"'{value}' is there twice.");
        return choices;
    }

    private static FieldCondition? ReadCondition(YamlMap map)
    {
        if (map.Map("when", Shape.Condition) is not { } condition || condition.Text("field", required: true) is not { } field)
            return null;
        var values = condition.Texts("is");
        if (values.Count == 0)
            condition.Fault("is", "'is' is missing: it lists the values of that field under which this one is asked for.");
        return new(field, values);
    }

    private static decimal? Number(YamlMap map, string key)
    {
        if (map.Text(key) is not { } text)
            return null;
        if (decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            return number;
        map.Fault(key, $"'{key}' should be a number, not '{text}'.");
        return null;
    }

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9]{0,63}$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex FieldName();
}
