using System.Text.Json.Nodes;
using Recipes.Engine;

namespace Recipes.Host;

/// <summary>One page of something, and how much there is in all.</summary>
internal sealed record StudioPage<T>(IReadOnlyList<T> Items, int TotalCount);

/// <summary>All there is of something.</summary>
internal sealed record StudioList<T>(IReadOnlyList<T> Items)
{
    public int Count => Items.Count;
}

/// <summary>A run, as Studio knows it.</summary>
/// <param name="DefinitionVersionId">As of <see cref="StudioVersion"/>.</param>
/// <param name="Version">Number of that version.</param>
/// <param name="Name">Who ran it.</param>
/// <param name="WorkflowState">Left out in a list.</param>
internal sealed record InstanceReply(
    Guid Id, string DefinitionId, string DefinitionVersionId, int Version, string Status, string SubStatus, string Name, int IncidentCount, bool IsSystem,
    DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, DateTimeOffset? FinishedAt, InstanceStateReply? WorkflowState = null);

/// <summary>What a run got, brought and met with.</summary>
internal sealed record InstanceStateReply(
    Guid Id, string DefinitionId, string DefinitionVersionId, int DefinitionVersion, string Status, string SubStatus, IReadOnlyList<JsonObject> Bookmarks, IReadOnlyList<IncidentReply> Incidents,
    IReadOnlyList<JsonObject> CompletionCallbacks, IReadOnlyList<JsonObject> ActivityExecutionContexts, IReadOnlyList<JsonObject> ScheduledActivities, JsonNode Input, JsonNode Output, JsonObject Properties,
    DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, DateTimeOffset? FinishedAt);

/// <summary>A step that failed or is held, and what to do about it.</summary>
/// <param name="ActivityInstanceId">Its execution; left out where it failed before any step.</param>
internal sealed record IncidentReply(string ActivityId, string ActivityNodeId, string? ActivityInstanceId, string ActivityType, string Message, TroubleReply Exception, DateTimeOffset Timestamp);

/// <summary>What went wrong, where Elsa has an exception. Studio shows the message, and type and message of the inner one.</summary>
/// <param name="Type">The kind of failure.</param>
/// <param name="InnerException">What to do.</param>
internal sealed record TroubleReply(string Type, string Message, TroubleReply? InnerException = null)
{
    public static TroubleReply? Of(StepTrouble? trouble) => trouble is null ? null
        : new(trouble.Kind?.ToString() ?? "Failed", trouble.Message, trouble.Guidance is { Length: > 0 } guidance ? new("What to do", guidance) : null);
}

/// <summary>Whether a run goes on, and when it last did.</summary>
internal sealed record InstanceProgressReply(string Status, string WorkflowSubStatus, DateTimeOffset UpdatedAt);

/// <param name="Id">As in the recipe.</param>
internal sealed record InstanceVariableReply(string Id, string Name, JsonNode? Value);

/// <summary>A whole run in a file.</summary>
internal sealed record InstanceExport(InstanceReply Instance, InstanceStateReply WorkflowState, IReadOnlyList<JsonObject> Bookmarks, IReadOnlyList<ExecutionReply> ActivityExecutionRecords, IReadOnlyList<JournalRecordReply> WorkflowExecutionLogRecords);

/// <param name="Cancelled">How many runs have ended by it, or will behind the request that is under way.</param>
internal sealed record InstancesCancelledReply(int Cancelled);

/// <param name="Deleted">How many runs are gone.</param>
/// <param name="Kept">How many are not, as they have not ended or are not the caller's to delete.</param>
internal sealed record InstancesDeletedReply(int Deleted, int Kept);
