namespace Recipes.Engine;

/// <summary>Runs its body once for each item of a list, which is worked out once, at the beginning.</summary>
internal sealed class ForEachNode : PlanNode
{
    // The outcome after Done is only written to the journal: a round begins.
    private static readonly string[] s_outcomes = ["Done", "Iterated"];
    private const int OutcomeIterated = 1;

    public StepInput? Items { get; init; }
    public PlanNode? Body { get; set; }

    /// <summary>Variable that takes the current value; -1 for none.</summary>
    public int CurrentSlot { get; init; } = -1;
    public DataType CurrentType { get; init; } = DataType.Any;

    public override string[] Outcomes => s_outcomes;

    public override int PortCount => 1;

    public override bool IsLoop => true;

    public override int Execute(RunMachine machine)
    {
        if (Items?.Read(machine.Scope) is not IReadOnlyList<object?> items)
            throw new StepException("Input 'items' has no value.");
        if (items.Count == 0)
        {
            machine.Tell(new() { Note = "There are no items." });
            return 0;
        }

        BeginRound(machine, items, 0);
        machine.Keep(items);
        return Signal.Enter;
    }

    public override PlanNode? Next(RunMachine machine, ref Frame frame, Span<ulong> pending)
    {
        var items = frame.Items!;
        if (frame.Position == items.Count)
            return null;
        var round = frame.Position++;
        if (round == 0)
            return Body;
        machine.AddRound(this);
        BeginRound(machine, items, round);
        return Body;
    }

    private void BeginRound(RunMachine machine, IReadOnlyList<object?> items, int round)
    {
        machine.Tell(new() { Note = $"{round + 1} of {items.Count}" });
        var scope = machine.Scope;
        scope.SetOutput(this, new Dictionary<string, object?>(2) { ["currentValue"] = items[round], ["currentIndex"] = (long)round });
        if (CurrentSlot >= 0)
        {
            if (!DataConversion.TryConvert(CurrentType, items[round], out var value, out var problem))
                throw new StepException($"Output 'currentValue' {problem}.");
            scope.SetVariable(CurrentSlot, value);
        }

        machine.Choose(OutcomeIterated);
    }
}

/// <summary>Runs its body as long as a condition holds, which is asked before every round.</summary>
internal sealed class WhileNode : PlanNode
{
    // The outcomes after Done are only written to the journal: what each asking of the condition came to.
    private static readonly string[] s_outcomes = ["Done", "True", "False"];
    private const int OutcomeTrue = 1;
    private const int OutcomeFalse = 2;

    public StepInput? Condition { get; init; }
    public PlanNode? Body { get; set; }

    public override string[] Outcomes => s_outcomes;

    public override int PortCount => 1;

    public override bool IsLoop => true;

    public override int Execute(RunMachine machine)
    {
        _ = Asks(machine, 0);
        return Signal.Enter;
    }

    public override PlanNode? Next(RunMachine machine, ref Frame frame, Span<ulong> pending)
    {
        if (frame.Position > 0)
        {
            machine.AddRound(this);
            frame.Branch = Asks(machine, frame.Position);
        }

        frame.Position++;
        return frame.Branch == OutcomeTrue ? Body : null;
    }

    private int Asks(RunMachine machine, int rounds)
    {
        var outcome = Condition is not null && Condition.ReadCondition(machine.Scope) ? OutcomeTrue : OutcomeFalse;
        machine.Tell(new() { Note = outcome == OutcomeTrue ? $"Round {rounds + 1}" : $"Rounds: {rounds}" });
        machine.Choose(outcome);
        return outcome;
    }
}

/// <summary>Leaves the nearest loop around it.</summary>
internal sealed class BreakNode : PlanNode
{
    public override string? Ends => "leaves the loop";

    public override int Execute(RunMachine machine) => Signal.Break;
}
