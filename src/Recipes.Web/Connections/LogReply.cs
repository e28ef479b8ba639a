namespace Recipes.Web;

/// <summary>A page of a connection's log, newest first.</summary>
/// <param name="Next">What to give as <c>before</c> for the entries after these; left out at the end.</param>
public sealed record LogReply(IReadOnlyList<LogEntryReply> Entries, long? Next);

/// <summary>One line of a connection's log.</summary>
/// <param name="By">Who or what did it.</param>
/// <param name="Failure">Why it did not work; left out when it did.</param>
/// <param name="RequestLine">Method and address without secrets.</param>
/// <param name="Health">The health from then on.</param>
public sealed record LogEntryReply(long Number, DateTimeOffset At, ConnectionEvent Event, ActorReply By, FailureReply? Failure, string? Detail, string? RequestLine, Health Health)
{
    public static LogEntryReply Of(LogEntry entry) =>
        new(entry.Number, entry.At, entry.Event, new(entry.By.Kind, entry.By.Name), FailureReply.Of(entry.Failure), entry.Detail, entry.RequestLine, entry.Health);
}

/// <param name="Name">The user or the action; left out for Recipes itself.</param>
public sealed record ActorReply(ActorKind Kind, string? Name);

/// <summary>One day (UTC) of a connection.</summary>
/// <param name="Health">What share of the day it had which health, 0 to 1.</param>
public sealed record HistoryDayReply(
    DateOnly Day, int Uses, int FailedUses, int Refreshes, int FailedRefreshes, int Probes, int FailedProbes, IReadOnlyDictionary<string, double> Health)
{
    public static HistoryDayReply Of(HistoryDay day) => new(
        day.Day, day.Figures.Uses, day.Figures.FailedUses, day.Figures.Refreshes, day.Figures.FailedRefreshes, day.Figures.Probes, day.Figures.FailedProbes,
        day.Shares.ToDictionary(s => s.Key.ToString().ToLowerInvariant(), s => Math.Round(s.Value, 4)));
}
