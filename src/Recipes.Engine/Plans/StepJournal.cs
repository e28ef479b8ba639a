using System.Collections;
using Recipes.Connections;

namespace Recipes.Engine;

/// <summary>What a step did, as the machine notes it down: cheap, and turned into a <see cref="JournalEntry"/> when somebody looks.</summary>
internal struct StepRecord
{
    public PlanNode Node;
    public long Started;
    public long Ended;
    public int Depth;

    /// <summary>Number of the outcome; see <see cref="Faulted"/> and <see cref="Unfinished"/>.</summary>
    public int Outcome;
    public StepDetail? Detail;

    public const int Unfinished = -1;
    public const int Faulted = -2;

    public static string NameOf(PlanNode node, int outcome) => outcome >= 0 ? node.Outcomes[outcome] : outcome == Faulted ? "Faulted" : "Ended";
}

/// <summary>What only some steps have to say.</summary>
internal sealed record StepDetail
{
    public BoundConnection? Connection { get; init; }
    public string? RequestLine { get; init; }
    public int? Status { get; init; }
    public Failure? Failure { get; init; }
    public string? Note { get; init; }
    public int Tries { get; init; } = 1;
}

/// <summary>The journal of one run, or a part of it; entries are made when they are read.</summary>
/// <param name="earlier">Those from before the run was restored.</param>
internal sealed class StepJournal(JournalEntry[] earlier, StepRecord[] records, DateTimeOffset startedAt, long startedTicks, TimeProvider time) : IReadOnlyList<JournalEntry>
{
    public int Count => earlier.Length + records.Length;

    public JournalEntry this[int index]
    {
        get
        {
            if (index < earlier.Length)
                return earlier[index];
            ref readonly var record = ref records[index - earlier.Length];
            var node = record.Node;
            var detail = record.Detail;
            return new()
            {
                Recipe = node.Recipe,
                Depth = record.Depth,
                ActivityId = node.Id,
                Step = node.Step,
                Type = node.Type,
                StartedAt = startedAt + time.GetElapsedTime(startedTicks, record.Started),
                Duration = time.GetElapsedTime(record.Started, record.Ended),
                Outcome = StepRecord.NameOf(node, record.Outcome),
                Connection = detail?.Connection?.Id,
                ConnectionName = detail?.Connection?.DisplayName,
                ActingAs = detail?.Connection?.ActingAs.ToString(),
                RequestLine = detail?.RequestLine,
                Status = detail?.Status,
                Failure = detail?.Failure,
                Note = detail?.Note,
                Tries = detail?.Tries ?? 1,
            };
        }
    }

    public IEnumerator<JournalEntry> GetEnumerator()
    {
        for (var i = 0; i < Count; i++)
            yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
