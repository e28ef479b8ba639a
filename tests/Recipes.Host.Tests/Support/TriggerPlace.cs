using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;

namespace Recipes.Host.Tests;

/// <summary>What tests of triggers do again and again. Their sweep comes only when a test says so.</summary>
internal static class TriggerPlace
{
    /// <summary>Settings of a host whose triggers are looked at by hand alone.</summary>
    public static readonly string[] ByHand = ["--Schedules:Every:triggers", "0"];

    /// <summary>A recipe that begins with a trigger and notes something of what it brought.</summary>
    /// <param name="trigger">Further members of the trigger, each with a comma before it.</param>
    public static string Recipe(string name, string type, string trigger, string note = "it came") => $$"""
        { "definitionId": "{{name}}", "name": "{{name}}", "root": { "id": "flow", "type": "Elsa.Sequence", "version": 1, "activities": [
          { "id": "start", "type": "{{type}}", "version": 1{{trigger}} },
          { "id": "note", "type": "Elsa.WriteLine", "version": 1, "text": {{RecipeFiles.Template(note)}} } ] } }
        """;

    public static Task SweepAsync(this Workplace place) => place.Services.GetRequiredService<Sweeps>().TryRunAsync("triggers", default);

    public static async Task<Answer> SwitchOnAsync(this Workplace place, string recipe, object? request = null) =>
        (await place.Operator.PostAsync($"/api/recipes/{recipe}/triggers/start/on", request)).Is(HttpStatusCode.OK);

    public static async Task<JsonNode> TriggerAsync(this Workplace place, string recipe) => (await place.Operator.GetAsync($"/api/recipes/{recipe}/triggers/start")).Is(HttpStatusCode.OK).Json;

    /// <summary>Moves the clock on to the time at which the trigger comes next, and looks.</summary>
    public static async Task SweepWhenDueAsync(this Workplace place, string recipe)
    {
        var next = (DateTimeOffset)(await place.TriggerAsync(recipe))["nextAt"]!;
        if (next - place.Clock.GetUtcNow() is { Ticks: > 0 } ahead)
            place.Clock.Advance(ahead + TimeSpan.FromMilliseconds(1));
        await place.SweepAsync();
    }

    /// <summary>All runs of a recipe, once none goes on any more; oldest first.</summary>
    public static async Task<IReadOnlyList<JsonNode>> RunsAsync(this Workplace place, string recipe)
    {
        JsonArray runs = [];
        await Waiting.UntilAsync(async () =>
        {
            runs = (JsonArray)(await place.Operator.GetAsync($"/api/runs?recipe={recipe}&most=200")).Is(HttpStatusCode.OK).Json;
            return runs.All(r => (string?)r!["status"] is "completed" or "faulted" or "refused" or "flagged");
        });
        return [.. runs.Reverse().Select(r => r!)];
    }

    /// <summary>What each run of a recipe was started with.</summary>
    public static async Task<IReadOnlyList<JsonNode>> InputsAsync(this Workplace place, string recipe)
    {
        var inputs = new List<JsonNode>();
        foreach (var run in await place.RunsAsync(recipe))
            inputs.Add((await place.Operator.GetAsync($"/api/runs/{run["id"]}"))["input"]!);
        return inputs;
    }
}
