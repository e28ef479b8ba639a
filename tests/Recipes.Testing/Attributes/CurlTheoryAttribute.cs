namespace Recipes.Testing;

/// <summary>As <see cref="CurlFactAttribute"/>.</summary>
public sealed class CurlTheoryAttribute : TheoryAttribute
{
    public CurlTheoryAttribute() => Skip = Prerequisite.Curl;
}
