using Recipes.Connections;
using Recipes.Engine;

namespace Recipes.Storage;

/// <summary>How the parts of a run are spelt in a column: apart from the domain's types, so that renaming there leaves old rows readable.</summary>
internal sealed record RunFailureJson(string Message, string? Step, string? Recipe, FailureKind? Kind, string? Guidance, bool IsDoubtful = false, bool IsCancellation = false)
{
    public static RunFailureJson Of(RunFailure failure) => new(failure.Message, failure.Step, failure.Recipe, failure.Kind, failure.Guidance, failure.IsDoubtful, failure.IsCancellation);

    public RunFailure ToFailure() => new(Message, Step, Recipe, Kind, Guidance) { IsDoubtful = IsDoubtful, IsCancellation = IsCancellation };
}

internal sealed record BoundConnectionJson(string Key, Guid Id, string Name, OwnerKind OwnerKind, string? OwnerId, ConnectionChoice Choice, string? Account)
{
    public static BoundConnectionJson Of(BoundConnection bound) =>
        new(bound.Key.Value, bound.Id.Value, bound.DisplayName, bound.ActingAs.Kind, bound.ActingAs.Id, bound.Choice, bound.Account);

    public BoundConnection ToBound() => new(StableKey.Parse(Key), new(Id), Name, new(OwnerKind, OwnerId), Choice, Account);
}

internal sealed record JournalEntryJson(
    string Recipe, int Depth, string ActivityId, string Step, string Type, DateTimeOffset StartedAt, TimeSpan Duration, string Outcome,
    Guid? Connection, string? ConnectionName, string? ActingAs, string? RequestLine, int? Status, Failure? Failure, string? Note, int Tries = 1)
{
    public static JournalEntryJson Of(JournalEntry entry) => new(
        entry.Recipe, entry.Depth, entry.ActivityId, entry.Step, entry.Type, entry.StartedAt, entry.Duration, entry.Outcome,
        entry.Connection?.Value, entry.ConnectionName, entry.ActingAs, entry.RequestLine, entry.Status, entry.Failure, entry.Note, entry.Tries);

    public JournalEntry ToEntry() => new()
    {
        Recipe = Recipe,
        Depth = Depth,
        ActivityId = ActivityId,
        Step = Step,
        Type = Type,
        StartedAt = StartedAt,
        Duration = Duration,
        Outcome = Outcome,
        Connection = Connection is { } id ? new(id) : null,
        ConnectionName = ConnectionName,
        ActingAs = ActingAs,
        RequestLine = RequestLine,
        Status = Status,
        Failure = Failure,
        Note = Note,
        Tries = Tries,
    };
}
