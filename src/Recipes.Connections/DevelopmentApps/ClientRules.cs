namespace Recipes.Connections;

/// <summary>Where the secret of a client may go, and where a client of the operator may be used.</summary>
internal static class ClientRules
{
    public const string NotInProduction =
        "This is a production tenant, where nothing works on an OAuth app for development. Set up an OAuth client of your own at the provider, and give its id and secret to the connection definition.";

    /// <summary>Fields that somebody else could choose, and that decide where the client's secret is sent.</summary>
    public static IEnumerable<Field> SecretFields(ConnectorProfile connector, AuthScheme scheme, IReadOnlyDictionary<string, string> presets)
    {
        var set = connector.FieldSetOf(scheme);
        return connector.FieldsOf(scheme).Where(f => TargetOf(connector, scheme, f) is not null && set.IsAskedUnder(f, presets) is not false);
    }

    /// <summary>The address that takes the client's secret and that a value of this field could lead to any server; null when there is none. What a flow fills in has passed the pattern of its capture.</summary>
    public static SchemeAddress? TargetOf(ConnectorProfile connector, AuthScheme scheme, Field field) =>
        field.Automatic || field.Kind is FieldKind.Choice or FieldKind.Number or FieldKind.Boolean ? null
            : connector.AddressesOf(scheme).FirstOrDefault(a => a.TakesClientSecret && a.Template.Fields.Contains(field.Name) && (field.Pattern is null || !EndsItsHost(a.Template)));

    /// <summary>Whether a connection's own values say where that address is.</summary>
    public static bool IsChosenBy(ConnectionSnapshot seen, SchemeAddress address) =>
        address.Template.Fields.Any(f => !seen.Definition.Presets.ContainsKey(f) && seen.Record.Fields.ContainsKey(f)
            && seen.Connector.FieldsOf(seen.Scheme).FirstOrDefault(d => d.Name == f) is { Automatic: false, Kind: not (FieldKind.Choice or FieldKind.Number or FieldKind.Boolean) } field
            && (field.Pattern is null || !EndsItsHost(address.Template)));

    // Whether the host ends with a domain that the connector itself writes: https://{{fields.name}}.app.example/….
    private static bool EndsItsHost(FieldTemplate template)
    {
        var start = template.Source.IndexOf("://", StringComparison.Ordinal);
        var open = template.Source.IndexOf("{{", StringComparison.Ordinal);
        if (start < 0 || (open >= 0 && open < start))
            return false;
        var host = template.Source[(start + 3)..];
        var end = -1;
        for (var (at, inside) = (0, false); at < host.Length && end < 0; at++)
        {
            inside = inside ? host[at] != '}' : host[at] == '{';
            if (!inside && host[at] is '/' or '?' or '#')
                end = at;
        }

        host = end < 0 ? host : host[..end];
        var close = host.LastIndexOf("}}", StringComparison.Ordinal);
        return close < 0 || (host[(close + 2)..] is ['.', .. var domain] && domain.Contains('.', StringComparison.Ordinal));
    }
}
