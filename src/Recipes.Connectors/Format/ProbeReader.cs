using System.Diagnostics.CodeAnalysis;
using Recipes.Connections;

namespace Recipes.Connectors;

internal static class ProbeReader
{
    /// <summary>HTTP's own, then those of WebDAV and CalDAV that read or make something.</summary>
    /// <remarks>Source: RFC 9110 §9, RFC 4918 §9, RFC 3253 §3.6, RFC 4791 §5.3.1.</remarks>
    public static IReadOnlyList<string> Methods { get; } = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND", "REPORT", "MKCOL", "MKCALENDAR"];

    /// <summary>The member <c>probe</c> of a connector or a scheme.</summary>
    public static Probe? Read(YamlMap owner, FieldNames fields)
    {
        if (owner.Map("probe", Shape.Probe) is not { } map)
            return null;
        // A scheme of OAuth 2.0 reads that itself.
        if (map.Flag("introspection", otherwise: false))
        {
            if (!owner.Has("type") || owner.Text("type") != "oauth2")
                map.Fault("introspection", "only a scheme of the type oauth2 can be tested by introspection: put the probe there.");
            return null;
        }

        var path = map.Address("path", fields, required: true);
        if (!TryMethod(map, "GET", out var method) || path is null)
            return null;
        if (map.Has("body") && (method == HttpMethod.Get || method == HttpMethod.Head))
            map.Fault("body", $"a probe with a 'body' is no {method}: say 'method: POST'.");
        return new Probe(method, path, map.Text("accountLabel")) { Body = map.Has("body") ? PlainData.ToJson(PlainYaml.Read(map.At("body"))) : null, Passes = map.Statuses("passes"), AccountId = map.Text("accountId") };
    }

    /// <summary>Whether a scheme's probe asks the provider what it knows of the token.</summary>
    /// <param name="hasEndpoint">Whether the scheme has anything to ask.</param>
    public static bool IsIntrospection(YamlMap scheme, bool hasEndpoint)
    {
        // What else is wrong with it is told where the probe itself is read.
        if (!scheme.Has("probe") || scheme.Map("probe", null) is not { } map || map.Text("introspection") != "true")
            return false;
        if (map.Members.Any(m => m.Key != "introspection"))
            map.Fault("introspection", "a probe by introspection says nothing else: its account is the user name that the provider tells.");
        if (!hasEndpoint)
            map.Fault("introspection", "'introspection' needs 'introspectionEndpoint' or 'discovery'.");
        return true;
    }

    /// <summary>The member <c>method</c>; a fault when it is none of <see cref="Methods"/>.</summary>
    public static bool TryMethod(YamlMap map, string otherwise, [NotNullWhen(true)] out HttpMethod? method)
    {
        var text = map.Text("method") ?? otherwise;
        method = Methods.Contains(text) ? new HttpMethod(text) : null;
        if (method is null)
            map.Fault("method", $"'{text}' is no method: {string.Join(", ", Methods.Take(7))} or, of WebDAV, {string.Join(", ", Methods.Skip(7))}, in capitals.");
        return method is not null;
    }
}
