using System.Globalization;

namespace Recipes.Connectors;

/// <summary>Helpers for dates, which are ISO 8601 text in plain data. There is no clock here: what time it is comes in as data.</summary>
internal static class DateHelpers
{
    public static TemplateHelper[] All { get; } =
    [
        new("formatDate", 2, 2, FormatDate),
        new("addDays", 2, 2, AddDays),
    ];

    private static object? FormatDate(object?[] values)
    {
        if (values[0] is null)
            return null;
        var date = Date("formatDate", values[0]);
        try
        {
            if (PlainText.Of(values[1]) is "unix" or "unixMilliseconds")
                return PlainText.Of(values[1]) == "unix" ? date.ToUnixTimeSeconds() : date.ToUnixTimeMilliseconds();
            return date.ToString(PlainText.Of(values[1]), CultureInfo.InvariantCulture);
        }
        catch (FormatException)
        {
            throw new TemplateException($"formatDate: '{PlainText.Of(values[1])}' is no date format; write for instance 'yyyy-MM-dd' or 'd MMM yyyy HH:mm'.");
        }
    }

    private static object? AddDays(object?[] values)
    {
        if (values[0] is null)
            return null;
        var date = Date("addDays", values[0]);
        try
        {
            var moved = date.AddDays(PlainComparer.TryNumber(values[1], out _, out var days) ? days : throw new TemplateException("addDays needs a number of days."));
            return moved.ToString(values[0] is string { Length: 10 } ? "yyyy-MM-dd" : "O", CultureInfo.InvariantCulture);
        }
        catch (ArgumentException)
        {
            throw new TemplateException("addDays: the result is no date any more.");
        }
    }

    private static DateTimeOffset Date(string helper, object? value) =>
        PlainComparer.TryDate(value, out var date) ? date : throw new TemplateException($"{helper} needs a date such as 2026-01-31 or 2026-01-31T09:30:00Z, not {(value is string ? "this text" : PlainText.KindOf(value))}.");
}
