using Recipes.Connections;

namespace Recipes.Engine;

/// <summary>One connection that a recipe needs, and whether a caller has it.</summary>
/// <param name="Connector">Name of the connector that the recipe uses it with.</param>
/// <param name="Policy">The tightest of the definition's policy, the recipe's and those of recipes it calls.</param>
/// <param name="Bound">What a call would use; null when it would be refused.</param>
/// <param name="Missing">Why a call would be refused; null when it would not.</param>
public sealed record NeededConnection(StableKey Key, string Connector, RuntimeUserPolicy Policy, BoundConnection? Bound, MissingConnection? Missing);

/// <summary>What came of asking which connections a recipe needs.</summary>
public abstract record NeededConnections
{
    private NeededConnections() { }

    public sealed record Found(IReadOnlyList<NeededConnection> Connections) : NeededConnections;

    public sealed record NotFound(string Recipe) : NeededConnections;

    public sealed record Forbidden(string Reason) : NeededConnections;
}
