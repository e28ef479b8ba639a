namespace Recipes.Testing;

/// <summary>As <see cref="NodeBrowserFactAttribute"/>, for theories.</summary>
public sealed class NodeBrowserTheoryAttribute : TheoryAttribute
{
    public NodeBrowserTheoryAttribute() => Skip = Prerequisite.Browser ?? Prerequisite.Node;
}
