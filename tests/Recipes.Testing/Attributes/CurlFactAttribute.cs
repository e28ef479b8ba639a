namespace Recipes.Testing;

/// <summary>A test that needs curl; skipped with the reason where it is missing, unless CI is set.</summary>
public sealed class CurlFactAttribute : FactAttribute
{
    public CurlFactAttribute() => Skip = Prerequisite.Curl;
}
