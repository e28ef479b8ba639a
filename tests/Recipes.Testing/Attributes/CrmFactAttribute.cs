namespace Recipes.Testing;

/// <summary>A test that needs Node and the sandbox CRM's packages; skipped with the reason where it is missing, unless CI is set.</summary>
public sealed class CrmFactAttribute : FactAttribute
{
    public CrmFactAttribute() => Skip = Prerequisite.Crm;
}
