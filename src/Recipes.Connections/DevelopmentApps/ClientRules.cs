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
        var names = connector.AddressesOf(scheme).Where(a => a.TakesClientSecret).SelectMany(a => a.Template.Fields).ToHashSet();
        return connector.FieldsOf(scheme).Where(f => names.Contains(f.Name) && IsFree(f) && set.IsAskedUnder(f, presets) is not false);
    }

    /// <summary>Whether a value could lead to any server. What a flow fills in has passed the pattern of its capture.</summary>
    public static bool IsFree(Field field) => !field.Automatic && field.Pattern is null && field.Kind is not (FieldKind.Choice or FieldKind.Number or FieldKind.Boolean);
}
