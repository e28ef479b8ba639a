using Recipes.Connections;

namespace Recipes.Connectors;

/// <summary>Reads what a scheme puts on every request.</summary>
internal static class ApplyReader
{
    private static readonly string[] s_roots = ["fields", "secrets", "tokens", "client", "values", "request"];

    public static ApplyRules? Read(YamlMap owner, string key, FieldNames fields)
    {
        if (owner.Map(key, Shape.Apply) is not { } map)
            return null;
        var known = new CredentialNames(fields, s_roots);
        var values = known.ReadMap(map, "values", namesValues: true);
        var rules = new ApplyRules
        {
            Values = values,
            Headers = known.ReadMap(map, "headers"),
            Query = known.ReadMap(map, "query"),
            Body = known.ReadMap(map, "body"),
            Path = known.Read(map, "path"),
        };
        foreach (var (name, _) in rules.Headers)
        {
            if (!ApplyRules.IsHeader(name))
                map.Fault("headers", $"'{name}' is no name of a header.");
        }

        if (rules.Path is { IsPerRequest: true })
            map.Fault("path", "the path is the same for all requests: it reads fields, secrets and tokens only.");
        return rules;
    }
}
