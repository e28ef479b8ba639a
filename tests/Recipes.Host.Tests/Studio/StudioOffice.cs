using System.Net;

namespace Recipes.Host.Tests;

/// <summary>A host with a recipe that needs no app, and one run of it.</summary>
public sealed class StudioOffice : IAsyncLifetime
{
    public const string Recipe = "greet";

    internal Workplace Place { get; private set; } = null!;

    /// <summary>The run, as its addresses have it.</summary>
    public string Run { get; private set; } = "";

    public async Task InitializeAsync()
    {
        // What the whole catalogue costs is seen in the stories.
        Place = await Workplace.StartAsync(settings: ["--OfferedConnectors:0", "sandbox-crm"]);
        Place.SaveRecipe(Recipe, RecipeText(Recipe, "Greet"));
        Run = (string)(await Place.Operator.CallAsync(Recipe, new { })).Is(HttpStatusCode.OK)["runId"]!;
    }

    public async Task DisposeAsync()
    {
        if (Place is not null)
            await Place.DisposeAsync();
    }

    /// <summary>A flowchart of a callable trigger and one step.</summary>
    public static string RecipeText(string name, string title) => $$"""
        {
          "definitionId": "{{name}}", "name": "{{title}}", "description": "Says hello",
          "root": {
            "id": "flow", "type": "Elsa.Flowchart", "version": 1,
            "activities": [
              { "id": "start", "name": "start", "type": "Recipes.Callable", "version": 1, "metadata": { "designer": { "position": { "x": 60, "y": 120 } } } },
              { "id": "say", "name": "say", "type": "Elsa.WriteLine", "version": 1, "metadata": { "designer": { "position": { "x": 340, "y": 120 } } }, "text": {{RecipeFiles.Literal("Hello")}} }
            ],
            "connections": [{ "source": { "activity": "start", "port": "Done" }, "target": { "activity": "say", "port": "In" } }]
          }
        }
        """;
}
