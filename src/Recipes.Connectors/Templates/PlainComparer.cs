using System.Globalization;

namespace Recipes.Connectors;

/// <summary>Truth, equality and order of plain data, whichever .NET type a number happens to have.</summary>
internal static class PlainComparer
{
    /// <summary>False are null, false, zero, the empty text and the empty list.</summary>
    public static bool IsTrue(object? value) => value switch
    {
        null => false,
        bool flag => flag,
        string text => text.Length > 0,
        long number => number != 0,
        int number => number != 0,
        decimal number => number != 0,
        double number => number != 0 && !double.IsNaN(number),
        IReadOnlyList<object?> list => list.Count > 0,
        _ => true,
    };

    /// <summary>Numbers by value, also against numeric text; dates by instant, also against ISO text; lists and objects by content.</summary>
    public static bool AreEqual(object? left, object? right)
    {
        if (left is null || right is null)
            return left is null && right is null;
        if (left is string a && right is string b)
            return string.Equals(a, b, StringComparison.Ordinal);
        if (left is bool x && right is bool y)
            return x == y;
        if (Order(left, right) is { } order)
            return order == 0;
        if (left is IReadOnlyList<object?> list && right is IReadOnlyList<object?> other)
            return list.Count == other.Count && list.Zip(other).All(p => AreEqual(p.First, p.Second));
        return left is IReadOnlyDictionary<string, object?> map && right is IReadOnlyDictionary<string, object?> second
            && map.Count == second.Count && map.All(p => second.TryGetValue(p.Key, out var value) && AreEqual(p.Value, value));
    }

    /// <summary>Sign of the comparison; null when the two cannot be ordered.</summary>
    public static int? Order(object? left, object? right)
    {
        if (left is null || right is null || left is bool || right is bool)
            return null;
        if (TryNumber(left, out var a, out var wideA) && TryNumber(right, out var b, out var wideB))
            return a is { } m && b is { } n ? m.CompareTo(n) : double.IsNaN(wideA) || double.IsNaN(wideB) ? null : wideA.CompareTo(wideB);
        if ((left is DateTimeOffset || right is DateTimeOffset) && TryDate(left, out var from) && TryDate(right, out var to))
            return from.CompareTo(to);
        return left is string s && right is string t ? Math.Sign(string.CompareOrdinal(s, t)) : null;
    }

    public static bool TryDate(object? value, out DateTimeOffset date)
    {
        if (value is DateTimeOffset already)
        {
            date = already;
            return true;
        }

        date = default;
        return value is string text && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out date);
    }

    /// <summary>A number, or text that is one. Exact as a decimal where it fits; <paramref name="wide"/> is always set.</summary>
    public static bool TryNumber(object? value, out decimal? exact, out double wide)
    {
        (exact, wide) = (null, 0);
        switch (value)
        {
            case long number: (exact, wide) = (number, number); return true;
            case int number: (exact, wide) = (number, number); return true;
            case decimal number: (exact, wide) = (number, (double)number); return true;
            case double number: return FromDouble(number, out exact, out wide);
            case string text when decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number):
                (exact, wide) = (number, (double)number);
                return true;
            case string text when text.Any(char.IsAsciiDigit) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number):
                return FromDouble(number, out exact, out wide);
            default: return false;
        }
    }

    private static bool FromDouble(double number, out decimal? exact, out double wide)
    {
        wide = number;
        // The conversion to decimal keeps 15 digits only; whole numbers below 2^63 are exact by way of long.
        exact = Math.Abs(number) < 9e18 && Math.Truncate(number) == number ? (long)number
            : Math.Abs(number) is < 7.9e28 and > 1e-13 ? (decimal)number : null;
        return true;
    }
}
