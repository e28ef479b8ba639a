using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Recipes.Connections;

namespace Recipes.Engine;

/// <summary>What stays the same during a run, frozen when it begins.</summary>
internal sealed class RunContext
{
    public static readonly IReadOnlyDictionary<StableKey, BoundConnection> NoConnections = new Dictionary<StableKey, BoundConnection>();
    public static readonly IReadOnlyDictionary<string, object?> NoFields = new Dictionary<string, object?>();

    /// <summary>Plans it may call, by recipe name: those of the moment it began.</summary>
    public required IReadOnlyDictionary<string, Recipe> Recipes { get; init; }
    public required IConnectionClients Clients { get; init; }
    public required TimeProvider Time { get; init; }

    /// <summary>The run; together with a step's place in the journal it names what is done once.</summary>
    public RunId Run { get; init; }
    public ILogger Log { get; init; } = NullLogger.Instance;
    public IReadOnlyDictionary<StableKey, BoundConnection> Connections { get; init; } = NoConnections;

    /// <summary>What templates read as <c>connections</c>.</summary>
    public IReadOnlyDictionary<string, object?> Fields { get; set; } = NoFields;

    /// <summary>Most steps of one run, nested calls included.</summary>
    public int MaxSteps { get; init; } = 10_000;

    /// <summary>When its time is up; null when it may take as long as it takes.</summary>
    public DateTimeOffset? EndsAt { get; init; }

    /// <summary>How deep calls may be nested.</summary>
    public int MaxDepth { get; init; } = 16;

    /// <summary>Most data that it may hold, in bytes as <see cref="DataSize.Of"/> counts them.</summary>
    public long MaxSize { get; init; } = 16_000_000;
}

/// <summary>How a run ended.</summary>
/// <param name="Outputs">Values of the recipe's outputs, in the order of its definition; empty when it failed.</param>
internal readonly record struct RunEnd(RunFailure? Failure, object?[] Outputs, StepJournal Journal);
