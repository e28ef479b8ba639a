using System.Text.Json;
using Recipes.Connections;
using Recipes.Connectors;

namespace Recipes.Host;

/// <summary>Reads values that somebody gives a run on its way.</summary>
internal static class RunInputs
{
    public static bool TryRead(string path, IReadOnlyDictionary<string, JsonElement>? json, out Dictionary<string, object?> values, out SetupFault? fault)
    {
        values = [];
        fault = null;
        foreach (var (name, value) in json ?? new Dictionary<string, JsonElement>())
        {
            try
            {
                values[name] = PlainData.FromJson(value);
            }
            catch (JsonException e)
            {
                fault = new($"{path}.{name}", e.Message);
                return false;
            }
        }

        return true;
    }

    /// <param name="text">A JSON object as somebody typed it; empty for none.</param>
    /// <param name="fault">What is wrong with it, in plain words.</param>
    public static bool TryParse(string? text, out Dictionary<string, object?> values, out string? fault)
    {
        (values, fault) = ([], null);
        if (string.IsNullOrWhiteSpace(text))
            return true;
        try
        {
            if (PlainData.Parse(text) is Dictionary<string, object?> map)
            {
                values = map;
                return true;
            }

            fault = "Type a JSON object, such as {\"title\": \"A better one\"}, or leave it empty.";
        }
        catch (JsonException e)
        {
            fault = $"This is no JSON: {e.Message}";
        }

        return false;
    }
}
