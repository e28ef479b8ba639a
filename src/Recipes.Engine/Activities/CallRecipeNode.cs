namespace Recipes.Engine;

/// <summary>Calls another recipe with the connections and the runtime user of this run.</summary>
internal sealed class CallRecipeNode : PlanNode
{
    private static readonly string[] s_outcomes = ["Done", "Failed"];
    private static readonly Dictionary<string, object?> s_nothing = [];

    public required string Callee { get; init; }
    public StepInput? Input { get; init; }

    /// <summary>Variable that takes the outputs; -1 for none.</summary>
    public int ResultSlot { get; init; } = -1;
    public DataType ResultType { get; init; } = DataType.Any;

    public override string[] Outcomes => s_outcomes;

    public override int FailedOutcome => 1;

    public override int Execute(RunMachine machine)
    {
        var plan = machine.FindCallee(Callee);
        var given = Input?.Read(machine.Scope) as IReadOnlyDictionary<string, object?> ?? s_nothing;
        var faults = InputReader.Read(plan.Inputs, given, out var input);
        if (faults.Count > 0)
            throw new StepException($"The recipe '{Callee}' cannot be called so: {string.Join(" ", faults.Select(f => f.Message))}");
        machine.Call(this, plan, input);
        return Signal.Called;
    }

    /// <summary>The callee has completed.</summary>
    /// <exception cref="StepException">When its outputs do not fit the variable.</exception>
    public void Returned(RunScope scope, RunScope callee)
    {
        var outputs = callee.Plan.Outputs;
        var result = new Dictionary<string, object?>(outputs.Length);
        for (var i = 0; i < outputs.Length; i++)
            result[outputs[i].Name] = callee.Outputs[i];
        scope.SetOutput(this, new Dictionary<string, object?>(1) { ["result"] = result });
        if (ResultSlot < 0)
            return;
        if (!DataConversion.TryConvert(ResultType, result, out var value, out var problem))
            throw new StepException($"Output 'result' {problem}.");
        scope.SetVariable(ResultSlot, value);
    }
}
