using Recipes.Connections;
using Recipes.Connectors;

namespace Recipes.Engine;

/// <summary>An action of a connector, through the connection that the run is bound to.</summary>
internal sealed class ActionNode : PlanNode
{
    private static readonly string[] s_outcomes = ["Done", "Failed"];

    public required ConnectorAction Action { get; init; }
    public required StableKey Key { get; init; }
    public required StepInput[] Inputs { get; init; }
    public required OutputBinding[] Outputs { get; init; }
    public required RetryRules Retry { get; init; }

    public override string[] Outcomes => s_outcomes;

    public override int FailedOutcome => 1;

    public override int Execute(RunMachine machine)
    {
        var inputs = new Dictionary<string, object?>(Inputs.Length);
        foreach (var input in Inputs)
        {
            if (input.Read(machine.Scope) is { } value)
                inputs[input.Name] = value;
        }

        foreach (var declared in Action.Inputs)
        {
            if (declared.Required && declared.Default is null && !inputs.ContainsKey(declared.Name))
                throw new StepException($"Input '{declared.Name}' has no value.");
        }

        machine.Prepare(inputs);
        return Signal.Wait;
    }

    /// <summary>The action has succeeded.</summary>
    /// <exception cref="StepException">When an output does not fit its variable.</exception>
    public void Succeeded(RunScope scope, IReadOnlyDictionary<string, object?> output)
    {
        scope.SetOutput(this, output);
        foreach (var binding in Outputs)
        {
            var value = binding.Output is null ? output : output.GetValueOrDefault(binding.Output);
            if (!DataConversion.TryConvert(binding.Type, value, out var converted, out var problem))
                throw new StepException($"Output '{binding.Output ?? "result"}' {problem}.");
            scope.SetVariable(binding.Slot, converted);
        }
    }
}

/// <summary>An output that goes into a variable.</summary>
/// <param name="Output">Name of the output; null for all of them as one object.</param>
internal sealed record OutputBinding(string? Output, int Slot, DataType Type);
