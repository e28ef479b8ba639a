namespace Recipes.Connectors;

/// <summary>Where the values of an input come from that only the app knows: an action of the same connector that lists them.</summary>
/// <param name="Action">The last part of its type. Its inputs take the values of those of the same name.</param>
/// <param name="Value">Where in an item the value is; empty for the item itself.</param>
/// <param name="Text">Likewise, what people read.</param>
public sealed record InputOptions(string Action, IReadOnlyList<string> Value, IReadOnlyList<string> Text)
{
    /// <summary>The output of the action that has the items.</summary>
    public const string Items = "items";
}
