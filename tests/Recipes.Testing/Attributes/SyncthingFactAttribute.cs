namespace Recipes.Testing;

/// <summary>A test that needs Syncthing; skipped with the reason where it is missing, unless CI is set.</summary>
public sealed class SyncthingFactAttribute : FactAttribute
{
    public SyncthingFactAttribute() => Skip = Prerequisite.Syncthing;
}
