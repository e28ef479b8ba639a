using System.Collections.Frozen;
using Recipes.Engine;

namespace Recipes.Host;

/// <summary>Studio's words for where a run stands.</summary>
internal static class InstanceStatus
{
    public const string Running = "Running";
    public const string Finished = "Finished";

    public static readonly FrozenSet<string> All = FrozenSet.ToFrozenSet([Running, Finished]);
    public static readonly FrozenSet<string> AllSub = FrozenSet.ToFrozenSet(["Pending", "Executing", "Suspended", "Finished", "Cancelled", "Faulted", "Interrupted"]);

    public static string Of(RunStatus status) => status is RunStatus.Running or RunStatus.Queued or RunStatus.Waiting or RunStatus.Held ? Running : Finished;

    public static string SubOf(RunStatus status) => status switch
    {
        RunStatus.Queued => "Pending",
        RunStatus.Running => "Executing",
        RunStatus.Waiting or RunStatus.Held => "Suspended",
        RunStatus.Completed => "Finished",
        RunStatus.Cancelled => "Cancelled",
        _ => "Faulted",
    };

    /// <summary>Whether something went wrong that a person may want to see to.</summary>
    public static bool HasIncident(RunStatus status) => status is RunStatus.Held or RunStatus.Faulted or RunStatus.Flagged or RunStatus.Refused;
}
