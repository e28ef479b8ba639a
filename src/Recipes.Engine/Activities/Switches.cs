namespace Recipes.Engine;

/// <summary>One case of a switch.</summary>
internal sealed record SwitchCase(string Label, StepInput? Condition);

/// <summary>The cases of a switch, and which of them hold.</summary>
/// <param name="All">Whether every case that holds counts (MatchAny), or the first alone (MatchFirst).</param>
internal sealed record SwitchCases(SwitchCase[] Cases, bool All)
{
    public const string DefaultLabel = "Default";

    /// <summary>Places of the cases that hold, in their order.</summary>
    public List<int> FindMatches(RunScope scope)
    {
        var matches = new List<int>();
        for (var place = 0; place < Cases.Length && (All || matches.Count == 0); place++)
        {
            if (Cases[place].Condition?.ReadCondition(scope) == true)
                matches.Add(place);
        }

        return matches;
    }
}

/// <summary>Goes the way of its cases that hold in a flowchart, or the way Default when none does.</summary>
internal sealed class FlowSwitchNode(SwitchCases cases) : PlanNode
{
    // A case called Default shares its way with the case that none holds, as in Studio.
    private readonly string[] _outcomes = [.. cases.Cases.Select(c => c.Label).Append(SwitchCases.DefaultLabel).Distinct(), "Several"];

    public override string[] Outcomes => _outcomes;

    public override int PortCount => _outcomes.Length - 1;

    public override bool TakesSeveral => cases.All;

    public override int Execute(RunMachine machine)
    {
        var matches = cases.FindMatches(machine.Scope);
        if (matches.Count == 0)
            return Array.IndexOf(_outcomes, SwitchCases.DefaultLabel);
        if (matches.Count == 1)
            return matches[0];
        foreach (var place in matches)
            machine.Follow(this, place);
        machine.Tell(new() { Note = string.Join(", ", matches.Select(m => _outcomes[m])) });
        return PortCount;
    }
}

/// <summary>Runs the activities of its cases that hold, one after the other, or the default when none does.</summary>
internal sealed class SwitchNode(SwitchCases cases) : PlanNode
{
    // The outcomes after Done are only written to the journal.
    private readonly string[] _outcomes = ["Done", .. cases.Cases.Select(c => c.Label), SwitchCases.DefaultLabel, "Several"];

    /// <summary>What each case runs, and last the default; null for nothing.</summary>
    public PlanNode?[] Bodies { get; set; } = [];

    public override string[] Outcomes => _outcomes;

    public override int PortCount => 1;

    public override int Execute(RunMachine machine)
    {
        var matches = cases.FindMatches(machine.Scope);
        if (matches.Count > 1)
            machine.Tell(new() { Note = string.Join(", ", matches.Select(m => cases.Cases[m].Label)) });
        if (matches.Count == 0)
            matches.Add(cases.Cases.Length);
        machine.Keep([.. matches.Select(m => (object?)(long)m)]);
        machine.Choose(matches.Count == 1 ? matches[0] + 1 : _outcomes.Length - 1);
        return Signal.Enter;
    }

    public override PlanNode? Next(RunMachine machine, ref Frame frame, Span<ulong> pending)
    {
        while (frame.Position < frame.Items!.Count)
        {
            if (Bodies[(int)(long)frame.Items[frame.Position++]!] is { } body)
                return body;
        }

        return null;
    }
}
