using System.Text.Json.Nodes;
using Recipes.Engine;
using Recipes.Web;

namespace Recipes.Host;

/// <summary>Runs a recipe, or one step of it, from the editor: as it is designed now, published or not.</summary>
internal static class StudioRunEndpoints
{
    private const string InstanceHeader = "x-elsa-workflow-instance-id";
    private const string CannotStartHeader = "x-elsa-workflow-cannot-start";

    /// <summary>Why it cannot start, percent-encoded; our page shows it.</summary>
    private const string ReasonHeader = "x-recipes-reason";

    public static void Map(IEndpointRouteBuilder studio)
    {
        studio.MapPost("/workflow-definitions/{definitionId}/execute", ExecuteAsync);
        studio.MapPost("/tests/activities", TestAsync);
    }

    private static async Task<IResult> ExecuteAsync(string definitionId, HttpContext context, RecipeDesigner designer, RecipeCatalogue catalogue, RecipeCaller recipes, CancellationToken cancellationToken)
    {
        var caller = context.Caller();
        if (await designer.FindLatestAsync(definitionId, cancellationToken) is not { } latest)
            return Problem.NotFound($"There is no recipe '{definitionId}' any more.");
        var isDraft = latest.Version.Id.Version is null;
        var recipe = isDraft ? designer.Preview(definitionId, latest.Source) : catalogue.Find(definitionId);
        if ((isDraft || recipe is { IsCallable: false }) && !caller.Has(Privileges.ManageDefinitions))
            return CannotStart(context, isDraft ? "Only who may change recipes can run a draft." : "This recipe is not callable.");
        if (recipe is null || !recipe.CanRun)
            return CannotStart(context, recipe?.Faults.FirstOrDefault() is { } fault ? $"{(fault.Activity is null ? "" : $"{fault.Activity}: ")}{fault.Message}" : "The recipe has faults.");
        if (recipe.Inputs.Where(i => i.Required).Select(i => i.DisplayName ?? i.Name).ToList() is { Count: > 0 } required)
            return CannotStart(context, $"The recipe needs {string.Join(", ", required)}. {(isDraft ? "Publish it and call" : "Call")} it from its form.");
        return await recipes.CallAsync(new RecipeCall { Caller = caller, Recipe = definitionId, Wait = false }, recipe, cancellationToken) switch
        {
            RecipeCallResult.Accepted accepted => Started(context, accepted.Run),
            RecipeCallResult.Ended ended => Started(context, ended.Run.Id),
            RecipeCallResult.Refused refused => Started(context, refused.Run.Id),
            RecipeCallResult.Busy => CannotStart(context, "There is too much to do just now, and nothing was begun. Try again in some seconds."),
            RecipeCallResult.Forbidden forbidden => CannotStart(context, forbidden.Reason),
            RecipeCallResult.Invalid invalid => CannotStart(context, string.Join(' ', invalid.Faults.Select(f => f.Message))),
            _ => CannotStart(context, "The recipe cannot run."),
        };
    }

    private static IResult Started(HttpContext context, RunId run)
    {
        context.Response.Headers[InstanceHeader] = run.ToString();
        return StudioAnswers.Json(new() { ["workflowInstanceId"] = run.ToString() });
    }

    private static IResult CannotStart(HttpContext context, string reason)
    {
        context.Response.Headers[CannotStartHeader] = "true";
        context.Response.Headers[ReasonHeader] = Uri.EscapeDataString(reason);
        return StudioAnswers.Json(new() { ["cannotStart"] = true, ["reason"] = reason });
    }

    private static async Task<IResult> TestAsync(HttpContext context, RecipeDesigner designer, StepTest test, CancellationToken cancellationToken)
    {
        if (!context.MayEdit())
            return StudioDefinitionEndpoints.Forbidden();
        if (await StudioAnswers.ReadAsync(context.Request, cancellationToken) is not { } request)
            return StudioAnswers.NoJson();
        var (definition, handle) = (request["workflowDefinitionHandle"], request["activityHandle"]);
        var source = StudioVersion.TryParse(definition.Text("definitionVersionId"), out var version) ? (await designer.FindAsync(version, cancellationToken))?.Source : null;
        // Or a draft that was published meanwhile, or the other way about.
        var recipe = version.Recipe ?? definition.Text("definitionId");
        source ??= recipe is null ? null : (await designer.FindLatestAsync(recipe, cancellationToken))?.Source;
        var step = handle.Text("activityId") ?? handle.Text("activityNodeId")?.Split(':')[^1];
        return source is not null && step is not null ? StudioAnswers.Json(await test.RunAsync(recipe!, source, step, context.Caller(), cancellationToken)) : Problem.NotFound("There is no such step any more.");
    }
}
