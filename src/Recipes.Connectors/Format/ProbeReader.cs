using System.Diagnostics.CodeAnalysis;
using Recipes.Connections;

namespace Recipes.Connectors;

internal static class ProbeReader
{
    /// <summary>The member <c>probe</c> of a connector or a scheme.</summary>
    public static Probe? Read(YamlMap owner, FieldNames fields)
    {
        if (owner.Map("probe", Shape.Probe) is not { } map)
            return null;
        var path = map.Address("path", fields, required: true);
        if (!TryMethod(map, "GET", out var method) || path is null)
            return null;
        if (map.Has("body") && (method == HttpMethod.Get || method == HttpMethod.Head))
            map.Fault("body", $"a probe with a 'body' is no {method}: say 'method: POST'.");
        return new Probe(method, path, map.Text("accountLabel")) { Body = map.Has("body") ? PlainData.ToJson(PlainYaml.Read(map.At("body"))) : null, Passes = map.Statuses("passes") };
    }

    /// <summary>The member <c>method</c>; a fault when it is none of HTTP's.</summary>
    public static bool TryMethod(YamlMap map, string otherwise, [NotNullWhen(true)] out HttpMethod? method)
    {
        var text = map.Text("method") ?? otherwise;
        method = text is "GET" or "HEAD" or "POST" or "PUT" or "PATCH" or "DELETE" or "OPTIONS" ? new HttpMethod(text) : null;
        if (method is null)
            map.Fault("method", $"'{text}' is no method: GET, HEAD, POST, PUT, PATCH, DELETE or OPTIONS, in capitals.");
        return method is not null;
    }
}
