using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Recipes.Host;

/// <summary>One execution of an activity, as Studio knows it.</summary>
/// <param name="ActivityState">What people want to know of it; see <see cref="StepFacts"/>.</param>
/// <param name="Payload">The same after it has ended, with its outcomes.</param>
internal sealed record ExecutionReply(
    string Id, Guid WorkflowInstanceId, string ActivityId, string ActivityNodeId, string ActivityType, int ActivityTypeVersion, string ActivityName, JsonObject? ActivityState, JsonObject? Payload, JsonObject? Outputs,
    JsonObject Properties, JsonObject Metadata, TroubleReply? Exception, DateTimeOffset StartedAt, DateTimeOffset? CompletedAt, bool HasBookmarks, string Status, int AggregateFaultCount,
    string? SchedulingActivityExecutionId, string? SchedulingActivityId, Guid? SchedulingWorkflowInstanceId, int CallStackDepth)
{
    /// <summary>As it is in a list of many.</summary>
    public static ExecutionReply Summary(StepExecution step) => new(
        step.Id, step.Run, step.ActivityId, step.Node.Id, step.Type, step.Depth == 0 ? step.Node.TypeVersion : 1, step.Step, null, null, null, [], [], null, step.StartedAt, step.EndedAt,
        step.State == StepState.Suspended, StatusOf(step.State), step.State == StepState.Faulted ? 1 : 0,
        step.Caller?.Id, step.Caller?.ActivityId, step.Caller?.Run, step.Depth);

    public static ExecutionReply Whole(StepExecution step) => Summary(step) with
    {
        ActivityState = StepFacts.Of(step),
        Payload = StepFacts.PayloadOf(step),
        Outputs = StepFacts.OutputsOf(step),
        Exception = TroubleReply.Of(step.Trouble),
    };

    private static string StatusOf(StepState state) => state == StepState.Suspended ? nameof(StepState.Running) : state.ToString();
}

/// <summary>One thing that happened in a run.</summary>
/// <param name="ActivityInstanceId">The execution that it happened to.</param>
/// <param name="Sequence">Order within the run.</param>
/// <param name="EventName"><c>Started</c>, <c>Completed</c>, <c>Faulted</c>, <c>Suspended</c> or <c>Canceled</c>.</param>
internal sealed record JournalRecordReply(
    string Id, string ActivityInstanceId, string ActivityId, string ActivityType, int ActivityTypeVersion, string ActivityName, string NodeId, DateTimeOffset Timestamp, int Sequence,
    string EventName, string? Message, JsonObject? ActivityState, JsonObject? Payload)
{
    /// <summary>What there is to say of an execution, in order.</summary>
    public static IEnumerable<JournalRecordReply> Of(StepExecution step)
    {
        yield return Make(step, 0, "Started", step.StartedAt, null);
        if (step.State == StepState.Suspended)
            yield return Make(step, 1, nameof(StepState.Suspended), step.SuspendedAt ?? step.StartedAt, step.Trouble?.Message);
        else if (step.State != StepState.Running)
            yield return Make(step, 1, step.State.ToString(), step.EndedAt ?? step.StartedAt, step.Trouble?.Message ?? step.Entry?.Note);
    }

    private static JournalRecordReply Make(StepExecution step, int part, string name, DateTimeOffset at, string? message) => new(
        $"{step.Id}-{part}", step.Id, step.ActivityId, step.Type, step.Node.TypeVersion, step.Step, step.Node.Id, at, (2 * step.Number) + part, name, message,
        StepFacts.Of(step), part == 0 ? null : StepFacts.PayloadOf(step));
}

/// <param name="ActivityNodeIds">Which activities; left out or empty for none.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
internal sealed record ExecutionReportRequest(string? WorkflowInstanceId, IReadOnlyList<string>? ActivityNodeIds);

/// <summary>What became of each activity so far.</summary>
internal sealed record ExecutionReportReply(IReadOnlyList<ExecutionStatsReply> Stats);

/// <param name="IsBlocked">Whether it waits now.</param>
/// <param name="IsFaulted">Whether it failed the last time.</param>
internal sealed record ExecutionStatsReply(string ActivityId, string ActivityNodeId, int StartedCount, int CompletedCount, int UncompletedCount, bool IsBlocked, bool IsFaulted, JsonObject Metadata);

/// <summary>How an execution came about: who called its recipe, outermost first; and how far it came in those that it called itself.</summary>
internal sealed record CallStackReply(string ActivityExecutionId, IReadOnlyList<ExecutionReply> Items, int TotalCount, int Skip, int Take);

/// <summary>Narrows a journal; null means any.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
internal sealed record JournalFilter(
    IReadOnlyList<string>? ActivityIds = null, IReadOnlyList<string>? ActivityNodeIds = null, IReadOnlyList<string>? ExcludedActivityTypes = null, IReadOnlyList<string>? EventNames = null);

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
internal sealed record JournalRequest(JournalFilter? Filter = null);
