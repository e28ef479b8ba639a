using System.Text.Json.Nodes;
using Recipes.Engine;

namespace Recipes.CommandLine;

/// <summary>What people read of recipes.</summary>
internal static class RecipeText
{
    public static string Of(RecipeFault fault) => Of(fault.Message, fault.Activity, fault.Path, fault.Line, fault.Column);

    /// <param name="fault">As the host tells it.</param>
    public static string Of(JsonNode fault) => Of((string)fault["message"]!, (string?)fault["activity"], (string?)fault["path"], (int?)fault["line"], (int?)fault["column"]);

    public static string Count(int number, string what) => $"{number} {what}{(number == 1 ? "" : "s")}";

    private static string Of(string message, string? activity, string? path, int? line, int? column)
    {
        var place = line is not null ? $"line {line}, column {column}" : path;
        return $"{place}{(activity is null ? "" : $" ({activity})")}{(place is null && activity is null ? "" : ": ")}{message}";
    }
}
