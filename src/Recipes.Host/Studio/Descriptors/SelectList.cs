using System.Text.Json.Nodes;

namespace Recipes.Host;

/// <summary>One item of a drop-down.</summary>
internal sealed record SelectItem(string Text, string Value);

/// <summary>The items of a drop-down, in Studio's envelope.</summary>
internal static class SelectList
{
    public static JsonObject Of(IEnumerable<SelectItem> items) => new()
    {
        ["selectList"] = new JsonObject
        {
            ["items"] = new JsonArray([.. items.Select(i => new JsonObject { ["text"] = i.Text, ["value"] = i.Value })]),
            ["isFlagsEnum"] = false,
        },
    };
}
