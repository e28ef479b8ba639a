using System.Collections.Frozen;
using Recipes.Connections;

namespace Recipes.Engine;

/// <summary>A recipe compiled to run: immutable, shared by all its runs.</summary>
internal sealed class Plan
{
    public required string Recipe { get; init; }

    /// <summary>Hash of the file it was compiled from, as of <see cref="Recipe.Version"/>.</summary>
    public required string Version { get; init; }

    /// <summary>That file, UTF-8.</summary>
    public required ReadOnlyMemory<byte> Source { get; init; }

    /// <summary>Whether it begins with a Callable trigger.</summary>
    public required bool IsCallable { get; init; }

    /// <summary>What starts it other than calls; null when nothing does.</summary>
    public PlannedTrigger? Trigger { get; init; }

    /// <summary>The root, always a container.</summary>
    public required PlanNode Root { get; init; }

    /// <summary>All nodes, by <see cref="PlanNode.Index"/>.</summary>
    public required PlanNode[] Nodes { get; init; }
    public int NodeCount => Nodes.Length;

    /// <summary>What variables start with, by slot.</summary>
    public required object?[] Variables { get; init; }
    public required FrozenDictionary<string, int> VariableSlots { get; init; }

    /// <summary>Node index by step name.</summary>
    public required FrozenDictionary<string, int> Steps { get; init; }
    public required RecipeInput[] Inputs { get; init; }
    public required RecipeOutput[] Outputs { get; init; }
    public required FrozenDictionary<string, int> OutputSlots { get; init; }

    /// <summary>What this recipe's own steps need, by key.</summary>
    public required IReadOnlyList<RecipeNeed> Needs { get; init; }

    /// <summary>How far it tightens the policies of keys, its callees' included.</summary>
    public required IReadOnlyDictionary<StableKey, RuntimeUserPolicy> Policies { get; init; }

    /// <summary>Keys whose plain fields its templates read.</summary>
    public required IReadOnlyList<StableKey> FieldKeys { get; init; }

    /// <summary>How long a run of it may take, times in which it is held left out; null for as long as it takes.</summary>
    public TimeSpan? TimeLimit { get; init; }

    /// <summary>Most runs of it at once, over all nodes, in one tenant; null for any number.</summary>
    public int? Concurrency { get; init; }

    /// <summary>Recipes it calls, with what it is known to pass.</summary>
    public required IReadOnlyList<PlannedCall> Calls { get; init; }

    /// <summary>The node of an activity.</summary>
    /// <exception cref="InvalidDataException">When the recipe has no such activity.</exception>
    public PlanNode Find(string id) => Root.Id == id ? Root : Array.Find(Nodes, n => n.Id == id) ?? throw new InvalidDataException($"The recipe '{Recipe}' has no activity '{id}'.");
}

/// <summary>A call of another recipe, as known before it runs.</summary>
/// <param name="InputNames">Names of the inputs it passes; null when they are only known when it runs.</param>
internal sealed record PlannedCall(string Recipe, string Step, string Path, IReadOnlyList<string>? InputNames);

/// <summary>A connection that a recipe needs.</summary>
/// <param name="Connector">Name of the connector whose actions use it.</param>
/// <param name="Policy">How far the recipe tightens the definition's policy; null when it says nothing.</param>
public sealed record RecipeNeed(StableKey Key, string Connector, RuntimeUserPolicy? Policy)
{
    /// <summary>Scopes that the actions it is used for need, each once.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];
}
