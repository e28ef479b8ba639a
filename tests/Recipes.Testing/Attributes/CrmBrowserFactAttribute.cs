namespace Recipes.Testing;

/// <summary>A test that needs Chromium, the sandbox CRM and the accessibility rules; skipped with the reason where one is missing, unless CI is set.</summary>
public sealed class CrmBrowserFactAttribute : FactAttribute
{
    public CrmBrowserFactAttribute() => Skip = Prerequisite.Browser ?? Prerequisite.Crm ?? Prerequisite.Axe;
}
