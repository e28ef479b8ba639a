namespace Recipes.Testing;

/// <summary>A test that needs Node and the authorization server's packages; skipped with the reason where it is missing, unless CI is set.</summary>
public sealed class NodeTheoryAttribute : TheoryAttribute
{
    public NodeTheoryAttribute() => Skip = Prerequisite.Node;
}
