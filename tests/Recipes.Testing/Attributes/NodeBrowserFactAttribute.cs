namespace Recipes.Testing;

/// <summary>A test that needs Chromium and the authorization server; skipped with the reason where one is missing, unless CI is set.</summary>
public sealed class NodeBrowserFactAttribute : FactAttribute
{
    public NodeBrowserFactAttribute() => Skip = Prerequisite.Browser ?? Prerequisite.Node;
}
