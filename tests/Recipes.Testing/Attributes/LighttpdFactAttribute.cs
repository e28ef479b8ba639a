namespace Recipes.Testing;

/// <summary>A test that needs lighttpd; skipped with the reason where it is missing, unless CI is set.</summary>
public sealed class LighttpdFactAttribute : FactAttribute
{
    public LighttpdFactAttribute() => Skip = Prerequisite.Lighttpd;
}
