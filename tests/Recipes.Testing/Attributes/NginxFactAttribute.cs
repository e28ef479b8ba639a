namespace Recipes.Testing;

/// <summary>A test that needs nginx; skipped with the reason where it is missing, unless CI is set.</summary>
public sealed class NginxFactAttribute : FactAttribute
{
    public NginxFactAttribute() => Skip = Prerequisite.Nginx;
}
