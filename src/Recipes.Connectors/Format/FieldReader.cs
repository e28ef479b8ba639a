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

    /// <param name="taken">Names that other fields have already.</param>
    public static List<Field> Read(YamlMap owner, IEnumerable<Field> taken)
    {
        var fields = new List<Field>();
        var names = taken.Select(f => f.Name).ToHashSet();
        foreach (var map in owner.Maps("fields", Shape.Field))
        {
            var name = map.Text("name", required: true);
            if (name is null)
                continue;
            if (!FieldName().IsMatch(name))
                map.Fault("name", $"'{name}' cannot be a field's name: letters and digits, a letter first.");
            else if (!names.Add(name))
                map.Fault("name", $"there is a field '{name}' already.");
            var choices = map.Texts("choices");
            var kind = map.Choice("kind", s_kinds, choices.Count > 0 ? FieldKind.Choice : FieldKind.Text);
            var field = new Field
            {
                Name = name,
                Label = map.Text("label", required: true) ?? name,
                Kind = kind,
                Required = map.Flag("required", otherwise: true),
                Automatic = map.Flag("automatic", otherwise: false),
                Default = map.Text("default"),
                Help = map.Text("help"),
                Example = map.Text("example"),
                Pattern = map.Pattern("pattern"),
                Choices = choices,
            };
            Check(map, field);
            fields.Add(field);
        }

        return fields;
    }

    private static void Check(YamlMap map, Field field)
    {
        if (field.Kind == FieldKind.Choice != field.Choices.Count > 0)
            map.Fault(field.Kind == FieldKind.Choice ? "kind" : "choices", "a field of kind choice has 'choices', and no other has.");
        if (field is { Automatic: true, Kind: FieldKind.Secret })
            map.Fault("automatic", "a secret is captured beside the token ('secret:' of a capture), not into a field.");
        if (field.Default is null)
            return;
        if (field.Kind == FieldKind.Secret)
            map.Fault("default", "a secret has no default: everybody who has the file would know it.");
        else if (field.Choices.Count > 0 && !field.Choices.Contains(field.Default))
            map.Fault("default", $"'{field.Default}' is none of the choices.");
        else if (field.Kind == FieldKind.Url && !(Uri.TryCreate(field.Default, UriKind.Absolute, out var url) && url.Scheme is ("http" or "https")))
            map.Fault("default", $"'{field.Default}' is no absolute http or https address.");
    }

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9]{0,63}$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex FieldName();
}
