namespace Recipes.Testing;

/// <summary>A test that needs Chromium and the npm package of Elsa Studio; skipped with the reason where one is missing, unless CI is set.</summary>
public sealed class StudioBrowserFactAttribute : FactAttribute
{
    public StudioBrowserFactAttribute() => Skip = Prerequisite.Studio ?? Prerequisite.Browser;
}
