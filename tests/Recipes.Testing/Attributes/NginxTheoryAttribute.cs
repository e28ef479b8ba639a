namespace Recipes.Testing;

/// <summary>A test that needs nginx; skipped with the reason where it is missing, unless CI is set.</summary>
public sealed class NginxTheoryAttribute : TheoryAttribute
{
    public NginxTheoryAttribute() => Skip = Prerequisite.Nginx;
}
