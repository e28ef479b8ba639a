using Microsoft.AspNetCore.Mvc;
using Recipes.Engine;
using Recipes.Web;

namespace Recipes.Host;

/// <summary>The pages of recipes.</summary>
internal static class RecipePages
{
    public static void Map(IEndpointRouteBuilder pages)
    {
        pages.MapGet("/recipes", (RecipeCatalogue catalogue, RecipeFolder folder) => Page.Of<RecipesPage>(new() { ["Recipes"] = catalogue.All, ["Folder"] = folder.Path }));
        pages.MapGet("/recipes/{name}", (string name, HttpContext context, RecipeCatalogue catalogue, RecipeCaller caller, AccountWarnings warnings, TriggerViews triggers, CancellationToken token) => ShowAsync(name, context, catalogue, caller, warnings, triggers, token));
        pages.MapPost("/recipes/{name}/call", CallAsync);
    }

    private static async Task<IResult> ShowAsync(
        string name, HttpContext context, RecipeCatalogue catalogue, RecipeCaller caller, AccountWarnings warnings, TriggerViews triggers, CancellationToken cancellationToken,
        IFormCollection? typed = null, IReadOnlyDictionary<string, string>? faults = null, string? refusal = null)
    {
        if (catalogue.Find(name) is not { } recipe)
            return NoSuchRecipe();
        var needed = await caller.ConnectionsNeededAsync(name, context.Caller(), runtimeUser: null, cancellationToken) is NeededConnections.Found found ? found.Connections : [];
        return Page.Of<RecipePage>(
            new() { ["Recipe"] = recipe, ["Caller"] = context.Caller(), ["Needed"] = needed, ["Trigger"] = await triggers.FindAsync(context.Caller(), name, cancellationToken), ["Warnings"] = await warnings.FindAsync(needed, cancellationToken), ["Typed"] = typed, ["Faults"] = faults ?? new Dictionary<string, string>(), ["Refusal"] = refusal },
            faults is null && refusal is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest);
    }

    private static async Task<IResult> CallAsync(
        string name, [FromForm] IFormCollection form, HttpContext context, RecipeCatalogue catalogue, RecipeCaller caller, AccountWarnings warnings, TriggerViews triggers, CancellationToken cancellationToken)
    {
        if (catalogue.Find(name) is not { } recipe)
            return NoSuchRecipe();
        if (!recipe.CanRun)
            return await ShowAsync(name, context, catalogue, caller, warnings, triggers, cancellationToken, form, refusal: "This recipe has faults, and no version of it ever ran.");
        if (!recipe.IsCallable)
            return await ShowAsync(name, context, catalogue, caller, warnings, triggers, cancellationToken, form, refusal: "This recipe is not callable.");
        var input = CallForm.Read(recipe, form, out var faults);
        if (faults.Count > 0)
            return await ShowAsync(name, context, catalogue, caller, warnings, triggers, cancellationToken, form, faults);
        return await caller.CallAsync(new RecipeCall { Caller = context.Caller(), Recipe = name, Input = input }, cancellationToken) switch
        {
            RecipeCallResult.Ended ended => SeeRun(ended.Run.Id),
            RecipeCallResult.Refused refused => SeeRun(refused.Run.Id),
            RecipeCallResult.Accepted accepted => SeeRun(accepted.Run),
            RecipeCallResult.Busy => await ShowAsync(name, context, catalogue, caller, warnings, triggers, cancellationToken, form, refusal: "There is too much to do just now, and nothing was begun. Call again in some seconds."),
            RecipeCallResult.Invalid invalid => await ShowAsync(name, context, catalogue, caller, warnings, triggers, cancellationToken, form, invalid.Faults.DistinctBy(f => f.Input).ToDictionary(f => f.Input, f => f.Message)),
            RecipeCallResult.Forbidden forbidden => await ShowAsync(name, context, catalogue, caller, warnings, triggers, cancellationToken, form, refusal: forbidden.Reason),
            _ => NoSuchRecipe(),
        };
    }

    private static SeeOther SeeRun(RunId run) => new($"/runs/{run}");

    private static IResult NoSuchRecipe() => Page.Of<ErrorPage>(
        new() { ["Title"] = "There is no such recipe", ["Detail"] = "The address is wrong, or its file was removed.", ["BackTo"] = "/recipes", ["BackLabel"] = "To the recipes" }, StatusCodes.Status404NotFound);
}
