using System.Text.Json;

namespace Recipes.Connections.Tests;

/// <summary>What a node says of itself in the end.</summary>
/// <param name="Outcomes">How many calls came to what: Ok, a kind of failure, or the name of an exception.</param>
internal sealed record NodeReport(IReadOnlyDictionary<string, int> Outcomes, NodeLeases Leases)
{
    /// <exception cref="InvalidOperationException">When it said nothing: it did not end by itself.</exception>
    public static NodeReport Read(string output) =>
        JsonSerializer.Deserialize<NodeReport>(output.Split('\n').LastOrDefault(l => l.StartsWith('{')) ?? throw new InvalidOperationException($"The node did not end in order. Its last output:\n{output}"))!;
}

/// <param name="Waits">How often another node held the lease.</param>
/// <param name="TakenOver">How often a node that held it had died.</param>
internal sealed record NodeLeases(int Taken, int Waits, int TakenOver);
