namespace Recipes.Engine;

/// <summary>One activity of a plan.</summary>
internal abstract class PlanNode
{
    /// <summary>Its only outcome, for most activities.</summary>
    public static readonly string[] DoneOnly = ["Done"];

    public required int Index { get; init; }
    public required string Recipe { get; init; }
    public required string Id { get; init; }

    /// <summary>Name of the step: the activity's name or its id.</summary>
    public required string Step { get; init; }
    public required string Type { get; init; }

    /// <summary>Outcomes in the order of their numbers.</summary>
    public virtual string[] Outcomes => DoneOnly;

    /// <summary>Outcomes that edges of a flowchart may leave from; the first so many of <see cref="Outcomes"/>.</summary>
    public virtual int PortCount => Outcomes.Length;

    /// <summary>What it does so that no step after it is reached: "ends the recipe", "leaves the loop"; null for most.</summary>
    public virtual string? Ends => null;

    /// <summary>Whether one execution may lead to several of its outcomes.</summary>
    public virtual bool TakesSeveral => false;

    /// <summary>Whether it is what <see cref="BreakNode"/> leaves.</summary>
    public virtual bool IsLoop => false;

    /// <summary>Whether the first thing it does is to wait for a time.</summary>
    public virtual bool BeginsWithDelay => false;

    /// <summary>Number of the Failed outcome, -1 when it has none.</summary>
    public virtual int FailedOutcome => -1;

    /// <summary>In a flowchart: what each outcome leads to, as places in the chart. Null elsewhere.</summary>
    public int[][]? Edges { get; set; }

    /// <summary>Whether somebody handles a failure of this step.</summary>
    public bool HandlesFailure => FailedOutcome >= 0 && Edges is { } edges && edges[FailedOutcome].Length > 0;

    /// <summary>Whether it is written to the journal.</summary>
    public virtual bool IsStep => true;

    /// <summary>Does what the activity does, without waiting for anything.</summary>
    /// <returns>The number of the outcome, or one of <see cref="Signal"/>.</returns>
    /// <exception cref="StepException">When the step cannot be done.</exception>
    public abstract int Execute(RunMachine machine);

    /// <summary>For a container: its next child, null when it has no more.</summary>
    /// <exception cref="StepException">When that cannot be worked out.</exception>
    public virtual PlanNode? Next(RunMachine machine, ref Frame frame, Span<ulong> pending) => null;
}

/// <summary>What <see cref="PlanNode.Execute"/> returns when there is no outcome to follow yet.</summary>
internal static class Signal
{
    /// <summary>A container: run its children first.</summary>
    public const int Enter = -1;

    /// <summary>Call the machine's waiting part: there is a request to send.</summary>
    public const int Wait = -2;

    /// <summary>Another recipe was begun.</summary>
    public const int Called = -3;

    /// <summary>The recipe ends here.</summary>
    public const int Finish = -4;

    /// <summary>The nearest loop ends here.</summary>
    public const int Break = -5;

    /// <summary>The step waits for the time that it gave the machine.</summary>
    public const int Pause = -6;
}
