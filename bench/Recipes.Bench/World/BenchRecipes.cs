namespace Recipes.Bench;

/// <summary>The recipes that are measured.</summary>
internal static class BenchRecipes
{
    public const string FiveSteps = "five-steps";
    public const string OneRequest = "one-request";
    public const string OneStep = "one-step";

    public static byte[] Read(string name)
    {
        using var resource = typeof(BenchRecipes).Assembly.GetManifestResourceStream($"{name}.json") ?? throw new FileNotFoundException($"{name}.json");
        using var content = new MemoryStream();
        resource.CopyTo(content);
        return content.ToArray();
    }
}
