namespace Recipes.Testing;

/// <summary>A test that needs the npm package of Elsa Studio; skipped with the reason where it is missing, unless CI is set.</summary>
public sealed class StudioFactAttribute : FactAttribute
{
    public StudioFactAttribute() => Skip = Prerequisite.Studio;
}
