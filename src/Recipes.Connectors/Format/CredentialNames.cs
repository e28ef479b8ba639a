using Recipes.Connections;
using YamlDotNet.RepresentationModel;

namespace Recipes.Connectors;

/// <summary>Reads credential templates at one place of a file and checks every path in them.</summary>
/// <param name="roots">Roots that have values there: <c>fields</c>, <c>secrets</c>, ….</param>
internal sealed class CredentialNames(FieldNames fields, params IReadOnlyList<string> roots)
{
    private readonly HashSet<string> _values = [];

    /// <summary>A template of its own; null when absent or, with faults, wrong.</summary>
    public CredentialTemplate? Read(YamlMap map, string key, bool required = false) =>
        map.Text(key, required) is { } source ? Read(map.File, map.At(key), source) : null;

    /// <summary>A mapping of names to templates, in the order of the file.</summary>
    /// <param name="namesValues">Whether the later ones, and other templates after them, may read them as <c>values.name</c>.</param>
    public List<KeyValuePair<string, CredentialTemplate>> ReadMap(YamlMap owner, string key, bool namesValues = false)
    {
        var read = new List<KeyValuePair<string, CredentialTemplate>>();
        foreach (var (name, node) in owner.Map(key, null)?.Members ?? [])
        {
            if (node is not YamlScalarNode { Value: { } source })
                owner.File.Fault(node, $"'{name}' should be text.");
            else if (Read(owner.File, node, source) is { } template)
                read.Add(new(name, template));
            if (namesValues)
                _values.Add(name);
        }

        return read;
    }

    /// <summary>A value that templates read from now on may name: <c>values.name</c>.</summary>
    public void Add(string value) => _values.Add(value);

    /// <summary>The template at <paramref name="node"/>; null, with a fault, when it is none.</summary>
    public CredentialTemplate? Read(ConnectorFile file, YamlNode node, string source)
    {
        if (!CredentialTemplate.TryParse(source, out var template, out var error))
        {
            file.Fault(node, $"bad template: {error}");
            return null;
        }

        foreach (var (root, name) in template.Paths)
        {
            if (FaultOf(root, name) is { } fault)
                file.Fault(node, $"bad template: {fault}");
        }

        return template;
    }

    private string? FaultOf(string root, string name) => root switch
    {
        _ when !roots.Contains(root) => $"'{root}' has no values here; there is {string.Join(", ", roots)}.",
        "fields" => fields.FaultOf(name, mustHaveValue: false),
        "secrets" => fields.FaultOfSecret(name),
        "values" when !_values.Contains(name) => $"there is no value '{name}' before this place{Suggestion.Hint(name, [.. _values])}.",
        "client" when name is not ("id" or "secret") => $"a client has 'id' and 'secret', not '{name}'.",
        "request" when name is not ("method" or "scheme" or "host" or "path" or "query" or "pathAndQuery" or "url" or "body") =>
            $"a request has method, scheme, host, path, query, pathAndQuery, url and body, not '{name}'.",
        _ => null,
    };
}
