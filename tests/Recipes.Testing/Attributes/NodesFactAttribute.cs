namespace Recipes.Testing;

/// <summary>A test of several nodes on PostgreSQL against the authorization server; skipped with the reason where one is missing, unless CI is set.</summary>
public sealed class NodesFactAttribute : FactAttribute
{
    public NodesFactAttribute() => Skip = Prerequisite.Postgres ?? Prerequisite.Node;
}
