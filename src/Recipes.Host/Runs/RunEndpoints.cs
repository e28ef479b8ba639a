using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Recipes.Engine;
using Recipes.Web;

namespace Recipes.Host;

/// <summary>The REST surface of runs.</summary>
internal static class RunEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/runs", ListAsync).WithSummary("Runs, newest first").WithTags("Runs");
        api.MapGet("/runs/{id:guid}", FindAsync).WithSummary("One run with its journal").WithTags("Runs");
    }

    private static async Task<Results<Ok<RunReply[]>, ProblemHttpResult>> ListAsync(
        [FromQuery, Description("Only runs of this recipe")] string? recipe,
        [FromQuery, Description("running, completed, faulted or refused")] string? status,
        [FromQuery, Description("For the next page: the id of the last run of this one")] Guid? before,
        [FromQuery, Description("1 to 200, default 50")] int? most,
        HttpContext context, IRunStore runs, CancellationToken cancellationToken)
    {
        RunStatus? wanted = null;
        if (status is not null)
        {
            if (!Enum.TryParse<RunStatus>(status, ignoreCase: true, out var parsed) || int.TryParse(status, out _))
                return Problem.Invalid("status", $"'{status}' is no status: use running, completed, faulted or refused.");
            wanted = parsed;
        }

        if (most is < 1 or > 200)
            return Problem.Invalid("most", "Ask for 1 to 200 runs at a time.");
        var found = await runs.ListAsync(context.Caller(), new RunFilter(recipe, wanted, null, before is { } id ? new RunId(id) : null, most ?? 50), cancellationToken);
        return TypedResults.Ok(found.Select(RunReply.Summary).ToArray());
    }

    private static async Task<Results<Ok<RunReply>, ProblemHttpResult>> FindAsync(Guid id, HttpContext context, IRunStore runs, CancellationToken cancellationToken) =>
        await runs.FindAsync(context.Caller(), id, cancellationToken) is { } run
            ? TypedResults.Ok(RunReply.Whole(run))
            : Problem.NotFound($"There is no run {id} that you may see.");
}
