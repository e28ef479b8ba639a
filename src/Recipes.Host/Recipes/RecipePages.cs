using Microsoft.AspNetCore.Mvc;
using Recipes.Connections;
using Recipes.Engine;
using Recipes.Web;

namespace Recipes.Host;

/// <summary>The pages of recipes.</summary>
internal static class RecipePages
{
    /// <summary>How long a call waits for its end before the run's page shows the rest of it.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    public static void Map(IEndpointRouteBuilder pages)
    {
        pages.MapGet("/recipes", ListAsync);
        pages.MapGet("/recipes/{name}", (string name, [FromQuery] Guid? from, HttpContext context, RecipeView view, CancellationToken token) => view.ShowAsync(name, context.Caller(), token, from: from));
        pages.MapPost("/recipes/{name}/call", CallAsync);
    }

    private static async Task<IResult> ListAsync([FromQuery] string? find, HttpContext context, RecipeCatalogue catalogue, RecipeFolder folder, RecipeConnections connections, CancellationToken cancellationToken)
    {
        var all = new List<RecipeStanding>();
        foreach (var recipe in catalogue.All)
            all.Add(await connections.StandingAsync(context.Caller(), recipe, cancellationToken));
        return Page.Of<RecipesPage>(new() { ["Recipes"] = all, ["Folder"] = folder.Path, ["Find"] = find?.Trim() is { Length: > 0 } text ? text : null, ["MayDesign"] = context.Caller().Has(Privileges.ManageDefinitions) });
    }

    private static async Task<IResult> CallAsync(
        string name, [FromForm] IFormCollection form, HttpContext context, RecipeCatalogue catalogue, RecipeCaller caller, RecipeView view, CancellationToken cancellationToken)
    {
        if (catalogue.Find(name) is not { } recipe)
            return RecipeView.NoSuchRecipe();
        var user = context.Caller();
        if (!recipe.CanRun)
            return await view.ShowAsync(name, user, cancellationToken, form, refusal: "This recipe has faults, and no version of it ever ran.");
        if (!recipe.IsCallable)
            return await view.ShowAsync(name, user, cancellationToken, form, refusal: "This recipe is not callable.");
        var input = CallForm.Read(recipe, form, out var faults);
        if (faults.Count > 0)
            return await view.ShowAsync(name, user, cancellationToken, form, faults);
        var call = new RecipeCall { Caller = user, Recipe = name, Input = input, Patience = s_patience, OnceKey = CallForm.OnceKeyOf(user, form, input) };
        return await caller.CallAsync(call, cancellationToken) switch
        {
            RecipeCallResult.Ended ended => SeeRun(ended.Run.Id),
            RecipeCallResult.Refused refused => SeeRun(refused.Run.Id),
            RecipeCallResult.Accepted accepted => SeeRun(accepted.Run),
            RecipeCallResult.Busy => await view.ShowAsync(name, user, cancellationToken, form, refusal: "There is too much to do just now, and nothing was begun. Call again in some seconds."),
            RecipeCallResult.Invalid invalid => await view.ShowAsync(name, user, cancellationToken, form, invalid.Faults.DistinctBy(f => f.Input).ToDictionary(f => f.Input, f => f.Message)),
            RecipeCallResult.Forbidden forbidden => await view.ShowAsync(name, user, cancellationToken, form, refusal: forbidden.Reason),
            _ => RecipeView.NoSuchRecipe(),
        };
    }

    private static SeeOther SeeRun(RunId run) => new($"/runs/{run}");
}
