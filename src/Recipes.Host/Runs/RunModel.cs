using Recipes.Connections;
using Recipes.Engine;

namespace Recipes.Host;

/// <summary>What the page of a run shows, now and while it goes on.</summary>
public sealed record RunModel
{
    /// <summary>Steps that are shown of a long journal: the last ones.</summary>
    public const int MostSteps = 200;

    public required Run Run { get; init; }
    public required Caller Reader { get; init; }

    /// <summary>Name of the recipe, for people.</summary>
    public required string RecipeName { get; init; }

    /// <summary>Whether it can be called from its page.</summary>
    public bool IsCallable { get; init; }

    /// <summary>The step that it has come to; null where that is not known, and once it has ended.</summary>
    public RunPlace? At { get; init; }

    /// <summary>Whether the whole journal is shown.</summary>
    public bool ShowsAll { get; init; }

    /// <summary>Why what was asked for was not done.</summary>
    public string? Problem { get; init; }

    /// <summary>What was typed and not taken.</summary>
    public string? Typed { get; init; }

    public bool MayAct => Run.Caller == Reader.User || Run.RuntimeUser == Reader.User || Reader.Has(Privileges.ActAsOtherUser);

    public IEnumerable<JournalEntry> Shown => ShowsAll ? Run.Journal : Run.Journal.Skip(Left);

    /// <summary>How many steps are left out.</summary>
    public int Left => ShowsAll ? 0 : Math.Max(0, Run.Journal.Count - MostSteps);

    /// <summary>How long a page waits before it looks again; null when there is nothing more to come.</summary>
    /// <remarks>What has just begun is over soon; what is held hangs on a person.</remarks>
    public TimeSpan? LookAgain(DateTimeOffset now) => Run.Status switch
    {
        RunStatus.Running => now - Run.StartedAt < TimeSpan.FromMinutes(1) ? TimeSpan.FromSeconds(0.7) : TimeSpan.FromSeconds(2),
        RunStatus.Queued or RunStatus.Waiting => TimeSpan.FromSeconds(2),
        RunStatus.Held => TimeSpan.FromSeconds(5),
        _ => null,
    };

    /// <summary>Where it stands in one sentence, without times: told to those who listen, when it changes.</summary>
    public string Said => (Run.Status, At) switch
    {
        (RunStatus.Running, { } step) => $"Running. Step {step.Step} is under way.",
        (RunStatus.Running, _) => "Running.",
        (RunStatus.Queued, _) => "In the queue.",
        (RunStatus.Waiting, _) => "Waiting; it goes on by itself.",
        (RunStatus.Held, _) => $"Held at step {Run.Failure?.Step}.",
        _ when Run.Failure is { } failure => $"{RunWords.Of(Run.Status)}. {failure.Message}",
        _ => $"{RunWords.Of(Run.Status)}. {Run.Journal.Count} steps.",
    };

    /// <summary>The connection that the failure came through, where the reader may see to it.</summary>
    public BoundConnection? ToMend
    {
        get
        {
            var id = Run.Wait?.Connection ?? (Run.Failure is null ? null : Run.Journal.LastOrDefault(e => e.Failure is not null)?.Connection);
            return id is null ? null : Run.Connections.FirstOrDefault(c => c.Id == id && (c.ActingAs.Is(Reader.User) || Reader.Has(Privileges.ManageConnections)));
        }
    }
}
