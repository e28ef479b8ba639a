namespace Recipes.Engine;

/// <summary>The trigger of a recipe: what it brought is the run's input, and its step's output.</summary>
internal sealed class TriggerNode : PlanNode
{
    public required PlannedTrigger Planned { get; init; }
    public required OutputBinding[] Outputs { get; init; }

    public override int Execute(RunMachine machine)
    {
        var scope = machine.Scope;
        scope.SetOutput(this, scope.Input);
        foreach (var binding in Outputs)
        {
            var value = binding.Output is null ? scope.Input : scope.Input.GetValueOrDefault(binding.Output);
            if (!DataConversion.TryConvert(binding.Type, value, out var converted, out var problem))
                throw new StepException($"Output '{binding.Output ?? "result"}' {problem}.");
            scope.Variables[binding.Slot] = converted;
        }

        return 0;
    }
}
