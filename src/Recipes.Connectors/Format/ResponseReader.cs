using YamlDotNet.RepresentationModel;

namespace Recipes.Connectors;

/// <summary>Reads what an action makes of the answer.</summary>
internal static class ResponseReader
{
    private static readonly Dictionary<string, bool> s_formats = new() { ["auto"] = false, ["xml"] = true };

    /// <summary>The formats by name, and whether they are XML.</summary>
    public static IReadOnlyDictionary<string, bool> Xml => s_formats;

    public static IReadOnlyCollection<string> Formats => s_formats.Keys;

    public static ResponseMapping Read(YamlMap action, IReadOnlyList<ActionInput> inputs)
    {
        if (action.Map("response", Shape.Response) is not { } map)
            return ResponseMapping.Whole;
        var templates = new TemplateReader(inputs, FieldNames.None, ResponseMapping.Scope);
        var entries = new List<ResponseMapping.Entry>();
        if (map.Text("list") is { } list)
        {
            var path = DottedPath.Parse(list);
            var holder = string.Concat(path.Select(segment => $".[{segment}]"));
            entries.Add(new(new("items", "Items", ValueType.List), path, null));
            if (templates.Read(map.File, map.At("list"), $"{{{{count body{holder}}}}}") is { } count)
                entries.Add(new(new("count", "Count", ValueType.Number), null, count));
        }

        foreach (var (name, node) in map.Map("output", null)?.Members ?? [])
        {
            if (!Names.IsCamel(name))
                map.File.Fault(node, $"'{name}' cannot be an output's name: letters and digits, a small letter first.");
            if (ReadEntry(map.File, name, node, templates) is not { } entry)
                continue;
            entries.RemoveAll(e => e.Output.Name == name);
            entries.Add(entry);
        }

        var isXml = map.Choice("format", s_formats, false);
        return entries.Count == 0 && !isXml ? ResponseMapping.Whole : new ResponseMapping(entries.Count == 0 ? ResponseMapping.WholeEntries : entries, isXml);
    }

    /// <summary>One output: a dotted path or a template, alone or with a label and a type. Null, with a fault, when it is wrong.</summary>
    public static ResponseMapping.Entry? ReadEntry(ConnectorFile file, string name, YamlNode node, TemplateReader templates)
    {
        string? source;
        var output = new ActionOutput(name, Names.ToLabel(name), ValueType.Any);
        if (node is YamlMappingNode inner)
        {
            var map = new YamlMap(file, inner, Shape.Output);
            source = map.Text("from", required: true);
            output = new(name, map.Text("label") ?? output.Label, map.Choice("type", ActionReader.Types, ValueType.Any));
        }
        else
        {
            source = (node as YamlScalarNode)?.Value;
            if (string.IsNullOrEmpty(source))
                file.Fault(node, $"'{name}' should say where the value comes from: a dotted path into the body, or a template.");
        }

        if (string.IsNullOrEmpty(source))
            return null;
        if (!source.Contains("{{", StringComparison.Ordinal))
            return new(output, DottedPath.Parse(source), null);
        return templates.Read(file, node, source) is { } template ? new(output, null, template) : null;
    }
}
