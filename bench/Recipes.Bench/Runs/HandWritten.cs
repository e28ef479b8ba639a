using System.Globalization;

namespace Recipes.Bench;

/// <summary>What the five steps of <c>five-steps.json</c> do, written by hand and with the same kind of data.</summary>
internal static class HandWritten
{
    public static Dictionary<string, object?> Run(IReadOnlyDictionary<string, object?> input)
    {
        var variables = new Dictionary<string, object?>(2) { ["title"] = null, ["size"] = null };
        var outputs = new Dictionary<string, object?>(1);
        variables["title"] = $"Order of {Text(input["customer"])}";
        variables["size"] = input["amount"] is decimal and > 10_000 ? "large" : "small";
        outputs["summary"] = $"{Text(variables["title"])} ({Text(variables["size"])})";
        return outputs;
    }

    private static string? Text(object? value) => Convert.ToString(value, CultureInfo.InvariantCulture);
}
