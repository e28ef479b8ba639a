using System.Text.Json.Nodes;
using Recipes.Connections;
using Recipes.Engine;
using Recipes.Web;

namespace Recipes.Host;

/// <summary>A run; in a list without what went in, what came out and what each step did.</summary>
/// <param name="RecipeVersion">First digits of the SHA-256 of the recipe file that ran.</param>
/// <param name="RuntimeUser">The user whose own connections acted, where any did.</param>
/// <param name="Wait">Left out unless it waits for a time or for a connection.</param>
/// <param name="CanRetry">Whether the step that failed can be done again. Always false in a list.</param>
/// <param name="Connections">The connections it was bound to before its first step.</param>
public sealed record RunReply(
    Guid Id, string Recipe, string RecipeVersion, RunStatus Status, string Caller, string? RuntimeUser, DateTimeOffset StartedAt, DateTimeOffset? EndedAt, RunFailureReply? Failure, RunWaitReply? Wait = null, bool CanRetry = false,
    JsonNode? Input = null, JsonNode? Output = null, IReadOnlyList<RunConnectionReply>? Connections = null, IReadOnlyList<JournalReply>? Journal = null)
{
    internal static RunReply Summary(Run run) => new(
        run.Id.Value, run.Recipe, run.RecipeVersion, run.Status, run.Caller.Value, run.RuntimeUser?.Value, run.StartedAt, run.EndedAt, RunFailureReply.Of(run.Failure), RunWaitReply.Of(run.Wait));

    internal static RunReply Whole(Run run) => Summary(run) with
    {
        CanRetry = run.IsKept,
        Input = CallReply.JsonOf(run.Input),
        Output = CallReply.JsonOf(run.Output),
        Connections = [.. run.Connections.Select(c => new RunConnectionReply(c.Key.Value, c.Id.Value, c.DisplayName, c.ActingAs.ToString(), c.Account, c.Choice))],
        Journal = [.. run.Journal.Select(JournalReply.Of)],
    };
}

/// <summary>What a run that has not ended waits for.</summary>
/// <param name="Until">When it goes on by itself; left out where that hangs on a connection.</param>
/// <param name="Connection">The connection that has to be put right first; left out where it waits for a time.</param>
public sealed record RunWaitReply(DateTimeOffset Since, DateTimeOffset? Until, Guid? Connection, string? Connector)
{
    internal static RunWaitReply? Of(RunWait? wait) => wait is null ? null : new(wait.Since, wait.Until, wait.Connection?.Value, wait.Connector);
}

/// <param name="ActingAs">Whose account acted: a user's id, or the organisation.</param>
/// <param name="Account">The account's name at the app, as far as a test has learnt it.</param>
/// <param name="Choice">Why this connection was chosen.</param>
public sealed record RunConnectionReply(string Key, Guid Connection, string Name, string ActingAs, string? Account, ConnectionChoice Choice);

/// <summary>What one step did.</summary>
/// <param name="Depth">0 in the recipe that was called, 1 in one that it called, and so on.</param>
/// <param name="DurationMs">Milliseconds.</param>
/// <param name="RequestLine">Method and address, without secrets.</param>
/// <param name="Status">HTTP status of the answer.</param>
/// <param name="Tries">How often it was tried.</param>
public sealed record JournalReply(
    string Recipe, int Depth, string ActivityId, string Step, string Type, DateTimeOffset StartedAt, double DurationMs, string Outcome,
    Guid? Connection, string? ConnectionName, string? ActingAs, string? RequestLine, int? Status, FailureReply? Failure, string? Note, int Tries)
{
    internal static JournalReply Of(JournalEntry entry) => new(
        entry.Recipe, entry.Depth, entry.ActivityId, entry.Step, entry.Type, entry.StartedAt, entry.Duration.TotalMilliseconds, entry.Outcome,
        entry.Connection?.Value, entry.ConnectionName, entry.ActingAs, entry.RequestLine, entry.Status, FailureReply.Of(entry.Failure), entry.Note, entry.Tries);
}
