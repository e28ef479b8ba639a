using System.Text.Json.Nodes;
using Recipes.Connections;
using Recipes.Engine;
using Recipes.Web;

namespace Recipes.Host;

/// <summary>A run, without its journal.</summary>
/// <param name="RuntimeUser">The user whose own connections acted, where any did.</param>
/// <param name="RecipeVersion">First digits of the SHA-256 of the recipe file that ran.</param>
public record RunSummary(
    Guid Id, string Recipe, string RecipeVersion, RunStatus Status, string Caller, string? RuntimeUser, DateTimeOffset StartedAt, DateTimeOffset? EndedAt, RunFailureReply? Failure)
{
    internal static RunSummary Of(Run run) => new(
        run.Id.Value, run.Recipe, run.RecipeVersion, run.Status, run.Caller.Value, run.RuntimeUser?.Value, run.StartedAt, run.EndedAt, RunFailureReply.Of(run.Failure));
}

/// <summary>A run with what went in, what came out and what each step did.</summary>
/// <param name="Connections">The connections it was bound to before its first step.</param>
public sealed record RunReply(
    RunSummary Summary, JsonNode? Input, JsonNode? Output, IReadOnlyList<RunConnectionReply> Connections, IReadOnlyList<JournalReply> Journal)
    : RunSummary(Summary)
{
    [System.Text.Json.Serialization.JsonIgnore]
    public RunSummary Summary { get; } = Summary;

    internal static new RunReply Of(Run run) => new(
        RunSummary.Of(run), CallReply.JsonOf(run.Input), CallReply.JsonOf(run.Output),
        [.. run.Connections.Select(c => new RunConnectionReply(c.Key.Value, c.Id.Value, c.DisplayName, c.ActingAs.ToString(), c.Choice))],
        [.. run.Journal.Select(JournalReply.Of)]);
}

/// <param name="ActingAs">Whose account acted: a user's id, or the organisation.</param>
/// <param name="Choice">Why this connection was chosen.</param>
public sealed record RunConnectionReply(string Key, Guid Connection, string Name, string ActingAs, ConnectionChoice Choice);

/// <summary>What one step did.</summary>
/// <param name="Depth">0 in the recipe that was called, 1 in one that it called, and so on.</param>
/// <param name="DurationMs">Milliseconds.</param>
/// <param name="RequestLine">Method and address, without secrets.</param>
/// <param name="Status">HTTP status of the answer.</param>
public sealed record JournalReply(
    string Recipe, int Depth, string ActivityId, string Step, string Type, DateTimeOffset StartedAt, double DurationMs, string Outcome,
    Guid? Connection, string? ConnectionName, string? ActingAs, string? RequestLine, int? Status, FailureReply? Failure, string? Note)
{
    internal static JournalReply Of(JournalEntry entry) => new(
        entry.Recipe, entry.Depth, entry.ActivityId, entry.Step, entry.Type, entry.StartedAt, entry.Duration.TotalMilliseconds, entry.Outcome,
        entry.Connection?.Value, entry.ConnectionName, entry.ActingAs, entry.RequestLine, entry.Status, FailureReply.Of(entry.Failure), entry.Note);
}
