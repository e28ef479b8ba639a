using Recipes.Connections;
using Recipes.Engine;

namespace Recipes.Host;

/// <summary>What pages say of a run.</summary>
internal static class RunWords
{
    public static Health ColourOf(RunStatus status) => status switch
    {
        RunStatus.Completed => Health.Green,
        RunStatus.Running or RunStatus.Queued or RunStatus.Waiting => Health.Yellow,
        RunStatus.Refused or RunStatus.Cancelled => Health.Grey,
        _ => Health.Red,
    };

    public static string Of(RunStatus status) => status switch
    {
        RunStatus.Completed => "Completed",
        RunStatus.Running => "Running",
        RunStatus.Queued => "In the queue",
        RunStatus.Waiting => "Waiting",
        RunStatus.Held => "Held",
        RunStatus.Refused => "Refused",
        RunStatus.Cancelled => "Cancelled",
        RunStatus.Flagged => "In doubt",
        _ => "Failed",
    };

    /// <summary>Whether somebody or something still has to do with a run.</summary>
    public static bool IsOpen(RunStatus status) => status is RunStatus.Running or RunStatus.Queued or RunStatus.Waiting or RunStatus.Held or RunStatus.Flagged;

    public static string Of(ConnectionChoice choice) => choice switch
    {
        ConnectionChoice.Explicit => "named in the call",
        ConnectionChoice.RuntimeUser => "the runtime user's own",
        ConnectionChoice.Organisation => "the organisation's",
        ConnectionChoice.FellBackToOrganisation => "the organisation's, as the runtime user has none",
        _ => choice.ToString(),
    };

    public static string Of(TimeSpan duration) => duration switch
    {
        { TotalMilliseconds: < 1 } => "< 1 ms",
        { TotalSeconds: < 1 } => FormattableString.Invariant($"{duration.TotalMilliseconds:0} ms"),
        { TotalMinutes: < 1 } => FormattableString.Invariant($"{duration.TotalSeconds:0.0} s"),
        _ => FormattableString.Invariant($"{(int)duration.TotalMinutes} min {duration.Seconds} s"),
    };
}
