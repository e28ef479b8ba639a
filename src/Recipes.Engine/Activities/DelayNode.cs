namespace Recipes.Engine;

/// <summary>Lets the run wait for a time.</summary>
internal sealed class DelayNode : PlanNode
{
    /// <summary>What an input that says nothing means.</summary>
    /// <remarks>Source: Elsa's descriptor of the activity; Studio shows it and saves it only when somebody edits it.</remarks>
    public static readonly TimeSpan Default = TimeSpan.FromMinutes(1);

    /// <summary>The longest one.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(366);

    public StepInput? Time { get; init; }

    public override bool BeginsWithDelay => true;

    public override int Execute(RunMachine machine)
    {
        var time = Time?.ReadText(machine.Scope) is { Length: > 0 } text ? Parse(text) ?? throw new StepException($"Input 'timeSpan' is '{text}', but has to be from 0 to {Longest.Days} days.") : Default;
        if (time == TimeSpan.Zero)
            return 0;
        machine.PauseFor(time);
        return Signal.Pause;
    }

    /// <summary>Null when it is no duration or outside the range.</summary>
    public static TimeSpan? Parse(string text) => Durations.TryParse(text, out var time) && time >= TimeSpan.Zero && time <= Longest ? time : null;
}
