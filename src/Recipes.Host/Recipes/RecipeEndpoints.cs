using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Recipes.Connections;
using Recipes.Engine;
using Recipes.Web;

namespace Recipes.Host;

/// <summary>The REST surface of recipes.</summary>
internal static class RecipeEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/recipes", List).WithSummary("All recipes, broken ones with their faults").WithTags("Recipes");
        api.MapGet("/recipes/{name}", Find).WithSummary("One recipe: inputs, outputs, connections, faults").WithTags("Recipes");
        api.MapGet("/recipes/{name}/connections-needed", NeededAsync).WithTags("Recipes")
            .WithSummary("Which connections a call by you (or by runtimeUser) would use, and what is missing for it");
        api.MapPost("/recipes/{name}/call", CallAsync).WithTags("Recipes")
            .WithSummary("Calls a recipe as yourself, or as runtimeUser where you may")
            .WithMetadata(new RequestSizeLimitAttribute(4 * 1024 * 1024))
            .Produces<CallReply>().Produces<CallReply>(StatusCodes.Status202Accepted)
            .ProducesProblem(400).ProducesProblem(403).ProducesProblem(404).ProducesProblem(409).ProducesProblem(429);
    }

    private static RecipeReply[] List(RecipeCatalogue catalogue) => [.. catalogue.All.Select(RecipeReply.Of)];

    private static Results<Ok<RecipeReply>, ProblemHttpResult> Find(string name, RecipeCatalogue catalogue) =>
        catalogue.Find(name) is { } recipe ? TypedResults.Ok(RecipeReply.Of(recipe)) : NoSuchRecipe(name);

    private static async Task<Results<Ok<NeededConnectionReply[]>, ProblemHttpResult>> NeededAsync(
        string name, [FromQuery] string? runtimeUser, HttpContext context, RecipeCaller caller, AccountWarnings warnings, PublicAddress address, CancellationToken cancellationToken)
    {
        UserId? user = null;
        if (runtimeUser is not null)
        {
            if (!UserId.TryParse(runtimeUser, out var parsed))
                return Problem.Invalid("runtimeUser", "A user is 1 to 128 characters without white space.");
            user = parsed;
        }

        return await caller.ConnectionsNeededAsync(name, context.Caller(), user, cancellationToken) switch
        {
            NeededConnections.Found found => TypedResults.Ok(await ReplyAsync(found.Connections)),
            NeededConnections.Forbidden forbidden => Problem.Forbidden(forbidden.Reason),
            _ => NoSuchRecipe(name),
        };

        async Task<NeededConnectionReply[]> ReplyAsync(IReadOnlyList<NeededConnection> needed)
        {
            var warned = await warnings.FindAsync(needed, cancellationToken);
            return [.. needed.Select(n => NeededConnectionReply.Of(n, name, warned.GetValueOrDefault(n.Key), address))];
        }
    }

    private static async Task<IResult> CallAsync(
        string name, CallRequest request, HttpContext context, RecipeCatalogue catalogue, RecipeCaller recipes, PublicAddress address, CancellationToken cancellationToken)
    {
        var caller = context.Caller();
        if (catalogue.Find(name) is { CanRun: true, IsCallable: false } && !caller.Has(Privileges.ManageDefinitions))
            return Problem.Forbidden($"The recipe '{name}' is not callable. Begin it with a Callable trigger.");
        var faults = CallReader.Read(caller, name, request, context.Request.Headers["Idempotency-Key"], out var call);
        if (faults.Count > 0)
            return Problem.Invalid(faults);
        var result = await recipes.CallAsync(call, cancellationToken);
        return result switch
        {
            RecipeCallResult.Ended ended => TypedResults.Ok(CallReply.Of(ended.Run)),
            RecipeCallResult.Accepted accepted => TypedResults.Accepted($"/api/runs/{accepted.Run}", new CallReply(accepted.Run.Value, accepted.Status, null, RunFailureReply.Of(accepted.Failure))),
            RecipeCallResult.Busy busy => Busy(busy, context),
            RecipeCallResult.NotFound => NoSuchRecipe(name),
            RecipeCallResult.Invalid invalid => Problem.Invalid([.. invalid.Faults.Select(f => new SetupFault($"input.{f.Input}", f.Message))]),
            RecipeCallResult.Forbidden forbidden => Problem.Forbidden(forbidden.Reason),
            RecipeCallResult.Broken broken => Problem.Of(StatusCodes.Status409Conflict, "recipe-broken", "The recipe cannot run", $"The file of '{name}' has faults and no version of it ever ran.",
                [.. broken.Faults.Select(f => new SetupFault(f.Path ?? $"line {f.Line}, column {f.Column}", f.Message))]),
            RecipeCallResult.Refused refused => Refused(refused, name, address),
            _ => throw new InvalidOperationException($"Unknown result {result.GetType().Name}."),
        };
    }

    private static ProblemHttpResult Busy(RecipeCallResult.Busy busy, HttpContext context)
    {
        var seconds = Math.Max(1, (int)Math.Ceiling(busy.RetryAfter.TotalSeconds));
        context.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return Problem.Of(StatusCodes.Status429TooManyRequests, "busy", "There is too much to do", $"Nothing was begun. Call again in {seconds} seconds.");
    }

    private static ProblemHttpResult Refused(RecipeCallResult.Refused refused, string recipe, PublicAddress address)
    {
        var missing = refused.Missing.Select(m => MissingConnectionReply.Of(m, recipe, address)).ToArray();
        var first = Array.Find(missing, m => m.AuthorizeUrl is not null);
        var problem = Problem.Of(
            StatusCodes.Status409Conflict, "connection-missing", "A connection is missing",
            $"{refused.Run.Failure!.Message}{(first is null ? "" : $" Authorise it at {first.AuthorizeUrl} and call again.")}");
        problem.ProblemDetails.Extensions["runId"] = refused.Run.Id.Value;
        problem.ProblemDetails.Extensions["runStatus"] = refused.Run.Status;
        problem.ProblemDetails.Extensions["missing"] = missing;
        return problem;
    }

    private static ProblemHttpResult NoSuchRecipe(string name) => Problem.NotFound($"There is no recipe '{name}'. GET /api/recipes lists those there are.");
}
