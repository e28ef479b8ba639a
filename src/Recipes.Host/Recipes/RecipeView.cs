using System.Text.Json;
using Recipes.Connections;
using Recipes.Connectors;
using Recipes.Engine;
using Recipes.Web;

namespace Recipes.Host;

/// <summary>Shows the page of a recipe.</summary>
internal sealed class RecipeView(RecipeCatalogue catalogue, RecipeConnections connections, TriggerViews triggers, IRunStore runs)
{
    private const int LastRuns = 5;

    /// <param name="typed">A form that was not taken, with <paramref name="faults"/> by input or <paramref name="refusal"/>.</param>
    /// <param name="from">A run whose inputs are shown again; one that the reader may not see, or of another recipe, is not looked at.</param>
    public async Task<IResult> ShowAsync(
        string name, Caller caller, CancellationToken cancellationToken, IFormCollection? typed = null, IReadOnlyDictionary<string, string>? faults = null, string? refusal = null, Guid? from = null)
    {
        if (catalogue.Find(name) is not { } recipe)
            return NoSuchRecipe();
        var earlier = typed is null && from is { } id && await runs.FindAsync(caller, id, cancellationToken) is { } found && found.Recipe == name ? found : null;
        var needed = await connections.FindAsync(caller, name, cancellationToken);
        return Page.Of<RecipePage>(
            new()
            {
                ["Standing"] = new RecipeStanding(recipe, [.. needed.Where(n => n.Bound is null).Select(n => n.Needed.Key)]),
                ["Caller"] = caller,
                ["Connections"] = needed,
                ["Trigger"] = await triggers.FindAsync(caller, name, cancellationToken),
                ["Values"] = recipe.Inputs.ToDictionary(i => i.Name, i => typed is not null ? CallForm.Typed(i, typed) : earlier is not null ? CallForm.Show(i, InputOf(earlier, i)) : ""),
                ["From"] = earlier?.Id,
                ["Faults"] = faults ?? new Dictionary<string, string>(),
                ["Refusal"] = refusal,
                ["LastRuns"] = await runs.ListAsync(caller, new RunFilter(name, Most: LastRuns), cancellationToken),
            },
            faults is null && refusal is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest);
    }

    public static IResult NoSuchRecipe() => Page.Of<ErrorPage>(
        new() { ["Title"] = "There is no such recipe", ["Detail"] = "The address is wrong, or its file was removed.", ["BackTo"] = "/recipes", ["BackLabel"] = "To the recipes" }, StatusCodes.Status404NotFound);

    private static object? InputOf(Run run, RecipeInput input)
    {
        using var json = JsonDocument.Parse(run.Input);
        return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty(input.Name, out var value) ? PlainData.FromJson(value) : null;
    }
}
