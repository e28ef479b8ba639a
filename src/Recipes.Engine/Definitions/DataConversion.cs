using System.Globalization;
using System.Text.Json;
using Recipes.Connectors;

namespace Recipes.Engine;

/// <summary>Makes a value fit a <see cref="DataType"/>.</summary>
internal static class DataConversion
{
    /// <summary>Takes only what JSON writes as that type: for values that come in from outside. Null fits every type.</summary>
    /// <returns>False when it does not fit; <paramref name="problem"/> then says what it should be.</returns>
    public static bool TryAccept(DataType type, object? value, out object? accepted, out string? problem) => TryFit(type, value, fromText: false, out accepted, out problem);

    /// <summary>Also reads text (<c>"5"</c>, <c>"True"</c>, JSON text) and prints into text: for values inside a recipe.</summary>
    /// <returns>False when it does not fit; <paramref name="problem"/> then says what it should be.</returns>
    public static bool TryConvert(DataType type, object? value, out object? converted, out string? problem) => TryFit(type, value, fromText: true, out converted, out problem);

    private static bool TryFit(DataType type, object? value, bool fromText, out object? fitted, out string? problem)
    {
        fitted = value;
        problem = null;
        if (value is null)
            return true;
        if (type.IsList)
            return TryFitList(type, value, fromText, out fitted, out problem);
        switch (type.Kind)
        {
            case DataKind.Any:
                return true;
            case DataKind.Text when value is string:
                return true;
            case DataKind.Text when fromText:
                fitted = Print(value);
                return true;
            case DataKind.Boolean when value is bool:
                return true;
            case DataKind.Boolean when fromText && value is string text:
                if (bool.TryParse(text, out var flag))
                {
                    fitted = flag;
                    return true;
                }

                fitted = null;
                if (text.Length == 0)
                    return true;
                break;
            case DataKind.Whole when ToWhole(value, fromText, out var whole) && whole >= type.Least && whole <= type.Most:
                fitted = whole;
                return true;
            case DataKind.Number when value is long or decimal or double or int:
                return true;
            case DataKind.Number when fromText && value is string text && ParseNumber(text) is { } number:
                fitted = number;
                return true;
            case DataKind.Number or DataKind.Whole or DataKind.Time or DataKind.Date or DataKind.TimeOfDay or DataKind.Span or DataKind.Guid when fromText && value is string { Length: 0 }:
                fitted = null;
                return true;
            case DataKind.Time when value is DateTimeOffset:
                return true;
            case DataKind.Time when value is string text && IsTime(text):
                return true;
            case DataKind.Date when value is string text && DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _):
                return true;
            case DataKind.Date when fromText && ToTime(value) is { } time:
                fitted = time.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
                return true;
            case DataKind.TimeOfDay when value is string text && TimeOnly.TryParse(text, CultureInfo.InvariantCulture, out _) && !IsTime(text):
                return true;
            case DataKind.TimeOfDay when fromText && ToTime(value) is { } time:
                fitted = time.ToString("HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture);
                return true;
            case DataKind.Span when value is string text && Durations.TryParse(text, out _):
                return true;
            case DataKind.Guid when value is string text && Guid.TryParse(text, out _):
                return true;
            case DataKind.Object when value is IReadOnlyDictionary<string, object?>:
                return true;
            case DataKind.Object when fromText && value is string text && TryParse(text) is IReadOnlyDictionary<string, object?> map:
                fitted = map;
                return true;
        }

        problem = $"should be {type.Name}, but is {Describe(value)}";
        return false;
    }

    private static bool TryFitList(DataType type, object value, bool fromText, out object? fitted, out string? problem)
    {
        fitted = value;
        problem = null;
        if (fromText && value is string text)
            value = TryParse(text) ?? value;
        if (value is not IReadOnlyList<object?> list)
        {
            problem = $"should be {type.Name}, but is {Describe(value)}";
            return false;
        }

        fitted = list;
        if (type.Kind == DataKind.Any)
            return true;
        var item = type with { IsList = false, Name = type.Name["list of ".Length..] };
        var items = new List<object?>(list.Count);
        for (var i = 0; i < list.Count; i++)
        {
            if (!TryFit(item, list[i], fromText, out var one, out var inner))
            {
                problem = $"item {i + 1} {inner}";
                return false;
            }

            items.Add(one);
        }

        fitted = items;
        return true;
    }

    /// <summary>As a template prints it.</summary>
    public static string Print(object value) => value switch
    {
        string text => text,
        bool flag => flag ? "true" : "false",
        DateTimeOffset time => time.ToString("O", CultureInfo.InvariantCulture),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => PlainData.ToJson(value),
    };

    public static string Describe(object? value) => value switch
    {
        null => "null",
        string { Length: <= 40 } text => $"the text '{text}'",
        string => "a longer text",
        bool flag => flag ? "true" : "false",
        long or int or decimal or double => $"the number {Print(value)}",
        IReadOnlyDictionary<string, object?> => "an object",
        IReadOnlyList<object?> => "a list",
        _ => "something else",
    };

    private static bool ToWhole(object value, bool fromText, out long whole)
    {
        switch (value)
        {
            case long number:
                whole = number;
                return true;
            case int number:
                whole = number;
                return true;
            case decimal number when decimal.Truncate(number) == number && number is >= long.MinValue and <= long.MaxValue:
                whole = (long)number;
                return true;
            case double number when Math.Truncate(number) == number && Math.Abs(number) < 9e15:
                whole = (long)number;
                return true;
            case string text when fromText && ParseNumber(text) is { } number and not string:
                return ToWhole(number, fromText: false, out whole);
            default:
                whole = 0;
                return false;
        }
    }

    private static object? ParseNumber(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var whole) ? whole
        : decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var large) && double.IsFinite(large) ? large
        : null;

    private static bool IsTime(string text) =>
        // A time alone would be read as one of today.
        text.Length >= 8 && char.IsAsciiDigit(text[0]) && text.AsSpan(0, 8).IndexOfAny('-', '/', '.') >= 0 && !TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out _)
        && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _);

    private static DateTimeOffset? ToTime(object value) => value switch
    {
        DateTimeOffset time => time,
        string text when IsTime(text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal),
        _ => null,
    };

    private static object? TryParse(string json)
    {
        try
        {
            return json.AsSpan().TrimStart() is ['{' or '[', ..] ? PlainData.Parse(json) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
