namespace Recipes.Connectors;

/// <summary>Helpers for lists. What is not there is nothing, not an error.</summary>
internal static class ListHelpers
{
    public static TemplateHelper[] All { get; } =
    [
        new("first", 1, 1, a => List("first", a[0]) is { Count: > 0 } list ? list[0] : null),
        new("last", 1, 1, a => List("last", a[0]) is { Count: > 0 } list ? list[^1] : null),
        new("count", 1, 1, a => Count(a[0])),
        new("at", 2, 2, a => At(a[0], a[1])),
    ];

    /// <summary>Items of a list, members of an object, characters of a text, 0 for nothing.</summary>
    public static object Count(object? value) => value switch
    {
        null => 0L,
        IReadOnlyList<object?> list => (long)list.Count,
        IReadOnlyDictionary<string, object?> map => (long)map.Count,
        var other => (long)PlainText.Of(other).Length,
    };

    private static IReadOnlyList<object?>? List(string helper, object? value) => value switch
    {
        null => null,
        IReadOnlyList<object?> list => list,
        var other => throw new TemplateException($"{helper} needs a list, not {PlainText.KindOf(other)}."),
    };

    private static object? At(object? holder, object? key)
    {
        if (holder is IReadOnlyDictionary<string, object?> map)
            return map.GetValueOrDefault(PlainText.Of(key));
        if (List("at", holder) is not { } list)
            return null;
        var index = NumberHelpers.Whole("at", key);
        return index >= 0 && index < list.Count ? list[index] : null;
    }
}
