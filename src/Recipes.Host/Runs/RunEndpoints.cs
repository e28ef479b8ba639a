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
        api.MapGet("/runs/counts", CountAsync).WithSummary("How many runs are under way, wait, are held or in doubt").WithTags("Runs");
        api.MapPost("/runs/held/resume", ResumeAllAsync).WithSummary("Has all held runs go on that you may act on, or those held for one connection").WithTags("Runs");
        api.MapPost("/runs/held/drop", DropAllAsync).WithSummary("Ends all held runs that you may act on, or those held for one connection").WithTags("Runs");
        api.MapPost("/runs/{id:guid}/cancel", CancelAsync).WithSummary("Ends a run: at once, or after the request that is under way").WithTags("Runs");
        api.MapPost("/runs/{id:guid}/resume", ResumeAsync).WithSummary("Has a held or waiting run go on now").WithTags("Runs");
        api.MapPost("/runs/{id:guid}/retry", RetryAsync).WithSummary("Has the step that failed, or is in doubt, done again, with the same inputs or others").WithTags("Runs");
        api.MapPost("/runs/{id:guid}/done", DoneAsync).WithSummary("Says that the step in doubt was done; the run goes on behind it").WithTags("Runs");
        api.MapGet("/runs/{id:guid}", FindAsync).WithSummary("One run with its journal").WithTags("Runs");
    }

    private static async Task<Results<Ok<RunReply[]>, ProblemHttpResult>> ListAsync(
        [FromQuery, Description("Only runs of this recipe")] string? recipe,
        [FromQuery, Description("running, queued, waiting, held, completed, faulted, flagged, refused or cancelled")] string? status,
        [FromQuery, Description("For the next page: the id of the last run of this one")] Guid? before,
        [FromQuery, Description("1 to 200, default 50")] int? most,
        HttpContext context, IRunStore runs, CancellationToken cancellationToken)
    {
        RunStatus? wanted = null;
        if (status is not null)
        {
            if (!Enum.TryParse<RunStatus>(status, ignoreCase: true, out var parsed) || int.TryParse(status, out _))
                return Problem.Invalid("status", $"'{status}' is no status: use running, queued, waiting, held, completed, faulted, flagged, refused or cancelled.");
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

    private static async Task<Ok<Dictionary<string, int>>> CountAsync(HttpContext context, IRunStore runs, CancellationToken cancellationToken)
    {
        var counts = await runs.CountAsync(context.Caller(), cancellationToken);
        return TypedResults.Ok(Enum.GetValues<RunStatus>().Where(RunWords.IsOpen).ToDictionary(s => s.ToString().ToLowerInvariant(), s => counts.GetValueOrDefault(s)));
    }

    private static async Task<Ok<RunsChangedReply>> ResumeAllAsync([FromQuery] Guid? connection, HttpContext context, RunControl control, CancellationToken cancellationToken) =>
        TypedResults.Ok(new RunsChangedReply(await control.ResumeAllAsync(context.Caller(), connection is { } id ? new(id) : null, cancellationToken)));

    private static async Task<Ok<RunsChangedReply>> DropAllAsync([FromQuery] Guid? connection, HttpContext context, RunControl control, CancellationToken cancellationToken) =>
        TypedResults.Ok(new RunsChangedReply(await control.DropAllAsync(context.Caller(), connection is { } id ? new(id) : null, cancellationToken)));

    private static Task<IResult> CancelAsync(Guid id, HttpContext context, RunControl control, IRunStore runs, CancellationToken cancellationToken) =>
        AnswerAsync(id, context, runs, control.CancelAsync(context.Caller(), new(id), cancellationToken), "It has ended already.", cancellationToken);

    private static Task<IResult> ResumeAsync(Guid id, HttpContext context, RunControl control, IRunStore runs, CancellationToken cancellationToken) =>
        AnswerAsync(id, context, runs, control.ResumeAsync(context.Caller(), new(id), cancellationToken), "It is neither held nor waiting.", cancellationToken);

    private static async Task<IResult> RetryAsync(Guid id, RunRetryRequest? request, HttpContext context, RunControl control, IRunStore runs, CancellationToken cancellationToken) =>
        RunInputs.TryRead("inputs", request?.Inputs, out var inputs, out var fault)
            ? await AnswerAsync(id, context, runs, control.RetryAsync(context.Caller(), new(id), inputs, cancellationToken), "Only a run that has failed at a step or is in doubt can be tried again; where nothing had been sent yet, call the recipe again.", cancellationToken)
            : Problem.Invalid([fault!]);

    private static async Task<IResult> DoneAsync(Guid id, RunDoneRequest? request, HttpContext context, RunControl control, IRunStore runs, CancellationToken cancellationToken) =>
        RunInputs.TryRead("output", request?.Output, out var output, out var fault)
            ? await AnswerAsync(id, context, runs, control.SkipAsync(context.Caller(), new(id), output, cancellationToken), "It is not in doubt.", cancellationToken)
            : Problem.Invalid([fault!]);

    private static async Task<IResult> AnswerAsync(Guid id, HttpContext context, IRunStore runs, Task<RunControlResult> acting, string whyNot, CancellationToken cancellationToken) => await acting switch
    {
        RunControlResult.Done => TypedResults.Ok(RunReply.Whole((await runs.FindAsync(context.Caller(), id, cancellationToken))!)),
        RunControlResult.NotPossible => Problem.Conflict(whyNot),
        RunControlResult.Forbidden => Problem.Forbidden("It is another user's run. Acting on it takes the privilege actAsOtherUser."),
        _ => Problem.NotFound($"There is no run {id} that you may see."),
    };
}
