namespace Recipes.Connectors;

/// <summary>How an action goes on to the next page of a list.</summary>
/// <param name="Parameter">Query parameter, or dotted path of a body member, that says which page; null for addresses.</param>
/// <param name="InBody">Whether <paramref name="Parameter"/> goes into the body.</param>
/// <param name="Path">Where the answer holds the cursor or the next address; <c>last</c> is the last item of a list.</param>
/// <param name="More">Where the answer says whether there is more; null where it does not.</param>
/// <param name="First">Number of the first page, or offset of the first item.</param>
/// <param name="Size">Items of a full page: one with fewer is the last; null where that is unknown.</param>
/// <param name="MaximumPages">Most requests that one action sends.</param>
internal sealed record PageRules(
    PaginationKind Kind, string? Parameter, bool InBody, IReadOnlyList<string> Path, IReadOnlyList<string>? More, int First, int? Size, int MaximumPages)
{
    /// <summary>Name of the input that says how many items are wanted at most.</summary>
    public const string LimitInput = "maximumItems";

    /// <summary>Most items of one action, whatever its input says.</summary>
    public const int MostItems = 10_000;

    public static ActionInput Limit { get; } = new()
    {
        Name = LimitInput,
        Label = "Items at most",
        Type = ValueType.Number,
        Default = 200L,
        Help = "Pages are read until there are that many.",
    };

    public static ActionOutput MoreOutput { get; } = new("more", "Whether there are more", ValueType.Boolean);
}
