namespace Recipes.Testing;

/// <summary>A test that needs PostgreSQL; skipped with the reason where it is missing, unless CI is set.</summary>
public sealed class PostgresFactAttribute : FactAttribute
{
    public PostgresFactAttribute() => Skip = Prerequisite.Postgres;
}
