using Recipes.Connections;
using YamlDotNet.RepresentationModel;

namespace Recipes.Connectors;

/// <summary>Reads a body whose values are credential templates.</summary>
internal static class CredentialBodyReader
{
    private enum Kind { Json, Form, Text }

    private static readonly Dictionary<string, Kind> s_kinds = new() { ["json"] = Kind.Json, ["form"] = Kind.Form, ["text"] = Kind.Text };

    public static IReadOnlyCollection<string> Types => s_kinds.Keys;

    public static CredentialBody? Read(YamlMap call, CredentialNames names)
    {
        var kind = call.Choice("bodyType", s_kinds, Kind.Json);
        var contentType = call.Text("contentType");
        if (contentType is not null && kind != Kind.Text)
            call.Fault("contentType", "'contentType' goes with 'bodyType: text' only.");
        if (contentType is not null && !System.Net.Http.Headers.MediaTypeHeaderValue.TryParse(contentType, out _))
            call.Fault("contentType", $"'{contentType}' is no media type, such as text/xml.");
        if (!call.Has("body"))
        {
            if (call.Has("bodyType"))
                call.Fault("bodyType", "'bodyType' is given, but there is no 'body'.");
            return null;
        }

        switch (kind)
        {
            case Kind.Form:
                return new CredentialBody.Form(names.ReadMap(call, "body"));
            case Kind.Text:
                return names.Read(call, "body") is { } text ? new CredentialBody.Text(text, contentType ?? "text/plain; charset=utf-8") : null;
            default:
                return new CredentialBody.Json(ReadNode(call.File, call.At("body"), names));
        }
    }

    private static CredentialNode ReadNode(ConnectorFile file, YamlNode node, CredentialNames names)
    {
        switch (node)
        {
            case YamlMappingNode map:
                var members = new List<KeyValuePair<string, CredentialNode>>();
                foreach (var (key, value) in map.Children)
                {
                    if (key is YamlScalarNode { Value: { } name })
                        members.Add(new(name, ReadNode(file, value, names)));
                    else
                        file.Fault(node, "A member's name should be text. Put quotes around a value that starts with '{{'.");
                }

                return new CredentialNode.Map(members);
            case YamlSequenceNode list:
                return new CredentialNode.Items([.. list.Children.Select(item => ReadNode(file, item, names))]);
            case YamlScalarNode scalar when PlainYaml.Read(scalar) is string source:
                return names.Read(file, node, source) is { } template ? new CredentialNode.Value(template) : new CredentialNode.Constant(null);
            default:
                return new CredentialNode.Constant(PlainYaml.Read(node));
        }
    }
}
