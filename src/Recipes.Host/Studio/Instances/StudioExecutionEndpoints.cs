using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Recipes.Engine;
using Recipes.Web;

namespace Recipes.Host;

/// <summary>What became of single activities in a run.</summary>
internal static class StudioExecutionEndpoints
{
    public static void Map(IEndpointRouteBuilder studio)
    {
        studio.MapPost("/activity-executions/report", ReportAsync);
        studio.MapGet("/activity-execution-summaries/list", SummariesAsync);
        studio.MapGet("/activity-executions/list", ListAsync);
        studio.MapGet("/activity-executions/by-id", FindAsync);
        studio.MapGet("/activity-executions/{id}/call-stack", CallStackAsync);
    }

    private static async Task<IResult> ReportAsync(ExecutionReportRequest request, HttpContext context, IRunStore runs, StepExecutions executions, CancellationToken cancellationToken)
    {
        if (await runs.FindVisibleAsync(context, request.WorkflowInstanceId, cancellationToken) is not { } run)
            return StudioInstanceEndpoints.NoSuchRun(request.WorkflowInstanceId);
        var wanted = request.ActivityNodeIds?.ToHashSet() ?? [];
        var steps = (await executions.FindAsync(run, cancellationToken)).Where(s => s.Depth == 0 && wanted.Contains(s.Node.Id)).GroupBy(s => s.Node.Id);
        return TypedResults.Ok(new ExecutionReportReply([.. steps.Select(g => StatsOf([.. g]))]));
    }

    private static ExecutionStatsReply StatsOf(StepExecution[] steps)
    {
        var going = steps.Count(s => s.State is StepState.Running or StepState.Suspended);
        return new(steps[0].ActivityId, steps[0].Node.Id, steps.Length, steps.Count(s => s.State == StepState.Completed), going, steps[^1].State == StepState.Suspended, steps[^1].State == StepState.Faulted, []);
    }

    private static Task<IResult> SummariesAsync(
        [FromQuery(Name = "WorkflowInstanceId")] string? run, [FromQuery(Name = "ActivityNodeId")] string? node, HttpContext context, IRunStore runs, StepExecutions executions, CancellationToken cancellationToken) =>
        TellAsync(run, node, ExecutionReply.Summary, context, runs, executions, cancellationToken);

    private static Task<IResult> ListAsync(
        [FromQuery(Name = "WorkflowInstanceId")] string? run, [FromQuery(Name = "ActivityNodeId")] string? node, HttpContext context, IRunStore runs, StepExecutions executions, CancellationToken cancellationToken) =>
        TellAsync(run, node, ExecutionReply.Whole, context, runs, executions, cancellationToken);

    private static async Task<IResult> TellAsync(string? id, string? node, Func<StepExecution, ExecutionReply> tell, HttpContext context, IRunStore runs, StepExecutions executions, CancellationToken cancellationToken) =>
        await runs.FindVisibleAsync(context, id, cancellationToken) is { } run
            ? TypedResults.Ok(new StudioList<ExecutionReply>([.. (await executions.FindAsync(run, cancellationToken)).Where(s => s.Depth == 0 && (node is null || s.Node.Id == node)).Select(tell)]))
            : StudioInstanceEndpoints.NoSuchRun(id);

    private static async Task<IResult> FindAsync(string? id, HttpContext context, IRunStore runs, StepExecutions executions, CancellationToken cancellationToken) =>
        await FindStepAsync(id, context, runs, executions, cancellationToken) is { } step ? TypedResults.Ok(ExecutionReply.Whole(step)) : NoSuchExecution(id);

    private static async Task<IResult> CallStackAsync(string id, int? skip, int? take, HttpContext context, IRunStore runs, StepExecutions executions, CancellationToken cancellationToken)
    {
        if (await FindStepAsync(id, context, runs, executions, cancellationToken) is not { } step)
            return NoSuchExecution(id);
        var stack = new List<StepExecution>();
        for (var caller = step.Caller; caller is not null; caller = caller.Caller)
            stack.Insert(0, caller);
        for (var inner = step; inner is not null; inner = inner.Called.LastOrDefault())
            stack.Add(inner);
        var (from, most) = (Math.Max(0, skip ?? 0), Math.Max(0, take ?? stack.Count));
        return TypedResults.Ok(new CallStackReply(id, [.. stack.Skip(from).Take(most).Select(ExecutionReply.Whole)], stack.Count, from, most));
    }

    private static async Task<StepExecution?> FindStepAsync(string? id, HttpContext context, IRunStore runs, StepExecutions executions, CancellationToken cancellationToken)
    {
        if (!StepExecution.TryParse(id, out var runId, out var number) || await runs.FindVisibleAsync(context, runId.ToString(), cancellationToken) is not { } run)
            return null;
        var steps = await executions.FindAsync(run, cancellationToken);
        return number < steps.Count ? steps[number] : null;
    }

    private static ProblemHttpResult NoSuchExecution(string? id) => Problem.NotFound($"There is no execution '{id}' that you may see.");
}
