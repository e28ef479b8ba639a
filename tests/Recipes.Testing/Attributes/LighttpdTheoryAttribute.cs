namespace Recipes.Testing;

/// <summary>As <see cref="LighttpdFactAttribute"/>.</summary>
public sealed class LighttpdTheoryAttribute : TheoryAttribute
{
    public LighttpdTheoryAttribute() => Skip = Prerequisite.Lighttpd;
}
