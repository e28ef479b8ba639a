using Recipes.Connections;

namespace Recipes.Engine;

public enum TriggerOutcome
{
    /// <summary>It was looked at, and there was nothing to start.</summary>
    Nothing,
    /// <summary>Runs were started.</summary>
    Started,
    /// <summary>It did not work, and is tried again.</summary>
    Failed,
    /// <summary>A delivery was not genuine and was refused.</summary>
    Refused,
}

/// <summary>What came of a trigger last.</summary>
/// <param name="Message">One sentence, fit to be shown to a stranger.</param>
/// <param name="Runs">How many runs it started.</param>
public sealed record TriggerResult(TriggerOutcome Outcome, string Message, DateTimeOffset At, int Runs = 0)
{
    /// <summary>For a request that failed, its kind.</summary>
    public FailureKind? Kind { get; init; }
}
