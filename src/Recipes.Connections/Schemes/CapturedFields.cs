namespace Recipes.Connections;

/// <summary>What captured values come to on a connection: checked as if somebody had typed them in, and put in place of earlier ones.</summary>
internal static class CapturedFields
{
    /// <summary>The values that may be used: whatever is no value of its field is as if it had not come.</summary>
    public static CapturedValues Checked(this CapturedValues captured, IReadOnlyList<Capture> captures, ConnectorProfile connector, AuthScheme scheme, EgressGuard guard)
    {
        var good = captured.Fields.Where(f => connector.FieldsOf(scheme).FirstOrDefault(field => field.Name == f.Key) is { } field && FieldValues.Check(field, f.Value, guard) is null).ToDictionary();
        return captured with
        {
            Fields = good,
            Missing = [.. captured.Missing, .. captures.Where(c => c.Required && c.Field is { } field && captured.Fields.ContainsKey(field) && !good.ContainsKey(field))],
        };
    }

    /// <summary>Why the flow cannot go on, in words that name no value; null when all is there that has to be.</summary>
    /// <param name="from">What brings the values, as a sentence begins: <c>The callback</c>.</param>
    public static string? WhyIncomplete(this CapturedValues captured, ConnectorProfile connector, ConnectionDefinition definition, string from) =>
        captured.Missing.FirstOrDefault(m => m.Field is null || !definition.Presets.ContainsKey(m.Field)) is { } missing
            ? $"{from} brought no '{missing.Path}' of the form that {connector.DisplayName} is known to send."
            : null;

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
        connector.FieldsOf(scheme).Where(f => f is { Automatic: true, Required: true } && f.Kind != FieldKind.Secret && string.IsNullOrEmpty(merged.GetValueOrDefault(f.Name)));
}
