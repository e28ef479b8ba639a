using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Recipes.Connectors;

/// <summary>YAML values as plain data, by the rules of the JSON schema of YAML 1.2: only unquoted true, false, null and numbers are not text.</summary>
internal static class PlainYaml
{
    public static object? Read(YamlNode node) => node switch
    {
        // A key that is no text has no name in JSON; its text form stands in.
        YamlMappingNode map => map.Children.DistinctBy(m => m.Key.ToString()).ToDictionary(m => m.Key.ToString(), m => Read(m.Value)),
        YamlSequenceNode list => list.Children.Select(Read).ToList(),
        YamlScalarNode scalar => Read(scalar),
        _ => null,
    };

    public static object? Read(YamlScalarNode scalar)
    {
        var text = scalar.Value ?? "";
        if (scalar.Style != ScalarStyle.Plain)
            return text;
        return text switch
        {
            "" or "null" or "~" => null,
            "true" => true,
            "false" => false,
            _ when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) => whole,
            _ when char.IsAsciiDigit(text[^1]) && decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => number,
            _ => text,
        };
    }
}
