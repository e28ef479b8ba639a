using Recipes.Connections;
using Recipes.Connectors;

namespace Recipes.Engine;

/// <summary>What came of sending an action: a result, a failure of the request, or a fault that ends the recipe.</summary>
internal readonly record struct ActionReply(ActionResult? Result, BoundConnection? Connection, Failure? Failure, RunFailure? Fault, bool IsFinal, int Tries, bool IsDoubtful)
{
    /// <summary>When it is to be tried again, where that is too long to wait for.</summary>
    public DateTimeOffset? Again { get; init; }

    /// <summary>Whether the host stopped before anything was done.</summary>
    public bool IsStopped { get; init; }

    /// <summary>Whether the run was no longer this node's when it was to be tried again.</summary>
    public bool IsLost { get; init; }

    public Failure? WhyNot => (Failure ?? (Result as ActionResult.Failed)?.Failure) is not { } failure ? null : IsDoubtful && !failure.IsDoubtful ? failure with { IsDoubtful = true } : failure;
}
