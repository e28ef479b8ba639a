namespace Recipes.Testing;

/// <summary>A test that takes long; skipped unless <c>./test --long</c> asks for it.</summary>
public sealed class LongFactAttribute : FactAttribute
{
    public LongFactAttribute() =>
        Skip = string.IsNullOrEmpty(Environment.GetEnvironmentVariable("RECIPES_LONG")) ? "takes long: ./test --long runs it" : null;
}
