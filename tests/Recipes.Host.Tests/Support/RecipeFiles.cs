using Microsoft.Extensions.DependencyInjection;
using Recipes.Engine;

namespace Recipes.Host.Tests;

/// <summary>Recipes that tests write themselves.</summary>
internal static class RecipeFiles
{
    /// <summary>Saves a recipe file and has the folder read again.</summary>
    public static void SaveRecipe(this Workplace place, string name, string json)
    {
        var file = Path.Combine(place.RecipesFolder, $"{name}.json");
        File.WriteAllText($"{file}.draft", json);
        File.Move($"{file}.draft", file, overwrite: true);
        var folder = place.Services.GetRequiredService<RecipeFolder>();
        folder.Scan();
        // What is no JSON counts when a second look finds the same.
        folder.Scan();
    }

    /// <summary>A callable recipe of steps one after another.</summary>
    /// <param name="properties">Further members of the definition, each followed by a comma.</param>
    public static string Sequence(string name, string steps, string properties = "") => $$"""
        {
          "definitionId": "{{name}}",
          "name": "{{name}}", {{properties}}
          "root": { "id": "flow", "type": "Elsa.Sequence", "version": 1, "activities": [
            { "id": "start", "type": "Recipes.Callable", "version": 1 },
            {{steps}}
          ] }
        }
        """;

    public static string Literal(string value) => $$"""{ "typeName": "String", "expression": { "type": "Literal", "value": "{{value}}" } }""";

    public static string Template(string value) => $$"""{ "typeName": "String", "expression": { "type": "Handlebars", "value": "{{value}}" } }""";

    public static string Notification(string id, string key, string subject) =>
        $$"""{ "id": "{{id}}", "name": "{{id}}", "type": "SandboxCrm.CreateNotification", "version": 1, "connection": {{Literal(key)}}, "recipient": {{Literal("manager")}}, "subject": {{Literal(subject)}} }""";

    public static string Call(string id, string recipe, string inputJson) =>
        $$"""{ "id": "{{id}}", "name": "{{id}}", "type": "Recipes.CallRecipe", "version": 1, "recipe": {{Literal(recipe)}}, "input": { "typeName": "ObjectDictionary", "expression": { "type": "Object", "value": "{{inputJson.Replace("\"", "\\\"", StringComparison.Ordinal)}}" } } }""";
}
