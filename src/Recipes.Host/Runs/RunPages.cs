using Microsoft.AspNetCore.Mvc;
using Recipes.Connections;
using Recipes.Engine;
using Recipes.Web;

namespace Recipes.Host;

/// <summary>The pages of runs.</summary>
internal static class RunPages
{
    private const int PerPage = 30;

    // Each takes its form, also where that has no field of its own: that is when it is checked where it comes from.
    public static void Map(IEndpointRouteBuilder pages)
    {
        pages.MapGet("/runs", ListAsync);
        pages.MapGet("/runs/{id:guid}", ShowAsync);
        pages.MapGet("/runs/{id:guid}/live", LiveAsync);
        pages.MapPost("/runs/{id:guid}/cancel", CancelAsync);
        pages.MapPost("/runs/{id:guid}/resume", ResumeAsync);
        pages.MapPost("/runs/{id:guid}/retry", RetryAsync);
        pages.MapPost("/runs/{id:guid}/done", DoneAsync);
        pages.MapPost("/runs/held/resume", ResumeAllAsync);
        pages.MapPost("/runs/held/drop", DropAllAsync);
    }

    private static async Task<IResult> ListAsync(
        [FromQuery] string? recipe, [FromQuery] string? status, [FromQuery] Guid? before, HttpContext context, IRunStore runs, RecipeCatalogue catalogue, CancellationToken cancellationToken)
    {
        RunStatus? wanted = Enum.TryParse<RunStatus>(status, ignoreCase: true, out var parsed) && Enum.IsDefined(parsed) ? parsed : null;
        var filter = new RunFilter(string.IsNullOrEmpty(recipe) ? null : recipe, wanted, null, before is { } id ? new RunId(id) : null, PerPage + 1);
        var found = await runs.ListAsync(context.Caller(), filter, cancellationToken);
        return Page.Of<RunsPage>(new()
        {
            ["Runs"] = found.Take(PerPage).ToArray(),
            ["HasMore"] = found.Count > PerPage,
            ["Filter"] = filter,
            ["Titles"] = catalogue.All.ToDictionary(r => r.Name, r => r.DisplayName ?? r.Name),
            ["Counts"] = await runs.CountAsync(context.Caller(), cancellationToken),
        });
    }

    private static Task<IResult> ShowAsync(Guid id, [FromQuery] string? all, HttpContext context, RunModels models, CancellationToken cancellationToken) => RenderAsync(id, null, null, context, models, cancellationToken, all == "1");

    /// <summary>The part of the page that changes, for its script.</summary>
    private static async Task<IResult> LiveAsync(Guid id, [FromQuery] string? all, HttpContext context, RunModels models, CancellationToken cancellationToken) =>
        await models.FindAsync(context.Caller(), id, cancellationToken) is { } model ? Page.Of<RunView>(new() { ["Model"] = model with { ShowsAll = all == "1" } }) : NoSuchRun();

    private static async Task<IResult> RenderAsync(Guid id, string? problem, string? typed, HttpContext context, RunModels models, CancellationToken cancellationToken, bool showsAll = false) =>
        await models.FindAsync(context.Caller(), id, cancellationToken) is { } model
            ? Page.Of<RunPage>(new() { ["Model"] = model with { Problem = problem, Typed = typed, ShowsAll = showsAll } }, problem is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest)
            : NoSuchRun();

    private static async Task<IResult> CancelAsync(Guid id, [FromForm] IFormCollection form, HttpContext context, RunControl control, RunModels models, CancellationToken cancellationToken) =>
        await AnswerAsync(id, await control.CancelAsync(context.Caller(), new(id), cancellationToken), "It has ended already.", context, models, cancellationToken);

    private static async Task<IResult> ResumeAsync(Guid id, [FromForm] IFormCollection form, HttpContext context, RunControl control, RunModels models, CancellationToken cancellationToken) =>
        await AnswerAsync(id, await control.ResumeAsync(context.Caller(), new(id), cancellationToken), "It has gone on meanwhile.", context, models, cancellationToken);

    private static async Task<IResult> RetryAsync(Guid id, [FromForm] string? inputs, HttpContext context, RunControl control, RunModels models, CancellationToken cancellationToken) =>
        RunInputs.TryParse(inputs, out var values, out var fault)
            ? await AnswerAsync(id, await control.RetryAsync(context.Caller(), new(id), values, cancellationToken), "It cannot be tried again.", context, models, cancellationToken)
            : await RenderAsync(id, fault, inputs, context, models, cancellationToken);

    private static async Task<IResult> DoneAsync(Guid id, [FromForm] string? output, HttpContext context, RunControl control, RunModels models, CancellationToken cancellationToken) =>
        RunInputs.TryParse(output, out var values, out var fault)
            ? await AnswerAsync(id, await control.SkipAsync(context.Caller(), new(id), values, cancellationToken), "It is not in doubt any more.", context, models, cancellationToken)
            : await RenderAsync(id, fault, output, context, models, cancellationToken);

    private static async Task<IResult> ResumeAllAsync([FromForm] IFormCollection form, HttpContext context, RunControl control, CancellationToken cancellationToken)
    {
        await control.ResumeAllAsync(context.Caller(), null, cancellationToken);
        return new SeeOther("/runs?status=held");
    }

    private static async Task<IResult> DropAllAsync([FromForm] IFormCollection form, HttpContext context, RunControl control, CancellationToken cancellationToken)
    {
        await control.DropAllAsync(context.Caller(), null, cancellationToken);
        return new SeeOther("/runs?status=held");
    }

    private static async Task<IResult> AnswerAsync(Guid id, RunControlResult result, string whyNot, HttpContext context, RunModels models, CancellationToken cancellationToken) => result switch
    {
        RunControlResult.Done => new SeeOther($"/runs/{id}"),
        RunControlResult.NotPossible => await RenderAsync(id, whyNot, null, context, models, cancellationToken),
        RunControlResult.Forbidden => await RenderAsync(id, "It is another user's run.", null, context, models, cancellationToken),
        _ => NoSuchRun(),
    };

    private static IResult NoSuchRun() => Page.Of<ErrorPage>(
        new() { ["Title"] = "There is no such run", ["Detail"] = "The address is wrong, or the run belongs to somebody else.", ["BackTo"] = "/runs", ["BackLabel"] = "To the runs" },
        StatusCodes.Status404NotFound);
}
