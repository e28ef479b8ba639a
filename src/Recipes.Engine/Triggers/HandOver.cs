namespace Recipes.Engine;

/// <summary>What came of handing records over to runs.</summary>
internal abstract record HandOver
{
    private HandOver() { }

    /// <summary>Each has its run, which is stored.</summary>
    public sealed record Done(int Runs) : HandOver;

    /// <summary>One was not taken; those before it were, those after it not tried.</summary>
    public sealed record Stopped(TriggerPause Pause, int Runs) : HandOver;

    /// <summary>There is too much to do here: the rest has to come again.</summary>
    public sealed record Busy(TimeSpan RetryAfter) : HandOver;

    /// <summary>The claim is somebody else's by now, who hands over the rest.</summary>
    public sealed record ClaimLost : HandOver;
}
