using System.Collections.Frozen;
using System.Text.Json;

namespace Recipes.Connectors;

/// <summary>All helpers, by name.</summary>
internal static class TemplateHelpers
{
    public static FrozenDictionary<string, TemplateHelper> All { get; } =
        new[] { Logic(), TextHelpers.All, ListHelpers.All, NumberHelpers.All, DateHelpers.All }.SelectMany(group => group).ToFrozenDictionary(h => h.Name);

    private static TemplateHelper[] Logic() =>
    [
        new("eq", 2, 2, a => PlainComparer.AreEqual(a[0], a[1])),
        new("ne", 2, 2, a => !PlainComparer.AreEqual(a[0], a[1])),
        new("gt", 2, 2, a => PlainComparer.Order(a[0], a[1]) > 0),
        new("ge", 2, 2, a => PlainComparer.Order(a[0], a[1]) >= 0),
        new("lt", 2, 2, a => PlainComparer.Order(a[0], a[1]) < 0),
        new("le", 2, 2, a => PlainComparer.Order(a[0], a[1]) <= 0),
        new("and", 1, TemplateHelper.AnyNumber, a => a.All(PlainComparer.IsTrue)),
        new("or", 1, TemplateHelper.AnyNumber, a => a.Any(PlainComparer.IsTrue)),
        new("not", 1, 1, a => !PlainComparer.IsTrue(a[0])),
        new("default", 2, TemplateHelper.AnyNumber, a => a.FirstOrDefault(v => v is not null)),
        new("json", 1, 1, a => PlainData.ToJson(a[0])),
        new("parseJson", 1, 1, a => ParseJson(a[0])),
    ];

    private static object? ParseJson(object? value)
    {
        if (value is null)
            return null;
        try
        {
            return PlainData.Parse(value as string ?? throw new TemplateException($"parseJson needs text, not {PlainText.KindOf(value)}."));
        }
        catch (JsonException fault)
        {
            throw new TemplateException(fault.LineNumber is { } line ? $"parseJson: the text is not JSON (line {line + 1}, position {fault.BytePositionInLine + 1})." : $"parseJson: {fault.Message}");
        }
    }
}
