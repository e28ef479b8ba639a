using Recipes.Connections;

namespace Recipes.Engine;

/// <summary>Identity of a run, a UUIDv7.</summary>
public readonly record struct RunId(Guid Value)
{
    public override string ToString() => Value.ToString();
}

/// <summary>Why a run ended badly, or why it is held.</summary>
/// <param name="Step">Name of the step it happened in; null when it was in none.</param>
/// <param name="Kind">For a failure of a request, its kind.</param>
public sealed record RunFailure(string Message, string? Step = null, string? Recipe = null, FailureKind? Kind = null, string? Guidance = null)
{
    /// <summary>Whether the app may have done what the step asked for all the same.</summary>
    public bool IsDoubtful { get; init; }

    /// <summary>Whether a person ended it.</summary>
    public bool IsCancellation { get; init; }

    private const string LookThere = "Look in the app whether it was done. If it was not, call the recipe again; if it was, what came after this step is left to do.";

    /// <summary>The same, of a step that may have been done.</summary>
    internal RunFailure InDoubt() => this with { IsDoubtful = true, Guidance = LookThere };

    /// <summary>A person has ended it.</summary>
    /// <param name="by">Who.</param>
    public static RunFailure CancelledBy(string by, string? step = null, string? recipe = null) => new($"Cancelled by {by}.", step, recipe) { IsCancellation = true };

    internal static RunFailure TimeIsUp(PlanNode node) => new("The run took longer than the recipe allows.", node.Step, node.Recipe, Guidance: "Give it more time (timeLimit), or have the step tried again.");

    internal static RunFailure Stopped(PlanNode node) => new("The host stopped before the run had ended.", node.Step, node.Recipe);

    internal static RunFailure Of(PlanNode node, Failure failure) => new(failure.Message, node.Step, node.Recipe, failure.Kind, failure.IsDoubtful
        ? LookThere
        : Connections.Guidance.For(failure))
    {
        IsDoubtful = failure.IsDoubtful,
    };
}

/// <summary>One execution of a recipe, nested calls included, as it is stored.</summary>
public sealed record Run
{
    public required RunId Id { get; init; }
    public required TenantId Tenant { get; init; }
    public required string Recipe { get; init; }

    /// <summary>Hash of the recipe file it ran from.</summary>
    public required string RecipeVersion { get; init; }
    public required RunStatus Status { get; init; }
    public required UserId Caller { get; init; }
    public UserId? RuntimeUser { get; init; }

    /// <summary>JSON, UTF-8.</summary>
    public required ReadOnlyMemory<byte> Input { get; init; }

    /// <summary>JSON, UTF-8; empty until the run has completed.</summary>
    public ReadOnlyMemory<byte> Output { get; init; }
    public RunFailure? Failure { get; init; }

    /// <summary>The frozen answer of resolution, by stable key.</summary>
    public IReadOnlyList<BoundConnection> Connections { get; init; } = [];
    public required DateTimeOffset StartedAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Whether its last step may be done again: enough of it was kept. Only told of a single run.</summary>
    public bool IsKept { get; init; }

    /// <summary>When the node that runs it gave a sign of it last; null while nobody does.</summary>
    public DateTimeOffset? SeenAt { get; init; }

    /// <summary>Until it has ended: what it waits for; null while it runs.</summary>
    public RunWait? Wait { get; init; }
    public IReadOnlyList<JournalEntry> Journal { get; init; } = [];
}

/// <summary>What one step did. Holds no secret.</summary>
public sealed record JournalEntry
{
    /// <summary>The recipe the step is in (nested calls have their own).</summary>
    public required string Recipe { get; init; }

    /// <summary>Depth of nested calls, 0 for the recipe that was called.</summary>
    public int Depth { get; init; }
    public required string ActivityId { get; init; }

    /// <summary>The step's name: the activity's name, or its id.</summary>
    public required string Step { get; init; }
    public required string Type { get; init; }
    public required DateTimeOffset StartedAt { get; init; }
    public required TimeSpan Duration { get; init; }

    /// <summary>Outcome that was taken: Done, True, False, Failed, …</summary>
    public required string Outcome { get; init; }

    /// <summary>The connection that acted; null for steps that touch no app.</summary>
    public ConnectionId? Connection { get; init; }
    public string? ConnectionName { get; init; }

    /// <summary>Whose account acted.</summary>
    public string? ActingAs { get; init; }
    public string? RequestLine { get; init; }
    public int? Status { get; init; }
    public Failure? Failure { get; init; }

    /// <summary>How often it was tried, 1 or more.</summary>
    public int Tries { get; init; } = 1;

    /// <summary>What the step has to say, for instance the text of WriteLine.</summary>
    public string? Note { get; init; }
}
