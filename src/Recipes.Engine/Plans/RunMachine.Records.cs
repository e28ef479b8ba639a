namespace Recipes.Engine;

/// <summary>What is noted of steps while they run.</summary>
internal sealed partial class RunMachine
{
    private void AddRecord(PlanNode node)
    {
        if (_recordCount == _records.Length)
            Array.Resize(ref _records, _recordCount * 2);
        ref var record = ref _records[_recordCount++];
        record.Node = node;
        record.Started = record.Ended = _now;
        record.Depth = Scope.Depth;
        record.Outcome = StepRecord.Unfinished;
        record.Detail = null;
    }

    private void EndRecord(PlanNode node, int index, int outcome)
    {
        _now = _context.Time.GetTimestamp();
        _firstChanged = Math.Min(_firstChanged, index);
        if (index < _restored.Length)
        {
            ref var entry = ref _restored[index];
            entry = entry with { Outcome = StepRecord.NameOf(node, outcome), Duration = _context.Time.GetUtcNow() - entry.StartedAt };
            return;
        }

        ref var record = ref _records[index - _restored.Length];
        record.Ended = _now;
        record.Outcome = outcome;
    }

    private StepJournal Journal(int records, int first = 0) =>
        new(_restored.AsSpan(Math.Min(first, _restored.Length)).ToArray(), _records.AsSpan(0, records)[Math.Max(0, first - _restored.Length)..].ToArray(), _startedAt, _started, _context.Time);
}
