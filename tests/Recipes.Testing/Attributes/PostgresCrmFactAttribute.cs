namespace Recipes.Testing;

/// <summary>A test that needs PostgreSQL and the sandbox CRM; skipped with the reason where one of them is missing, unless CI is set.</summary>
public sealed class PostgresCrmFactAttribute : FactAttribute
{
    public PostgresCrmFactAttribute() => Skip = Prerequisite.Postgres ?? Prerequisite.Crm;
}
