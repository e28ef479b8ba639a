using YamlDotNet.RepresentationModel;

namespace Recipes.Connectors;

/// <summary>Reads templates of one action and checks every path in them against the inputs and fields there are.</summary>
internal sealed class TemplateReader(IReadOnlyList<ActionInput> inputs, FieldNames fields, TemplateScope scope)
{
    /// <summary>Null, with faults, when it is wrong.</summary>
    /// <param name="inPath">Whether it becomes part of a path: values are encoded, and none may be absent.</param>
    public Template? Read(ConnectorFile file, YamlNode node, string source, bool inPath = false)
    {
        if (!Template.TryParse(source, scope, inPath, out var template, out var error))
        {
            file.Fault(node, $"bad template: {error}");
            return null;
        }

        var faults = template.Paths.Select(path => (path.Position, Message: FaultOf(path, inPath))).Where(f => f.Message is not null).ToList();
        foreach (var (position, message) in faults)
            file.Fault(node, $"bad template: position {position}: {message}");
        return faults.Count == 0 ? template : null;
    }

    private string? FaultOf(TemplatePath path, bool inPath)
    {
        var name = path.Segments.Count > 1 ? path.Segments[1] : null;
        switch (path.Segments[0])
        {
            case "fields":
                return name is null ? "say which field, such as {{fields.host}}." : fields.FaultOf(name, mustHaveValue: false);
            case "input" when name is not null:
                var names = inputs.Select(i => i.Name).ToArray();
                var input = inputs.FirstOrDefault(i => i.Name == name);
                if (input is null)
                    return $"the action has no input '{name}'{Suggestion.Hint(name, names)}{(Suggestion.Nearest(name, names) is null ? "." : "")}";
                return inPath && !path.MayBeMissing && input is { Required: false, Default: null } ? $"the input '{name}' is optional, but the path needs it: make it required or write {{{{default input.{name} '…'}}}}." : null;
            default:
                return null;
        }
    }
}
