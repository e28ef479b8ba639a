using Recipes.Connections;

namespace Recipes.Engine;

/// <summary>What is stored of a run on its way. Together with it goes what it needs to go on; one transaction takes both.</summary>
public sealed record RunStep
{
    public required RunId Run { get; init; }

    /// <summary>Under which claim; without it nothing is stored.</summary>
    public required Guid Claim { get; init; }

    /// <summary>All that is needed to go on, opaque to the store; empty for what has not begun.</summary>
    public ReadOnlyMemory<byte> State { get; init; }

    /// <summary>Entries of the journal that are new or have changed, and all that come after them.</summary>
    public IReadOnlyList<JournalEntry> Journal { get; init; } = [];

    /// <summary>Number of the first of them, from 0.</summary>
    public int JournalFrom { get; init; }

    /// <summary>Whether it counted as ended until now.</summary>
    public bool IsReopened { get; init; }

    /// <summary>How the run is left, given back by whoever had the claim; null when they go on with it.</summary>
    public RunPause? Pause { get; init; }
}

/// <summary>A run that nobody runs for now.</summary>
/// <param name="Status"><see cref="RunStatus.Running"/>, <see cref="RunStatus.Waiting"/> or <see cref="RunStatus.Held"/>.</param>
/// <param name="DueAt">When anybody may go on with it, at the earliest.</param>
/// <param name="Failure">For a held run, why.</param>
/// <param name="Connection">For a held run, the connection that has to heal.</param>
public sealed record RunPause(RunStatus Status, DateTimeOffset DueAt, DateTimeOffset Since, RunFailure? Failure = null, ConnectionId? Connection = null, string? Connector = null);

/// <summary>Something of which so many runs may be under way at once.</summary>
/// <param name="Key">Such as <c>recipe:sync-orders</c> or <c>connection:…</c>; unique in the tenant.</param>
/// <param name="Most">1 or more.</param>
public sealed record RunLimit(string Key, int Most);

/// <summary>A run that was claimed, with all that is needed to go on.</summary>
/// <param name="Run">With its journal so far.</param>
/// <param name="State">Empty when it has not begun.</param>
/// <param name="Connector">The connector whose connection it was held for; null otherwise.</param>
/// <param name="HeldFor">How long it was held so far, or waited for its beginning, in all.</param>
public sealed record ClaimedRun(Run Run, Guid Claim, ReadOnlyMemory<byte> State, string? Connector, TimeSpan HeldFor)
{
    /// <summary>How often in a row the node that had it was gone before it had stored anything.</summary>
    public int Losses { get; init; }

    /// <summary>Whether it has ended, and counts so until its next step is stored.</summary>
    public bool IsReopened { get; init; }
}

/// <summary>How a run is taken in.</summary>
public sealed record RunStart
{
    public required Run Run { get; init; }

    /// <summary>Who has it from the first moment; null when it is put into the queue.</summary>
    public Guid? Claim { get; init; }
    public ReadOnlyMemory<byte> State { get; init; }
    public IReadOnlyList<JournalEntry> Journal { get; init; } = [];
    public IReadOnlyList<RunLimit> Limits { get; init; } = [];

    /// <summary>As of <see cref="RecipeCall.OnceKey"/>.</summary>
    public string? OnceKey { get; init; }
}
