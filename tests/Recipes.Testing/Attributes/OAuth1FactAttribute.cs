namespace Recipes.Testing;

/// <summary>A test that needs the OAuth 1.0 provider; skipped with the reason where it is missing, unless CI is set.</summary>
public sealed class OAuth1FactAttribute : FactAttribute
{
    public OAuth1FactAttribute() => Skip = Prerequisite.OAuth1;
}
