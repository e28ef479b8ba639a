namespace Recipes.Connections;

/// <summary>Values that a flow filled in by itself, each of them let through by the pattern its connector declares.</summary>
/// <param name="Fields">Plain fields of the connection.</param>
/// <param name="Secrets">Secrets kept beside the token.</param>
/// <param name="Missing">The first required value that did not come or does not match, in words that name no value; null when all are there.</param>
internal sealed record CapturedValues(IReadOnlyDictionary<string, string> Fields, IReadOnlyDictionary<string, Secret> Secrets, string? Missing)
{
    /// <param name="from">What brings them, in words: <c>the callback</c>.</param>
    /// <param name="raw">Finds a value as it came; null when it did not come.</param>
    public static CapturedValues Take(
        IEnumerable<Capture> captures, ConnectorProfile connector, AuthScheme scheme, ConnectionDefinition definition, EgressGuard guard, string from, Func<Capture, string?> raw)
    {
        var (fields, secrets) = (new Dictionary<string, string>(), new Dictionary<string, Secret>());
        string? missing = null;
        foreach (var capture in captures)
        {
            var came = raw(capture);
            var value = capture.Read(came);
            if (value is not null && capture.Field is { } name)
            {
                var field = connector.FieldsOf(scheme).FirstOrDefault(f => f.Name == name);
                if (field is null || FieldValues.Check(field, value, guard) is not null)
                    value = null;
                else
                    fields[name] = value;
            }
            else if (value is not null)
            {
                secrets[capture.Secret!] = new Secret(value);
            }

            if (value is null && capture.Required && !(capture.Field is { } fixedField && definition.Presets.ContainsKey(fixedField)))
                missing ??= $"{char.ToUpperInvariant(from[0])}{from[1..]} {(string.IsNullOrEmpty(came) ? "came without" : "brought an unexpected form of")} '{capture.Path}', which {connector.DisplayName} has to send.";
        }

        return new(fields, secrets, missing);
    }

    /// <summary>A connection's own plain values with these in place of all that earlier flows filled in.</summary>
    public static Dictionary<string, string> Replace(ConnectorProfile connector, AuthScheme scheme, IReadOnlyDictionary<string, string> own, IReadOnlyDictionary<string, string> captured) =>
        Add(own.Where(f => !connector.IsCaptured(scheme, f.Key)), captured);

    /// <summary>A connection's own plain values with these besides.</summary>
    public static Dictionary<string, string> Add(IEnumerable<KeyValuePair<string, string>> own, IReadOnlyDictionary<string, string> captured)
    {
        var all = new Dictionary<string, string>(own);
        foreach (var (name, value) in captured)
            all[name] = value;
        return all;
    }

    /// <summary>Fields that a flow has to fill in and that have no value.</summary>
    public static IEnumerable<Field> MissingFields(ConnectorProfile connector, AuthScheme scheme, IReadOnlyDictionary<string, string> merged) =>
        connector.FieldsOf(scheme).Where(f => f is { Automatic: true, Required: true, Kind: not FieldKind.Secret } && string.IsNullOrEmpty(merged.GetValueOrDefault(f.Name)));
}
