using Recipes.Connections;

namespace Recipes.Engine;

/// <summary>Whether a trigger that is on can start runs now.</summary>
internal abstract record Readiness
{
    private Readiness() { }

    /// <param name="Caller">Who its runs are started as.</param>
    /// <param name="Connections">What a run would be bound to, by key.</param>
    public sealed record Ready(Caller Caller, PlannedTrigger Planned, IReadOnlyDictionary<StableKey, BoundConnection> Connections) : Readiness;

    /// <param name="WaitsFor">The connection whose healing may put it right; null when none is known.</param>
    public sealed record NotReady(TriggerPause Pause, ConnectionId? WaitsFor) : Readiness;
}
