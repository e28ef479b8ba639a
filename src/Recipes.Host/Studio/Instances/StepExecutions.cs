using Recipes.Connections;
using Recipes.Engine;

namespace Recipes.Host;

/// <summary>Makes executions of activities out of a run's journal and of where it stands.</summary>
internal sealed class StepExecutions(RecipeNodesByVersion nodes, RunStandings standings)
{
    private const string CallRecipe = "Recipes.CallRecipe";

    /// <summary>Outcomes that are no edge of a recipe: it failed, or it was left on the way.</summary>
    private const string Faulted = "Faulted";
    private const string Unfinished = "Ended";

    /// <returns>All of them in the order of the journal, each at its <see cref="StepExecution.Number"/>.</returns>
    public async Task<IReadOnlyList<StepExecution>> FindAsync(Run run, CancellationToken cancellationToken)
    {
        var places = await nodes.FindAsync(run.Recipe, run.RecipeVersion, cancellationToken);
        var standing = run.EndedAt is null || run.IsKept ? await standings.FindAsync(run, cancellationToken) : null;
        return Make(run, places, standing);
    }

    public static IReadOnlyList<StepExecution> Make(Run run, RecipeNodes places, RunStanding? standing)
    {
        var all = new List<StepExecution>(run.Journal.Count + 1);
        // The step that is under way at each depth.
        var path = new List<StepExecution>();
        foreach (var entry in run.Journal)
        {
            Add(new()
            {
                Run = run.Id.Value,
                Number = all.Count,
                Recipe = entry.Recipe,
                Depth = entry.Depth,
                ActivityId = entry.ActivityId,
                Step = entry.Step,
                Type = entry.Type,
                Node = NodeOf(entry.Depth, entry.ActivityId),
                StartedAt = entry.StartedAt,
                EndedAt = run.EndedAt is null && entry.Outcome == Unfinished ? null : entry.StartedAt + entry.Duration,
                State = StateOf(entry, run),
                Outcome = entry.Outcome is Faulted or Unfinished ? null : entry.Outcome,
                Entry = entry,
                Tries = entry.Tries,
                Trouble = entry.Failure is { } failure ? new(failure.Message, failure.Kind, Guidance.For(failure)) : null,
                Caller = CallerOf(entry.Depth),
            });
        }

        if (run.EndedAt is null && standing?.Step is { } step)
        {
            Add(new()
            {
                Run = run.Id.Value,
                Number = all.Count,
                Recipe = step.Recipe,
                Depth = step.Depth,
                ActivityId = step.ActivityId,
                Step = step.Step,
                Type = step.Type,
                Node = NodeOf(step.Depth, step.ActivityId),
                StartedAt = step.Since ?? run.Wait?.Since ?? run.StartedAt,
                State = IsSuspended(run) ? StepState.Suspended : StepState.Running,
                Tries = Math.Max(1, step.Tries),
                SuspendedAt = run.Wait?.Since,
                Trouble = run.Failure is { } why ? TroubleOf(why) : null,
                Caller = CallerOf(step.Depth),
            });
        }

        TellOfTheEnd(run, all);
        foreach (var (activity, left) in standing?.Outputs ?? new Dictionary<string, object?>())
        {
            if (left is IReadOnlyDictionary<string, object?> output && all.FindLast(s => s.Depth == 0 && s.ActivityId == activity) is { State: StepState.Completed } last)
                last.Outputs = output;
        }

        return all;

        void Add(StepExecution execution)
        {
            all.Add(execution);
            execution.Caller?.Called.Add(execution);
            path.RemoveRange(Math.Min(execution.Depth, path.Count), path.Count - Math.Min(execution.Depth, path.Count));
            path.Add(execution);
        }

        StepExecution? CallerOf(int depth) => depth > 0 && depth <= path.Count ? path[depth - 1] : null;

        RecipeNode NodeOf(int depth, string activity) => depth > 0 && path.Count > 0 ? path[0].Node : places.Find(activity);
    }

    private static bool IsSuspended(Run run) => run.Status is RunStatus.Held or RunStatus.Waiting;

    private static StepState StateOf(JournalEntry entry, Run run) => entry switch
    {
        { Failure: not null } or { Outcome: Faulted } or { Type: CallRecipe, Outcome: "Failed" } => StepState.Faulted,
        { Outcome: Unfinished } when run.EndedAt is null => IsSuspended(run) ? StepState.Suspended : StepState.Running,
        { Outcome: Unfinished } => StepState.Canceled,
        _ => StepState.Completed,
    };

    // What the run says of its end belongs to the step that it ended in, and to those that called it.
    private static void TellOfTheEnd(Run run, List<StepExecution> all)
    {
        if (run.EndedAt is not null && run.Failure is { Step: { } name } failure
            && all.FindLast(s => s.Step == name && s.Recipe == (failure.Recipe ?? run.Recipe)) is { State: not StepState.Completed } last && all.TrueForAll(s => s.Number <= last.Number || s.Depth > last.Depth))
        {
            for (var step = last; step is not null; step = step.Caller)
            {
                if (failure.IsCancellation)
                    step.State = StepState.Canceled;
            }

            last.Trouble = TroubleOf(failure);
        }

        // The innermost first: a step that called another recipe fails as that one did.
        for (var i = all.Count - 1; i >= 0; i--)
        {
            var step = all[i];
            if (step.State is StepState.Faulted or StepState.Suspended && step.Trouble is null && step.Called is [.., { Trouble: { } inner } by])
                step.Trouble = inner with { Message = $"In step '{by.Step}' of '{by.Recipe}': {inner.Message}" };
        }
    }

    private static StepTrouble TroubleOf(RunFailure failure) => new(failure.Message, failure.Kind, failure.Guidance);
}
