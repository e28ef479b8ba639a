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

    /// <summary>For each join that waits for every way to it: the bits, behind those of the children, that say which ways were taken. Null for other children.</summary>
    public ulong[]?[] Arrivals { get; set; } = [];

    /// <summary>Number of bits of <see cref="Arrivals"/>.</summary>
    public int ArrivalCount { get; set; }

    /// <summary>Places of the joins that go on with the first arrival.</summary>
    public int[] Races { get; set; } = [];

    /// <summary>Slots of its own variables, and what they start with.</summary>
    public int[] OwnVariables { get; init; } = [];

    public override bool IsStep => false;

    public override bool BeginsWithDelay => Start >= 0 && Children[Start].BeginsWithDelay;

    /// <summary>Length of a set of children, with the arrivals at joins.</summary>
    public int Words => (Children.Length + ArrivalCount + 63) / 64;

    private ulong[] _late = [];

    /// <summary>Notes which children begin with a delay: they wait until nothing else can run.</summary>
    public void MarkDelays()
    {
        _late = new ulong[(Children.Length + 63) / 64];
        for (var place = 0; place < Children.Length; place++)
        {
            if (Children[place].BeginsWithDelay)
                Set(_late, place);
        }
    }

    public override int Execute(RunMachine machine)
    {
        machine.ResetVariables(OwnVariables);
        return Signal.Enter;
    }

    public override PlanNode? Next(RunMachine machine, ref Frame frame, Span<ulong> pending)
    {
        foreach (var race in Races)
        {
            if (Has(pending, race))
                DropDelays(race, pending);
        }

        for (var place = Find(pending); place >= 0; place = Find(pending))
        {
            pending[place / 64] &= ~(1UL << (place % 64));
            if (TakeArrivals(place, pending))
                return Children[place];
        }

        return null;
    }

    // The place of the child that is to run next; -1 when none is pending.
    private int Find(Span<ulong> pending)
    {
        var (first, late) = (-1, -1);
        for (var word = 0; word < pending.Length; word++)
        {
            for (var left = pending[word]; left != 0; left &= left - 1)
            {
                var place = (word * 64) + BitOperations.TrailingZeroCount(left);
                if (place >= Children.Length)
                    break;
                if (first < 0)
                    first = place;
                if (!IsReady(place, pending))
                    continue;
                if (!Has(_late, place))
                    return place;
                if (late < 0)
                    late = place;
            }
        }

        // In a loop each may wait for the other: then the one that comes first goes on.
        return late >= 0 ? late : first;
    }

    private void DropDelays(int race, Span<ulong> pending)
    {
        var before = Before[race];
        for (var word = 0; word < before.Length; word++)
            pending[word] &= ~(before[word] & _late[word]);
    }

    // Whether every way to a join was taken; what is known of them is used up.
    private bool TakeArrivals(int place, Span<ulong> pending)
    {
        if (Arrivals[place] is not { } ways)
            return true;
        var all = true;
        for (var word = 0; word < ways.Length; word++)
        {
            all &= (pending[word] & ways[word]) == ways[word];
            pending[word] &= ~ways[word];
        }

        return all;
    }

    private static bool Has(ReadOnlySpan<ulong> set, int place) => (set[place / 64] & (1UL << (place % 64))) != 0;

    private static void Set(Span<ulong> set, int place) => set[place / 64] |= 1UL << (place % 64);

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

}

/// <summary>Runs its children in order.</summary>
internal sealed class SequenceNode : PlanNode
{
    public PlanNode[] Children { get; set; } = [];
    public int[] OwnVariables { get; init; } = [];

    public override bool IsStep => false;

    public override bool BeginsWithDelay => Children is [var first, ..] && first.BeginsWithDelay;

    public override int Execute(RunMachine machine)
    {
        machine.ResetVariables(OwnVariables);
        return Signal.Enter;
    }

    public override PlanNode? Next(RunMachine machine, ref Frame frame, Span<ulong> pending) => frame.Position < Children.Length ? Children[frame.Position++] : null;
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
            scope.SetVariable(ResultSlot, holds);
        scope.SetOutput(this, holds ? s_true : s_false);
        machine.Choose(holds ? OutcomeTrue : OutcomeFalse);
        return Signal.Enter;
    }

    public override PlanNode? Next(RunMachine machine, ref Frame frame, Span<ulong> pending)
    {
        if (frame.Position++ > 0)
            return null;
        return frame.Branch == OutcomeTrue ? Then : Else;
    }
}
