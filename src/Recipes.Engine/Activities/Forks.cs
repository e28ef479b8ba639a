namespace Recipes.Engine;

/// <summary>Goes several ways of a flowchart at once.</summary>
internal sealed class FlowForkNode(string[] branches) : PlanNode
{
    // The last one is only written to the journal.
    private readonly string[] _outcomes = [.. branches, "Forked"];

    public override string[] Outcomes => _outcomes;

    public override int PortCount => branches.Length;

    public override bool TakesSeveral => true;

    public override int Execute(RunMachine machine)
    {
        for (var branch = 0; branch < branches.Length; branch++)
            machine.Follow(this, branch);
        machine.Tell(new() { Note = string.Join(", ", branches) });
        return branches.Length;
    }
}

/// <summary>How a join deals with the ways that lead to it.</summary>
internal enum JoinMode
{
    /// <summary>Goes on when everything before it has run that need not wait for a time; a delay that has not begun by then is dropped.</summary>
    WaitAny,

    /// <summary>Goes on only when every way that leads to it was taken; otherwise it is left out.</summary>
    WaitAll,

    /// <summary>Goes on when no way that was taken can still reach it.</summary>
    WaitAllActive,
}

/// <summary>Brings branches of a flowchart together; the chart itself does the waiting.</summary>
internal sealed class FlowJoinNode(JoinMode mode) : PlanNode
{
    public JoinMode Mode => mode;

    public override int Execute(RunMachine machine) => 0;
}

/// <summary>Runs its branches one after the other. Those that begin with a delay come last, and under WaitAny only when there are no others.</summary>
internal sealed class ForkNode(bool waitsForAny) : PlanNode
{
    private static readonly string[] s_outcomes = ["Done", "Forked"];

    public PlanNode[] Branches { get; set; } = [];

    public override string[] Outcomes => s_outcomes;

    public override int PortCount => 1;

    public override bool BeginsWithDelay => Array.TrueForAll(Branches, b => b.BeginsWithDelay);

    /// <summary>Puts the branches in the order in which they run and leaves out those that never do.</summary>
    public void Order()
    {
        var atOnce = Array.FindAll(Branches, b => !b.BeginsWithDelay);
        var late = Array.FindAll(Branches, b => b.BeginsWithDelay);
        Branches = !waitsForAny ? [.. atOnce, .. late] : atOnce.Length > 0 ? atOnce : late[..Math.Min(1, late.Length)];
    }

    public override int Execute(RunMachine machine)
    {
        machine.Choose(1);
        return Signal.Enter;
    }

    public override PlanNode? Next(RunMachine machine, ref Frame frame, Span<ulong> pending) => frame.Position < Branches.Length ? Branches[frame.Position++] : null;
}
