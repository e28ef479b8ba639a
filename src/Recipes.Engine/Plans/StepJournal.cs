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

/// <summary>The journal of one run; entries are made when they are read.</summary>
internal sealed class StepJournal(StepRecord[] records, DateTimeOffset startedAt, long startedTicks, TimeProvider time) : IReadOnlyList<JournalEntry>
{
    public int Count => records.Length;

    public JournalEntry this[int index]
    {
        get
        {
            ref readonly var record = ref records[index];
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
                Outcome = record.Outcome >= 0 ? node.Outcomes[record.Outcome] : record.Outcome == StepRecord.Faulted ? "Faulted" : "Ended",
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
        for (var i = 0; i < records.Length; i++)
            yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
