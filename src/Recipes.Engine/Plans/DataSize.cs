namespace Recipes.Engine;

/// <summary>Keeps data that a recipe composes within bounds: a value put twice into itself in a loop would double with every round.</summary>
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
