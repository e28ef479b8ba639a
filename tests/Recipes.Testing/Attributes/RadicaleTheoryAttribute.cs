namespace Recipes.Testing;

/// <summary>A test that needs Radicale; skipped with the reason where it is missing, unless CI is set.</summary>
public sealed class RadicaleTheoryAttribute : TheoryAttribute
{
    public RadicaleTheoryAttribute() => Skip = Prerequisite.Radicale;
}
