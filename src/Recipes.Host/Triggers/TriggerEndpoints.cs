using Microsoft.AspNetCore.Http.HttpResults;
using Recipes.Engine;
using Recipes.Web;

namespace Recipes.Host;

/// <summary>The REST surface of triggers.</summary>
internal static class TriggerEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/triggers", ListAsync).WithSummary("All triggers of the tenant: on, off or paused and why, next time, last result").WithTags("Triggers");
        api.MapGet("/recipes/{name}/triggers", OfRecipeAsync).WithSummary("The trigger of a recipe, none or one").WithTags("Triggers");
        api.MapGet("/recipes/{name}/triggers/{activity}", FindAsync).WithSummary("One trigger").WithTags("Triggers");
        api.MapPost("/recipes/{name}/triggers/{activity}/on", OnAsync).WithTags("Triggers")
            .WithSummary("Switches a trigger on in this tenant, once every connection that its runs need is there; takes the privilege manageDefinitions")
            .Produces<SwitchedOnReply>().ProducesProblem(400).ProducesProblem(403).ProducesProblem(404).ProducesProblem(409);
        api.MapPost("/recipes/{name}/triggers/{activity}/off", OffAsync).WithTags("Triggers")
            .WithSummary("Switches a trigger off; takes the privilege manageDefinitions").Produces<TriggerReply>().ProducesProblem(403).ProducesProblem(404).ProducesProblem(409);
        api.MapPost("/recipes/{name}/triggers/{activity}/run", RunAsync).WithTags("Triggers")
            .WithSummary("Has a trigger come now: a poll asks, a schedule starts a run; takes the privilege manageDefinitions").Produces<TriggerReply>().ProducesProblem(403).ProducesProblem(404).ProducesProblem(409);
    }

    /// <summary>What a refused switch is answered.</summary>
    public static ProblemHttpResult ProblemOf(SwitchResult result, string recipe, PublicAddress address) => result switch
    {
        SwitchResult.NotFound notFound => Problem.NotFound(notFound.Reason),
        SwitchResult.Forbidden forbidden => Problem.Forbidden(forbidden.Reason),
        SwitchResult.Invalid invalid => Problem.Invalid(invalid.Path, invalid.Message),
        SwitchResult.Conflict conflict => Problem.Conflict(conflict.Reason),
        SwitchResult.Incomplete incomplete => Incomplete([.. incomplete.Missing.Select(m => MissingConnectionReply.Of(m, recipe, address))]),
        _ => throw new ArgumentException($"{result.GetType().Name} is no problem.", nameof(result)),
    };

    private static async Task<Ok<IReadOnlyList<TriggerReply>>> ListAsync(HttpContext context, TriggerViews views, CancellationToken cancellationToken) =>
        TypedResults.Ok(await views.ListAsync(context.Caller(), cancellationToken));

    private static async Task<Results<Ok<TriggerReply[]>, ProblemHttpResult>> OfRecipeAsync(string name, HttpContext context, RecipeCatalogue catalogue, TriggerViews views, CancellationToken cancellationToken)
    {
        var found = await views.FindAsync(context.Caller(), name, cancellationToken);
        if (found is null && catalogue.Find(name) is null)
            return Problem.NotFound($"There is no recipe '{name}'. GET /api/recipes lists those there are.");
        return TypedResults.Ok<TriggerReply[]>(found is null ? [] : [found]);
    }

    private static async Task<Results<Ok<TriggerReply>, ProblemHttpResult>> FindAsync(string name, string activity, HttpContext context, TriggerViews views, CancellationToken cancellationToken) =>
        await views.FindAsync(context.Caller(), name, cancellationToken) is { } found && found.Activity == activity ? TypedResults.Ok(found) : NoSuchTrigger(name, activity);

    private static async Task<IResult> OnAsync(
        string name, string activity, SwitchOnRequest? request, HttpContext context, RecipeCatalogue catalogue, TriggerSwitch triggers, TriggerViews views, PublicAddress address, CancellationToken cancellationToken)
    {
        if (catalogue.Find(name) is { Trigger: { } planned } && planned.Activity != activity)
            return NoSuchTrigger(name, activity);
        var result = await triggers.SwitchOnAsync(context.Caller(), name, new(request?.Secret, request?.Anew ?? false), cancellationToken);
        return result is SwitchResult.Done done
            ? TypedResults.Ok(new SwitchedOnReply(views.Of(context.Caller(), name, catalogue.Find(name)?.Trigger, done.Trigger), done.NewSecret?.Reveal()))
            : ProblemOf(result, name, address);
    }

    private static async Task<IResult> OffAsync(string name, string activity, HttpContext context, RecipeCatalogue catalogue, TriggerSwitch triggers, TriggerViews views, PublicAddress address, CancellationToken cancellationToken) =>
        await views.FindAsync(context.Caller(), name, cancellationToken) is not { } found || found.Activity != activity
            ? NoSuchTrigger(name, activity)
            : Answer(await triggers.SwitchOffAsync(context.Caller(), name, cancellationToken), name, context, catalogue, views, address);

    private static async Task<IResult> RunAsync(string name, string activity, HttpContext context, RecipeCatalogue catalogue, TriggerSwitch triggers, TriggerViews views, PublicAddress address, CancellationToken cancellationToken) =>
        await views.FindAsync(context.Caller(), name, cancellationToken) is not { } found || found.Activity != activity
            ? NoSuchTrigger(name, activity)
            : Answer(await triggers.RunNowAsync(context.Caller(), name, cancellationToken), name, context, catalogue, views, address);

    private static IResult Answer(SwitchResult result, string recipe, HttpContext context, RecipeCatalogue catalogue, TriggerViews views, PublicAddress address) =>
        result is SwitchResult.Done done ? TypedResults.Ok(views.Of(context.Caller(), recipe, catalogue.Find(recipe)?.Trigger, done.Trigger)) : ProblemOf(result, recipe, address);

    private static ProblemHttpResult Incomplete(MissingConnectionReply[] missing)
    {
        var first = Array.Find(missing, m => m.AuthorizeUrl is not null);
        var problem = Problem.Of(
            StatusCodes.Status409Conflict, "connection-missing", "A connection is missing",
            $"{missing[0].Reason}{(first is null ? "" : $" Authorise it at {first.AuthorizeUrl} and switch the trigger on again.")}");
        problem.ProblemDetails.Extensions["missing"] = missing;
        return problem;
    }

    private static ProblemHttpResult NoSuchTrigger(string recipe, string activity) =>
        Problem.NotFound($"The recipe '{recipe}' has no trigger '{activity}'. GET /api/recipes/{recipe}/triggers says which it has.");
}
