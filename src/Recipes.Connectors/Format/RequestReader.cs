using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Recipes.Connectors;

/// <summary>Reads the request of one action or trigger.</summary>
/// <param name="scope">What its templates may read.</param>
internal sealed class RequestReader(IReadOnlyList<ActionInput> inputs, FieldNames fields, TemplateScope scope)
{
    private static readonly Dictionary<string, BodyType> s_bodyTypes = new()
    {
        ["json"] = BodyType.Json,
        ["form"] = BodyType.Form,
        ["text"] = BodyType.Text,
        ["none"] = BodyType.None,
    };

    private readonly TemplateReader _templates = new(inputs, fields, scope);

    public static IReadOnlyCollection<string> BodyTypes => s_bodyTypes.Keys;

    public RequestTemplate? Read(YamlMap action)
    {
        if (!action.Has("request"))
            action.Fault("request", "'request' is missing.");
        if (action.Map("request", Shape.Request) is not { } map)
            return null;
        var hasMethod = ProbeReader.TryMethod(map, "GET", out var method);
        var path = map.Text("path", required: true) is { } source ? _templates.Read(map.File, map.At("path"), source, inPath: true) : null;
        var query = ReadTemplates(map, "query");
        var headers = ReadTemplates(map, "headers");
        foreach (var (name, _) in headers)
        {
            if (RequestContent.FaultOfHeader(name) is { } fault)
                map.Fault("headers", fault);
        }

        var body = map.Has("body") ? ReadBody(map.File, map.At("body")) : null;
        var bodyType = map.Choice("bodyType", s_bodyTypes, body is null ? BodyType.None : BodyType.Json);
        CheckBody(map, bodyType, body);
        return hasMethod && path is not null ? new(method!, path, query, headers, body, bodyType) : null;
    }

    private static void CheckBody(YamlMap map, BodyType type, BodyTemplate? body)
    {
        if (type == BodyType.None != body is null)
            map.Fault("bodyType", body is null ? "'bodyType' is given, but there is no 'body'." : "'bodyType' is none, but there is a 'body'.");
        else if (type == BodyType.Form && body is not (BodyTemplate.Map or BodyTemplate.Leaf))
            map.Fault("body", "the body of a form is a mapping.");
        else if (type == BodyType.Text && body is not (BodyTemplate.Leaf or BodyTemplate.Constant))
            map.Fault("body", "the body of type text is text.");
    }

    private List<KeyValuePair<string, Template>> ReadTemplates(YamlMap request, string key)
    {
        var templates = new List<KeyValuePair<string, Template>>();
        foreach (var (name, node) in request.Map(key, null)?.Members ?? [])
        {
            if (node is not YamlScalarNode { Value: { } source })
                request.File.Fault(node, $"'{name}' should be text.{QuoteHint(node)}");
            else if (_templates.Read(request.File, node, source) is { } template)
                templates.Add(new(name, template));
        }

        return templates;
    }

    /// <summary>A tree whose texts are templates.</summary>
    public BodyTemplate ReadBody(ConnectorFile file, YamlNode node)
    {
        switch (node)
        {
            case YamlMappingNode map:
                var members = new List<KeyValuePair<string, BodyTemplate>>();
                foreach (var (key, value) in map.Children)
                {
                    if (key is YamlScalarNode { Value: { } name })
                        members.Add(new(name, ReadBody(file, value)));
                    else
                        file.Fault(node, $"A member's name should be text.{QuoteHint(node)}");
                }

                return new BodyTemplate.Map(members);
            case YamlSequenceNode list:
                return new BodyTemplate.Items([.. list.Children.Select(item => ReadBody(file, item))]);
            case YamlScalarNode scalar when PlainYaml.Read(scalar) is string source:
                return _templates.Read(file, node, source) is { IsConstant: false } template ? new BodyTemplate.Leaf(template) : new BodyTemplate.Constant(source);
            default:
                return new BodyTemplate.Constant(PlainYaml.Read(node));
        }
    }

    // Without quotes YAML reads {{input.x}} as a mapping in a mapping.
    private static string QuoteHint(YamlNode node) =>
        node is YamlMappingNode { Style: YamlDotNet.Core.Events.MappingStyle.Flow } ? " Put quotes around a value that starts with '{{'." : "";
}
