using System.Globalization;

namespace Recipes.Connections;

/// <summary>Puts together and checks the values of a connector's fields.</summary>
internal static class FieldValues
{
    /// <summary>Plain values: the connection's own, else the definition's presets, else the defaults. A preset wins over a connection's value.</summary>
    public static Dictionary<string, string> Merge(ConnectorProfile connector, AuthScheme scheme, ConnectionDefinition definition, IReadOnlyDictionary<string, string> own)
    {
        var merged = new Dictionary<string, string>();
        foreach (var field in connector.FieldsOf(scheme).Where(f => f.Kind != FieldKind.Secret))
        {
            if (definition.Presets.TryGetValue(field.Name, out var value) || own.TryGetValue(field.Name, out value) || (value = field.Default) is not null)
                merged[field.Name] = value;
        }

        return merged;
    }

    /// <summary>Whether it takes any text, so that it could name any server. What a flow fills in has passed the pattern of its capture.</summary>
    public static bool IsFree(Field field) => !field.Automatic && field.Pattern is null && field.Kind is not (FieldKind.Choice or FieldKind.Number or FieldKind.Boolean);

    /// <summary>What is wrong with one value, in words for the person who typed it; null when nothing is.</summary>
    public static string? Check(Field field, string value, EgressGuard guard)
    {
        if (value.Length > 8192)
            return $"{field.Label} is longer than 8192 characters.";
        switch (field.Kind)
        {
            case FieldKind.Choice when !field.Choices.Contains(value):
                return $"{field.Label} must be one of {string.Join(", ", field.Choices)}.";
            case FieldKind.Number when !decimal.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out _):
                return $"{field.Label} must be a number.";
            case FieldKind.Boolean when value is not ("true" or "false"):
                return $"{field.Label} must be true or false.";
            case FieldKind.Url when !Uri.TryCreate(value, UriKind.Absolute, out _):
                return $"{field.Label} must be an absolute address{(field.Example is { } example ? $", for instance {example}" : "")}.";
            case FieldKind.Url when guard.Check(new Uri(value)) is { } wrong:
                return $"{field.Label} {wrong}.";
        }

        if (field.Pattern is { } pattern)
        {
            var match = pattern.Match(value);
            if (!match.Success || match.Index != 0 || match.Length != value.Length)
                return $"{field.Label} does not have the expected form{(field.Example is { } sample ? $", for instance {sample}" : "")}.";
        }

        return null;
    }
}
