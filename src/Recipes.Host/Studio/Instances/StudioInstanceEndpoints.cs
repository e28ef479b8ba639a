using Microsoft.AspNetCore.Http.HttpResults;
using Recipes.Engine;
using Recipes.Web;

namespace Recipes.Host;

/// <summary>Runs, as Studio lists and shows them.</summary>
internal static class StudioInstanceEndpoints
{
    /// <summary>Entries of a journal that are given at once, where nobody says how many.</summary>
    private const int UsualTake = 110;

    public static void Map(IEndpointRouteBuilder studio)
    {
        studio.MapPost("/workflow-instances", ListAsync);
        studio.MapGet("/workflow-instances/{id}", FindAsync);
        studio.MapGet("/workflow-instances/{id}/journal", JournalAsync);
        studio.MapPost("/workflow-instances/{id}/journal", FilteredJournalAsync);
        studio.MapGet("/workflow-instances/{id}/execution-state", ProgressAsync);
        studio.MapGet("/workflow-instances/{id}/variables", VariablesAsync);
        StudioExecutionEndpoints.Map(studio);
        StudioInstanceActions.Map(studio);
    }

    /// <summary>The run of that id, where the caller may see it.</summary>
    internal static async Task<Run?> FindVisibleAsync(this IRunStore runs, HttpContext context, string? id, CancellationToken cancellationToken) =>
        Guid.TryParse(id, out var run) ? await runs.FindAsync(context.Caller(), run, cancellationToken) : null;

    internal static ProblemHttpResult NoSuchRun(string? id) => Problem.NotFound($"There is no run '{id}' that you may see.");

    private static async Task<IResult> ListAsync(InstanceListRequest request, HttpContext context, IRunStore runs, RecipeCatalogue catalogue, RecipeHistory history, InstanceViews views, CancellationToken cancellationToken)
    {
        if (InstanceListReader.Read(request, catalogue, out var query) is { Count: > 0 } faults)
            return Problem.Invalid(faults);
        if (request.Version is { } number && query is not null)
            query = (await history.ListAsync(request.DefinitionId, cancellationToken)).FirstOrDefault(p => p.Number == number) is { } version ? query with { RecipeVersion = version.Version } : null;
        var page = query is null ? new RunsFound([], 0) : await runs.PageAsync(context.Caller(), query, cancellationToken);
        return TypedResults.Ok(new StudioPage<InstanceReply>(await views.SummariesAsync(page.Runs, cancellationToken), page.Total));
    }

    private static async Task<IResult> FindAsync(string id, HttpContext context, IRunStore runs, InstanceViews views, CancellationToken cancellationToken) =>
        await runs.FindVisibleAsync(context, id, cancellationToken) is { } run ? TypedResults.Ok(await views.WholeAsync(run, cancellationToken)) : NoSuchRun(id);

    private static Task<IResult> JournalAsync(string id, int? skip, int? take, HttpContext context, IRunStore runs, StepExecutions executions, CancellationToken cancellationToken) =>
        FilteredJournalAsync(id, skip, take, new(), context, runs, executions, cancellationToken);

    private static async Task<IResult> FilteredJournalAsync(string id, int? skip, int? take, JournalRequest? request, HttpContext context, IRunStore runs, StepExecutions executions, CancellationToken cancellationToken)
    {
        if (await runs.FindVisibleAsync(context, id, cancellationToken) is not { } run)
            return NoSuchRun(id);
        var filter = request?.Filter ?? new();
        var (activities, places, without, events) = (SetOf(filter.ActivityIds), SetOf(filter.ActivityNodeIds), SetOf(filter.ExcludedActivityTypes), SetOf(filter.EventNames));
        // Steps of other recipes are told with the step that called them.
        var records = (await executions.FindAsync(run, cancellationToken))
            .Where(s => s.Depth == 0 && activities?.Contains(s.ActivityId) != false && places?.Contains(s.Node.Id) != false && without?.Contains(s.Type) != true)
            .SelectMany(JournalRecordReply.Of).Where(r => events?.Contains(r.EventName) != false).ToList();
        return TypedResults.Ok(new StudioPage<JournalRecordReply>([.. records.Skip(Math.Max(0, skip ?? 0)).Take(Math.Max(0, take ?? UsualTake))], records.Count));
    }

    private static async Task<IResult> ProgressAsync(string id, HttpContext context, IRunStore runs, CancellationToken cancellationToken) =>
        await runs.FindVisibleAsync(context, id, cancellationToken) is { } run ? TypedResults.Ok(InstanceViews.Progress(run)) : NoSuchRun(id);

    private static async Task<IResult> VariablesAsync(string id, HttpContext context, IRunStore runs, InstanceViews views, CancellationToken cancellationToken) =>
        await runs.FindVisibleAsync(context, id, cancellationToken) is { } run ? TypedResults.Ok(new StudioList<InstanceVariableReply>(await views.VariablesAsync(run, cancellationToken))) : NoSuchRun(id);

    private static HashSet<string>? SetOf(IReadOnlyList<string>? list) => list is null ? null : [.. list];
}
