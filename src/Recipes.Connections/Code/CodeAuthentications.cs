namespace Recipes.Connections;

/// <summary>The ways to authenticate in C# that come with the program.</summary>
public static class CodeAuthentications
{
    public static IReadOnlyList<ICodeAuthentication> BuiltIn { get; } = [new EdgeGridAuthentication()];
}
