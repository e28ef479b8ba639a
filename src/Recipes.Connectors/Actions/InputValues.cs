using System.Globalization;

namespace Recipes.Connectors;

/// <summary>Checks what a recipe gives to an action against the action's form.</summary>
internal static class InputValues
{
    private const int LongestEcho = 40;

    /// <summary>A value for every input, null where there is none: defaults filled in, numbers and booleans read from text.</summary>
    /// <exception cref="InputException">Something required is missing or something is of the wrong type. All such inputs are named.</exception>
    public static Dictionary<string, object?> Check(IReadOnlyList<ActionInput> inputs, IReadOnlyDictionary<string, object?> given)
    {
        var values = new Dictionary<string, object?>(inputs.Count);
        List<string>? faults = null;
        foreach (var input in inputs)
        {
            var value = given.GetValueOrDefault(input.Name) ?? input.Default;
            if (input.Required && value is null or "")
                (faults ??= []).Add($"The input '{input.Name}' ({input.Label}) is required and was not given.");
            else if (value is not null && !TryConvert(input, ref value))
                (faults ??= []).Add($"The input '{input.Name}' ({input.Label}) should be {Expected(input)}, but {Describe(value)} was given.");
            values[input.Name] = value;
        }

        return faults is null ? values : throw new InputException(string.Join(' ', faults));
    }

    private static bool TryConvert(ActionInput input, ref object? value)
    {
        switch (input.Type)
        {
            case ValueType.Text:
                if (value is IReadOnlyList<object?> or IReadOnlyDictionary<string, object?>)
                    return false;
                value = PlainText.Of(value);
                break;
            case ValueType.Number when value is string text:
                // An empty field of a form is no number, and no fault either.
                if (text.Length == 0)
                    value = null;
                else if (PlainComparer.TryNumber(text, out var exact, out _) && exact is { } number)
                    value = number.Scale == 0 && number is >= long.MinValue and <= long.MaxValue ? (long)number : number;
                else
                    return false;
                break;
            case ValueType.Number when value is not (long or int or decimal or double):
            case ValueType.Boolean when value is not (bool or "true" or "false"):
            case ValueType.Object when value is not IReadOnlyDictionary<string, object?>:
            case ValueType.List when value is not IReadOnlyList<object?>:
                return false;
            case ValueType.Boolean:
                value = value is true or "true";
                break;
        }

        return input.Choices.Count == 0 || value is null || input.Choices.Contains(PlainText.Of(value));
    }

    private static string Expected(ActionInput input) => input.Choices.Count > 0 ? $"one of {string.Join(", ", input.Choices)}" : input.Type switch
    {
        ValueType.Text => "text",
        ValueType.Number => "a number",
        ValueType.Boolean => "true or false",
        ValueType.Object => "an object",
        ValueType.List => "a list",
        _ => "something else",
    };

    private static string Describe(object? value) => value switch
    {
        string { Length: <= LongestEcho } text => $"the text '{text}'",
        string text => string.Create(CultureInfo.InvariantCulture, $"a text of {text.Length} characters"),
        IReadOnlyList<object?> or IReadOnlyDictionary<string, object?> => PlainText.KindOf(value),
        _ => $"{PlainText.KindOf(value)} ({PlainText.Of(value)})",
    };
}
