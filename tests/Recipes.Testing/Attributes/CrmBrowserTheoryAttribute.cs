namespace Recipes.Testing;

/// <summary>A theory that needs Chromium, the sandbox CRM and the accessibility rules; skipped with the reason where one is missing, unless CI is set.</summary>
public sealed class CrmBrowserTheoryAttribute : TheoryAttribute
{
    public CrmBrowserTheoryAttribute() => Skip = Prerequisite.Browser ?? Prerequisite.Crm ?? Prerequisite.Axe;
}
