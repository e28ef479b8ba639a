namespace Recipes.Connectors;

/// <summary>The top-level names that a template may read; the first segment of every path must be one of them.</summary>
public sealed class TemplateScope(params string[] roots)
{
    /// <summary>What the inputs of a recipe's steps may read.</summary>
    public static TemplateScope Recipe { get; } = new("input", "variables", "steps", "connections");

    /// <summary>What the request of a connector's action may read: its inputs and the connection's plain fields.</summary>
    public static TemplateScope Action { get; } = new("input", "fields");

    public IReadOnlyList<string> Roots { get; } = [.. roots];

    internal bool Knows(string name) => Roots.Contains(name, StringComparer.Ordinal);
}
