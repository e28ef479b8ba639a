namespace Recipes.Connectors;

/// <summary>One function that templates may call. It gets plain data, a missing value as null, and gives plain data.</summary>
/// <param name="Least">Fewest values it takes.</param>
/// <param name="Most">Most values it takes.</param>
internal sealed record TemplateHelper(string Name, int Least, int Most, Func<object?[], object?> Call)
{
    public const int AnyNumber = 1000;

    public string Takes => Least == Most ? $"{Least}" : Most == AnyNumber ? $"{Least} or more" : $"{Least} to {Most}";
}
