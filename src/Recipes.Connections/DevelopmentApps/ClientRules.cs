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
            : connector.AddressesOf(scheme).FirstOrDefault(a => a.TakesClientSecret && a.Template.Fields.Contains(field.Name) && (field.Pattern is null || LeavesHostTo(a.Template, field.Name)));

    /// <summary>Whether a connection's own values say which server that address is at.</summary>
    public static bool IsChosenBy(ConnectionSnapshot seen, SchemeAddress address) => IsChosenBy(seen.Connector, seen.Scheme, seen.Definition, seen.Record.Fields, address);

    /// <summary>Whether a connection's own values say which server tokens come from: what that one says of the client blames nobody else.</summary>
    /// <param name="own">The plain fields that the connection itself has.</param>
    public static bool ChoosesTokenServer(ConnectorProfile connector, AuthScheme scheme, ConnectionDefinition definition, IReadOnlyDictionary<string, string> own) =>
        scheme.Addresses.Any(a => a.TakesClientSecret && IsChosenBy(connector, scheme, definition, own, a));

    /// <inheritdoc cref="ChoosesTokenServer(ConnectorProfile, AuthScheme, ConnectionDefinition, IReadOnlyDictionary{string, string})"/>
    public static bool ChoosesTokenServer(ConnectionSnapshot seen) => ChoosesTokenServer(seen.Connector, seen.Scheme, seen.Definition, seen.Record.Fields);

    private static bool IsChosenBy(ConnectorProfile connector, AuthScheme scheme, ConnectionDefinition definition, IReadOnlyDictionary<string, string> own, SchemeAddress address) =>
        connector.FieldsOf(scheme).Any(f => f is { Automatic: false, Kind: not (FieldKind.Choice or FieldKind.Number or FieldKind.Boolean) }
            && !definition.Presets.ContainsKey(f.Name) && own.ContainsKey(f.Name) && LeavesHostTo(address.Template, f.Name));

    // Whether the field makes up the end of the host: in https://{{fields.name}}.app.example/{{fields.other}} neither does.
    private static bool LeavesHostTo(FieldTemplate template, string field)
    {
        var source = template.Source.Replace(" ", "", StringComparison.Ordinal);
        var (start, open) = (source.IndexOf("://", StringComparison.Ordinal), source.IndexOf("{{", StringComparison.Ordinal));
        var isAddress = start >= 0 && (open < 0 || start < open);
        var host = isAddress ? source[(start + 3)..] : source;
        var end = host.AsSpan().IndexOfAny('/', '?', '#');
        host = end < 0 ? host : host[..end];
        if (!host.Contains($"{{{{fields.{field}}}}}", StringComparison.Ordinal))
            return false;
        return !isAddress || host[(host.LastIndexOf("}}", StringComparison.Ordinal) + 2)..] is not ['.', .. var domain] || !domain.Contains('.', StringComparison.Ordinal);
    }
}
