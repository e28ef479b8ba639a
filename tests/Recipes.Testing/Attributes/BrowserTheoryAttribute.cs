namespace Recipes.Testing;

/// <summary>A test that needs Chromium; skipped with the reason where it is missing, unless CI is set.</summary>
public sealed class BrowserTheoryAttribute : TheoryAttribute
{
    public BrowserTheoryAttribute() => Skip = Prerequisite.Browser;
}
