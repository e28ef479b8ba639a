namespace Recipes.Testing;

/// <summary>A test that needs etcd; skipped with the reason where it is missing, unless CI is set.</summary>
public sealed class EtcdFactAttribute : FactAttribute
{
    public EtcdFactAttribute() => Skip = Prerequisite.Etcd;
}
