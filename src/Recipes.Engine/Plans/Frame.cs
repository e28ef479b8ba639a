namespace Recipes.Engine;

/// <summary>A container that is being run.</summary>
internal struct Frame
{
    public PlanNode Container;

    /// <summary>How far it is: the next child of a sequence, fork or switch, rounds of a loop that have begun, or above 0 when the branch of an If has.</summary>
    public int Position;

    /// <summary>Where its set of pending children begins in the machine's bits.</summary>
    public int Bits;

    /// <summary>For an If or While: the number of the outcome that was noted last.</summary>
    public int Branch;

    /// <summary>What a ForEach goes through; for a Switch the places of the cases that hold, as whole numbers.</summary>
    public IReadOnlyList<object?>? Items;
}
