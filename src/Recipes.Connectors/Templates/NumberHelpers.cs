namespace Recipes.Connectors;

/// <summary>Arithmetic, exact in decimal; whole numbers stay whole where they can.</summary>
internal static class NumberHelpers
{
    public static TemplateHelper[] All { get; } =
    [
        new("add", 2, TemplateHelper.AnyNumber, a => Fold("add", a, (x, y) => x + y)),
        new("subtract", 2, 2, a => Fold("subtract", a, (x, y) => x - y)),
        new("multiply", 2, TemplateHelper.AnyNumber, a => Fold("multiply", a, (x, y) => x * y)),
        new("divide", 2, 2, a => Fold("divide", a, (x, y) => y == 0 ? throw new TemplateException("divide: the second value is zero.") : x / y)),
        new("round", 1, 2, Round),
        new("number", 1, 1, a => a[0] is null or "" ? null : Shape(Exact("number", a[0]))),
    ];

    public static int Whole(string helper, object? value)
    {
        var number = Exact(helper, value);
        return decimal.Truncate(number) == number && number is >= int.MinValue and <= int.MaxValue
            ? (int)number
            : throw new TemplateException($"{helper} needs a whole number, not {PlainText.Of(value)}.");
    }

    private static object Fold(string helper, object?[] values, Func<decimal, decimal, decimal> step)
    {
        try
        {
            return Shape(values.Skip(1).Aggregate(Exact(helper, values[0]), (sum, value) => step(sum, Exact(helper, value))));
        }
        catch (OverflowException)
        {
            throw new TemplateException($"{helper}: the result is too large.");
        }
    }

    private static object Round(object?[] values)
    {
        var digits = values.Length > 1 ? Math.Clamp(Whole("round", values[1]), 0, 28) : 0;
        return Shape(decimal.Round(Exact("round", values[0]), digits, MidpointRounding.AwayFromZero));
    }

    private static decimal Exact(string helper, object? value)
    {
        if (!PlainComparer.TryNumber(value, out var exact, out _))
            throw new TemplateException($"{helper} needs a number, not {(value is string ? "this text" : PlainText.KindOf(value))}.");
        return exact ?? throw new TemplateException($"{helper}: the number is too large or too small.");
    }

    // 3.00 keeps its two places; 3 becomes a long.
    private static object Shape(decimal number) => number.Scale == 0 && number is >= long.MinValue and <= long.MaxValue ? (long)number : number;
}
