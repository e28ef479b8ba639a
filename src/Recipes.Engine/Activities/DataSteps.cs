namespace Recipes.Engine;

/// <summary>The trigger of a recipe that programs and other recipes may call.</summary>
internal sealed class CallableNode : PlanNode
{
    public override int Execute(RunMachine machine) => 0;
}

/// <summary>Goes one way or the other in a flowchart.</summary>
internal sealed class DecisionNode : PlanNode
{
    private static readonly string[] s_outcomes = ["True", "False"];

    public StepInput? Condition { get; init; }

    public override string[] Outcomes => s_outcomes;

    public override int Execute(RunMachine machine) => Condition is not null && Condition.ReadCondition(machine.Scope) ? 0 : 1;
}

internal sealed class SetVariableNode : PlanNode
{
    public required int Slot { get; init; }
    public StepInput? Value { get; init; }

    public override int Execute(RunMachine machine)
    {
        machine.Scope.SetVariable(Slot, Value?.Read(machine.Scope));
        return 0;
    }
}

internal sealed class SetOutputNode : PlanNode
{
    public required int Slot { get; init; }
    public StepInput? Value { get; init; }

    public override int Execute(RunMachine machine)
    {
        machine.Scope.SetResult(Slot, Value?.Read(machine.Scope));
        return 0;
    }
}

/// <summary>Ends the recipe it is in; a recipe that called it goes on.</summary>
internal sealed class FinishNode : PlanNode
{
    public override string? Ends => "ends the recipe";

    public override int Execute(RunMachine machine) => Signal.Finish;
}

/// <summary>Ends the recipe as failed.</summary>
internal sealed class FaultNode : PlanNode
{
    public StepInput? Message { get; init; }
    public StepInput? Code { get; init; }

    public override string? Ends => "ends the recipe";

    public override int Execute(RunMachine machine)
    {
        var message = Message?.ReadText(machine.Scope) is { Length: > 0 } text ? text : "The recipe ended itself as failed.";
        throw new StepException(Code?.ReadText(machine.Scope) is { Length: > 0 } code ? $"{message} ({code})" : message);
    }
}

/// <summary>Writes a line into the journal.</summary>
internal sealed class WriteLineNode : PlanNode
{
    /// <summary>Longest note, in characters; the rest is cut off.</summary>
    private const int MaxLength = 4000;

    public StepInput? Text { get; init; }

    public override int Execute(RunMachine machine)
    {
        var text = Text?.ReadText(machine.Scope) ?? "";
        machine.Tell(new() { Note = text.Length <= MaxLength ? text : $"{text.AsSpan(0, MaxLength)}…" });
        return 0;
    }
}
