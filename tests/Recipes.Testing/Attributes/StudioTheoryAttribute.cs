namespace Recipes.Testing;

/// <summary>A theory that needs the npm package of Elsa Studio; skipped with the reason where it is missing, unless CI is set.</summary>
public sealed class StudioTheoryAttribute : TheoryAttribute
{
    public StudioTheoryAttribute() => Skip = Prerequisite.Studio;
}
