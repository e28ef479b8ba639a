using System.Globalization;

namespace Recipes.Connectors;

/// <summary>How plain data prints in a text.</summary>
internal static class PlainText
{
    /// <summary>Null is empty; booleans are true and false; numbers are invariant; dates are ISO 8601; lists and maps are JSON.</summary>
    public static string Of(object? value) => value switch
    {
        null => "",
        string text => text,
        bool flag => flag ? "true" : "false",
        long number => number.ToString(CultureInfo.InvariantCulture),
        int number => number.ToString(CultureInfo.InvariantCulture),
        decimal number => number.ToString(CultureInfo.InvariantCulture),
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        DateTimeOffset time => time.ToString("O", CultureInfo.InvariantCulture),
        IReadOnlyDictionary<string, string> fields => PlainData.ToJson(PlainMembers.ToMap(fields)),
        _ => PlainData.ToJson(value),
    };

    /// <summary>What a value is, for messages: "text", "a list".</summary>
    public static string KindOf(object? value) => value switch
    {
        null => "nothing",
        string => "text",
        bool => "a boolean",
        long or int or decimal or double => "a number",
        DateTimeOffset => "a date",
        IReadOnlyDictionary<string, object?> or IReadOnlyDictionary<string, string> => "an object",
        IReadOnlyList<object?> => "a list",
        _ => "something unknown",
    };
}
