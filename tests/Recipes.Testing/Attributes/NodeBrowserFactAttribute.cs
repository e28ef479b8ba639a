namespace Recipes.Testing;

/// <summary>A test that needs Chromium, the authorization server and the accessibility rules; skipped with the reason where one is missing, unless CI is set.</summary>
public sealed class NodeBrowserFactAttribute : FactAttribute
{
    public NodeBrowserFactAttribute() => Skip = Prerequisite.Browser ?? Prerequisite.Node ?? Prerequisite.Axe;
}
