using System.Text.Json.Nodes;

namespace Recipes.CommandLine;

/// <summary>Looks at a run again and again until it goes on no more by itself, and tells each step once it is over.</summary>
/// <param name="terminal">Null to tell nothing.</param>
internal sealed class RunFollower(HostClient client, Terminal? terminal)
{
    private static readonly TimeSpan s_shortest = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(2);

    private readonly HashSet<int> _told = [];
    private string? _lastStatus;

    /// <returns>The run as it is then.</returns>
    public async Task<JsonNode> FollowAsync(string id, CancellationToken cancellationToken)
    {
        for (var pause = s_shortest; ; pause = pause * 1.5 < s_longest ? pause * 1.5 : s_longest)
        {
            var run = await client.GetAsync($"api/runs/{id}", cancellationToken);
            if (Tell(run))
                pause = s_shortest;
            if (!RunText.GoesOn(run))
                return run;
            await Task.Delay(pause, TimeProvider.System, cancellationToken);
        }
    }

    // Whether there was anything new.
    private bool Tell(JsonNode run)
    {
        var isNew = false;
        foreach (var (entry, i) in InOrderOfEnding([.. run["journal"]!.AsArray()!]))
        {
            if ((RunText.GoesOn(run) && (string?)entry["outcome"] == RunText.Unfinished) || !_told.Add(i))
                continue;
            terminal?.Line(RunText.StepOf(entry));
            isNew = true;
        }

        var status = RunText.StandingOf(run);
        if (status != _lastStatus && RunText.GoesOn(run) && (string?)run["status"] != "running")
            terminal?.Line(status);
        isNew |= status != _lastStatus;
        _lastStatus = status;
        return isNew;
    }

    // A call of another recipe stands in the journal before the steps of that one, and is over after them.
    private static IEnumerable<(JsonNode Entry, int Number)> InOrderOfEnding(JsonNode[] journal)
    {
        var open = new Stack<int>();
        for (var i = 0; i < journal.Length; i++)
        {
            while (open.Count > 0 && DepthOf(open.Peek()) >= DepthOf(i))
                yield return (journal[open.Peek()], open.Pop());
            open.Push(i);
        }

        while (open.TryPop(out var last))
            yield return (journal[last], last);

        int DepthOf(int number) => (int)journal[number]["depth"]!;
    }
}
