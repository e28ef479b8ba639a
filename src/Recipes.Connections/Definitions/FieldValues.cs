using System.Globalization;

namespace Recipes.Connections;

/// <summary>Puts together and checks the values of a connector's fields.</summary>
internal static class FieldValues
{
    private const int Longest = 8192;
    private const int LongestOfSeveralLines = 65_536;

    /// <summary>Plain values: the connection's own, else the definition's presets, else the defaults. A preset wins over a connection's value; a field that is not asked for has its default.</summary>
    /// <remarks>Where the definition has a client secret no connection says where that goes, not even one from before there was a secret.</remarks>
    public static Dictionary<string, string> Merge(ConnectorProfile connector, AuthScheme scheme, ConnectionDefinition definition, IReadOnlyDictionary<string, string> own)
    {
        if (definition.OAuthApp?.SealedClientSecret is not null && own.Count > 0)
        {
            var decided = ClientRules.SecretFields(connector, scheme, definition.Presets).Select(f => f.Name).ToHashSet();
            own = decided.Count == 0 ? own : own.Where(o => !decided.Contains(o.Key)).ToDictionary();
        }

        return Merge(connector, scheme, definition.Presets, own);
    }

    /// <inheritdoc cref="Merge(ConnectorProfile, AuthScheme, ConnectionDefinition, IReadOnlyDictionary{string, string})"/>
    public static Dictionary<string, string> Merge(ConnectorProfile connector, AuthScheme scheme, IReadOnlyDictionary<string, string> presets, IReadOnlyDictionary<string, string> own)
    {
        var plain = connector.FieldsOf(scheme).Where(f => f.Kind != FieldKind.Secret).ToArray();
        var merged = new Dictionary<string, string>();
        foreach (var field in plain)
        {
            if (presets.TryGetValue(field.Name, out var value) || own.TryGetValue(field.Name, out value) || (value = field.Default) is not null)
                merged[field.Name] = value;
        }

        if (!Array.Exists(plain, f => f.When is not null))
            return merged;
        // Whether a field is asked for takes every field above it into account, so that the order of the file does not matter.
        var set = connector.FieldSetOf(scheme);
        foreach (var field in plain.Where(f => !set.IsAsked(f, merged)).ToArray())
        {
            if (field.Default is { } value)
                merged[field.Name] = value;
            else
                merged.Remove(field.Name);
        }

        return merged;
    }

    /// <summary>A value as it is kept: without what was pasted along with it.</summary>
    /// <returns>Empty when nothing is left: then it was not given.</returns>
    public static string Normalise(Field field, string value)
    {
        // Forms send several lines with CR LF; keys and documents are kept as files have them.
        if (field.Multiline)
            value = value.ReplaceLineEndings("\n");
        if (field.Trim is not false)
            value = field.Kind != FieldKind.Secret || field.Multiline || field.Trim is true ? value.Trim() : value.Trim('\r', '\n');
        if (field.Kind == FieldKind.Secret)
            return value;
        if (field.Prefix is { Length: > 0 } prefix && value.Length > prefix.Length && value.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
            value = value[prefix.Length..];
        if (field.Suffix is { Length: > 0 } suffix && value.TrimEnd('/') is var bare && bare.Length > suffix.Length && bare.EndsWith(suffix, StringComparison.OrdinalIgnoreCase))
            value = bare[..^suffix.Length];
        return value;
    }

    /// <summary>What is wrong with one value, in words for the person who typed it; null when nothing is. The value itself is never in them.</summary>
    public static string? Check(Field field, string value, EgressGuard guard)
    {
        if (CheckText(field, value) is { } wrongText)
            return wrongText;
        switch (field.Kind)
        {
            case FieldKind.Choice when !field.Choices.Any(c => c.Value == value):
                return $"{field.Label} must be one of {string.Join(", ", field.Choices.Select(c => c.Value))}.";
            case FieldKind.Number when !decimal.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out _):
                return $"{field.Label} must be a number.";
            case FieldKind.Number when decimal.Parse(value, NumberStyles.Float, CultureInfo.InvariantCulture) is var number && (number < field.Min || number > field.Max):
                return (field.Min, field.Max) switch
                {
                    ({ } min, { } max) => string.Create(CultureInfo.InvariantCulture, $"{field.Label} must be from {min} to {max}."),
                    ({ } min, null) => string.Create(CultureInfo.InvariantCulture, $"{field.Label} must be at least {min}."),
                    _ => string.Create(CultureInfo.InvariantCulture, $"{field.Label} must be at most {field.Max}."),
                };
            case FieldKind.Boolean when value is not ("true" or "false"):
                return $"{field.Label} must be true or false.";
            case FieldKind.Url when !Uri.TryCreate(value, UriKind.Absolute, out _):
                return $"{field.Label} must be an absolute address{(field.Example is { } example ? $", for instance {example}" : "")}.";
            case FieldKind.Url when guard.Check(new Uri(value)) is { } wrong:
                return $"{field.Label} {wrong}.";
        }

        if (field.Format is { } format && FieldFormats.Check(format, value) is { } form)
            return $"{field.Label} {form}";
        if (field.Pattern is { } pattern)
        {
            var match = pattern.Match(value);
            if (!match.Success || match.Index != 0 || match.Length != value.Length)
                return field.PatternHelp ?? $"{field.Label} does not have the expected form{(field.Example is { } sample ? $", for instance {sample}" : "")}.";
        }

        return null;
    }

    private static string? CheckText(Field field, string value)
    {
        var longest = field.Multiline ? LongestOfSeveralLines : Longest;
        if (value.Length > longest)
            return $"{field.Label} is longer than {longest} characters.";
        if (value.Any(c => char.IsControl(c) && !(field.Multiline && c is '\n' or '\t')))
            return $"{field.Label} has a line break or another control character in it. Was more copied than the value?";
        return field is { Kind: FieldKind.Secret, Trim: null, Multiline: false } && (char.IsWhiteSpace(value[0]) || char.IsWhiteSpace(value[^1]))
            ? $"{field.Label} begins or ends with a space. Copy it again without."
            : null;
    }
}
