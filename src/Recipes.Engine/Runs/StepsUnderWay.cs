namespace Recipes.Engine;

/// <summary>What runs of this node are asking apps for at this moment. A journal has a step once it is over.</summary>
public sealed class StepsUnderWay
{
    private readonly RunningRuns _running;

    internal StepsUnderWay(RunningRuns running) => _running = running;

    /// <summary>Null when the run asks for nothing just now, or another node has it.</summary>
    public StepUnderWay? Find(RunId run) => _running.Steps.GetValueOrDefault(run);
}

/// <summary>A step whose request is under way.</summary>
/// <param name="Recipe">The recipe the step is in.</param>
/// <param name="Connection">Name of the connection that acts.</param>
public sealed record StepUnderWay(string Recipe, string Step, string Type, string? Connection, DateTimeOffset Since);
