namespace Recipes.Testing;

/// <summary>A test that needs Chromium, the npm package of Elsa Studio and the sandbox CRM; skipped with the reason where one is missing, unless CI is set.</summary>
public sealed class StudioCrmFactAttribute : FactAttribute
{
    public StudioCrmFactAttribute() => Skip = Prerequisite.Studio ?? Prerequisite.Browser ?? Prerequisite.Crm;
}
