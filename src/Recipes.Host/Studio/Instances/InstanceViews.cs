using System.Text.Json.Nodes;
using Recipes.Engine;

namespace Recipes.Host;

/// <summary>Runs in Studio's words.</summary>
internal sealed class InstanceViews(RecipeHistory history, StepExecutions executions, RecipeNodesByVersion nodes, RunStandings standings)
{
    public async Task<IReadOnlyList<InstanceReply>> SummariesAsync(IReadOnlyList<Run> runs, CancellationToken cancellationToken)
    {
        // Runs of one version share its number, and looking for one that was never published reads the database.
        var numbers = new Dictionary<(string, string), int>();
        foreach (var (recipe, version) in runs.Select(r => (r.Recipe, r.RecipeVersion)).Distinct())
            numbers[(recipe, version)] = await history.FindNumberAsync(recipe, version, cancellationToken);
        return [.. runs.Select(r => Summary(r, numbers[(r.Recipe, r.RecipeVersion)]))];
    }

    public async Task<InstanceReply> WholeAsync(Run run, CancellationToken cancellationToken)
    {
        var summary = await SummaryAsync(run, cancellationToken);
        return summary with { WorkflowState = await StateAsync(run, summary, await executions.FindAsync(run, cancellationToken), cancellationToken) };
    }

    public async Task<InstanceExport> ExportAsync(Run run, CancellationToken cancellationToken)
    {
        var summary = await SummaryAsync(run, cancellationToken);
        var steps = await executions.FindAsync(run, cancellationToken);
        return new(
            summary, await StateAsync(run, summary, steps, cancellationToken), [], [.. steps.Select(ExecutionReply.Whole)], [.. steps.Where(s => s.Depth == 0).SelectMany(JournalRecordReply.Of)]);
    }

    public static InstanceProgressReply Progress(Run run) => new(InstanceStatus.Of(run.Status), InstanceStatus.SubOf(run.Status), UpdatedAt(run));

    /// <summary>Values of variables, as far as they are kept: of a run that may be gone on with.</summary>
    public async Task<IReadOnlyList<InstanceVariableReply>> VariablesAsync(Run run, CancellationToken cancellationToken)
    {
        if ((run.EndedAt is not null && !run.IsKept) || await standings.FindAsync(run, cancellationToken) is not { } standing)
            return [];
        var ids = (await nodes.FindAsync(run.Recipe, run.RecipeVersion, cancellationToken)).Variables;
        return [.. standing.Variables.OrderBy(v => v.Key, StringComparer.Ordinal).Select(v => new InstanceVariableReply(ids.GetValueOrDefault(v.Key, v.Key), v.Key, StepFacts.NodeOf(v.Value)))];
    }

    private async Task<InstanceReply> SummaryAsync(Run run, CancellationToken cancellationToken) => Summary(run, await history.FindNumberAsync(run.Recipe, run.RecipeVersion, cancellationToken));

    private static InstanceReply Summary(Run run, int number) => new(
        run.Id.Value, run.Recipe, new StudioVersion(run.Recipe, run.RecipeVersion).ToString(), number,
        InstanceStatus.Of(run.Status), InstanceStatus.SubOf(run.Status), run.RuntimeUser is { } user && user != run.Caller ? $"{run.Caller} as {user}" : run.Caller.Value,
        InstanceStatus.HasIncident(run.Status) ? 1 : 0, false, run.StartedAt, UpdatedAt(run), run.EndedAt);

    // Grows whenever the run goes on, is put aside, taken up again or ends.
    private static DateTimeOffset UpdatedAt(Run run)
    {
        var last = run.EndedAt ?? run.StartedAt;
        if (run.Journal is { Count: > 0 } journal)
            last = Later(last, journal[^1].StartedAt + journal[^1].Duration);
        return Later(Later(last, run.SeenAt ?? last), run.Wait?.Since ?? last);
    }

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    private async Task<InstanceStateReply> StateAsync(Run run, InstanceReply summary, IReadOnlyList<StepExecution> steps, CancellationToken cancellationToken) => new(
        summary.Id, summary.DefinitionId, summary.DefinitionVersionId, summary.Version, summary.Status, summary.SubStatus, [], await IncidentsAsync(run, steps, cancellationToken), [], [], [],
        ObjectOf(run.Input), ObjectOf(run.Output), PropertiesOf(run), summary.CreatedAt, summary.UpdatedAt, summary.FinishedAt);

    // One at most: a run ends with the first failure that its recipe does not deal with.
    private async Task<IReadOnlyList<IncidentReply>> IncidentsAsync(Run run, IReadOnlyList<StepExecution> steps, CancellationToken cancellationToken)
    {
        if (!InstanceStatus.HasIncident(run.Status) || run.Failure is not { } failure)
            return [];
        var inner = steps.LastOrDefault(s => s.Step == failure.Step && s.Recipe == (failure.Recipe ?? run.Recipe) && s.State is StepState.Faulted or StepState.Suspended);
        var outer = inner;
        while (outer?.Caller is { } caller)
            outer = caller;
        var where = outer is null || outer == inner ? "" : $"In step '{inner!.Step}' of '{inner.Recipe}': ";
        var trouble = TroubleReply.Of(new StepTrouble($"{where}{failure.Message}", failure.Kind, failure.Guidance))!;
        var at = run.EndedAt ?? run.Wait?.Since ?? run.StartedAt;
        if (outer is not null)
            return [new(outer.ActivityId, outer.Node.Id, outer.Id, outer.Type, trouble.Message, trouble, at)];
        // Before the first step, or without one: the whole recipe is what it happened to.
        var root = (await nodes.FindAsync(run.Recipe, run.RecipeVersion, cancellationToken)).Places.FirstOrDefault();
        return [new(root.Key ?? "", root.Value?.Id ?? "", null, "Elsa.Workflow", trouble.Message, trouble, at)];
    }

    private static JsonObject PropertiesOf(Run run)
    {
        var properties = new JsonObject { ["Caller"] = run.Caller.Value, ["Page"] = $"/runs/{run.Id}" };
        if (run.RuntimeUser is { } user)
            properties["RuntimeUser"] = user.Value;
        if (run.Connections.Count > 0)
            properties["Connections"] = new JsonArray([.. run.Connections.Select(c => (JsonNode)$"{c.Key}: {c.DisplayName}, {c.ActingAs}")]);
        return properties;
    }

    private static JsonObject ObjectOf(ReadOnlyMemory<byte> json) => CallReply.JsonOf(json) as JsonObject ?? [];
}
