namespace Recipes.Engine;

/// <summary>A container that is being run.</summary>
internal struct Frame
{
    public PlanNode Container;

    /// <summary>How far it is: the next child of a sequence, or above 0 when the branch of an If has begun.</summary>
    public int Position;

    /// <summary>Where its set of pending children begins in the machine's bits.</summary>
    public int Bits;

    /// <summary>For an If: the number of the outcome that was noted.</summary>
    public int Branch;
}
