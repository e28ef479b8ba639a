using System.Globalization;

namespace Recipes.Engine;

/// <summary>Measures data and keeps what a recipe composes within bounds: a value put twice into itself in a loop would double with every round.</summary>
internal static class DataSize
{
    /// <summary>Most values in one composed value, counted as often as they would be written.</summary>
    public const int MaxValues = 200_000;

    /// <summary>How deep a composed value may be nested.</summary>
    public const int MaxDepth = 64;

    /// <exception cref="StepException">When it is too large or too deep.</exception>
    public static void Check(object? value)
    {
        var left = MaxValues;
        Count(value, 0, ref left);
    }

    /// <summary>About as many bytes as it takes as JSON; a value that occurs twice counts twice. Nothing is 0.</summary>
    public static long Of(object? value)
    {
        switch (value)
        {
            case null:
                return 0;
            case string text:
                return text.Length + 2;
            case bool:
                return 5;
            case IReadOnlyDictionary<string, object?> map:
                var size = 2L;
                foreach (var (name, item) in map)
                    size += name.Length + 4 + Of(item);
                return size;
            case IReadOnlyList<object?> list:
                size = 2;
                foreach (var item in list)
                    size += 1 + Of(item);
                return size;
            default:
                return 12;
        }
    }

    /// <summary>A number of bytes for people.</summary>
    public static string Print(long size) => size < 10_000 ? string.Create(CultureInfo.InvariantCulture, $"{size} bytes") : string.Create(CultureInfo.InvariantCulture, $"{size / 1000.0:#,0} kB");

    private static void Count(object? value, int depth, ref int left)
    {
        if (--left < 0 || depth > MaxDepth)
            throw new StepException($"The value is too large: at most {MaxValues} values, nested {MaxDepth} deep.");
        switch (value)
        {
            case IReadOnlyDictionary<string, object?> map:
                foreach (var (_, item) in map)
                    Count(item, depth + 1, ref left);
                break;
            case IReadOnlyList<object?> list:
                foreach (var item in list)
                    Count(item, depth + 1, ref left);
                break;
        }
    }
}
