using System.Numerics;

namespace Recipes.Engine;

/// <summary>
/// Runs its children along their edges, one after the other. A child with several inbound edges waits until no other pending child can
/// still reach it, and so runs once where branches meet.
/// </summary>
internal sealed class FlowchartNode : PlanNode
{
    /// <summary>In the order in which they come first, seen from the start.</summary>
    public PlanNode[] Children { get; set; } = [];

    /// <summary>Place of the child it starts with; -1 for an empty chart.</summary>
    public int Start { get; set; } = -1;

    /// <summary>For each child that several edges lead to: the set of children that can reach it, itself left out. Empty for the others.</summary>
    public ulong[][] Before { get; set; } = [];

    /// <summary>Slots of its own variables, and what they start with.</summary>
    public int[] OwnVariables { get; init; } = [];

    public override bool IsStep => false;

    /// <summary>Length of a set of children.</summary>
    public int Words => (Children.Length + 63) / 64;

    public override int Execute(RunMachine machine)
    {
        machine.ResetVariables(OwnVariables);
        return Signal.Enter;
    }

    public override PlanNode? Next(ref Frame frame, Span<ulong> pending)
    {
        var first = -1;
        for (var word = 0; word < pending.Length; word++)
        {
            for (var left = pending[word]; left != 0; left &= left - 1)
            {
                var place = (word * 64) + BitOperations.TrailingZeroCount(left);
                if (IsReady(place, pending))
                    return Take(place, pending);
                if (first < 0)
                    first = place;
            }
        }

        // In a loop each may wait for the other: then the one that comes first goes on.
        return first < 0 ? null : Take(first, pending);
    }

    private bool IsReady(int place, Span<ulong> pending)
    {
        var before = Before[place];
        for (var word = 0; word < before.Length; word++)
        {
            if ((pending[word] & before[word]) != 0)
                return false;
        }

        return true;
    }

    private PlanNode Take(int place, Span<ulong> pending)
    {
        pending[place / 64] &= ~(1UL << (place % 64));
        return Children[place];
    }
}

/// <summary>Runs its children in order.</summary>
internal sealed class SequenceNode : PlanNode
{
    public PlanNode[] Children { get; set; } = [];
    public int[] OwnVariables { get; init; } = [];

    public override bool IsStep => false;

    public override int Execute(RunMachine machine)
    {
        machine.ResetVariables(OwnVariables);
        return Signal.Enter;
    }

    public override PlanNode? Next(ref Frame frame, Span<ulong> pending) => frame.Position < Children.Length ? Children[frame.Position++] : null;
}

/// <summary>Runs one of two activities inside it.</summary>
internal sealed class IfNode : PlanNode
{
    // The outcomes after Done are only written to the journal: which branch was taken.
    private static readonly string[] s_outcomes = ["Done", "True", "False"];
    private static readonly Dictionary<string, object?> s_true = new() { ["result"] = true };
    private static readonly Dictionary<string, object?> s_false = new() { ["result"] = false };
    private const int OutcomeTrue = 1;
    private const int OutcomeFalse = 2;

    public StepInput? Condition { get; init; }
    public PlanNode? Then { get; set; }
    public PlanNode? Else { get; set; }
    public int ResultSlot { get; init; } = -1;

    public override string[] Outcomes => s_outcomes;

    public override int PortCount => 1;

    public override int Execute(RunMachine machine)
    {
        var scope = machine.Scope;
        var holds = Condition is not null && Condition.ReadCondition(scope);
        if (ResultSlot >= 0)
            scope.Variables[ResultSlot] = holds;
        scope.SetOutput(this, holds ? s_true : s_false);
        machine.Choose(holds ? OutcomeTrue : OutcomeFalse);
        return Signal.Enter;
    }

    public override PlanNode? Next(ref Frame frame, Span<ulong> pending)
    {
        if (frame.Position++ > 0)
            return null;
        return frame.Branch == OutcomeTrue ? Then : Else;
    }
}
